"""Who may import whom. The picture is in docs/architecture.md; this holds it."""

import re
import sys
from importlib.metadata import packages_distributions

import pytest

from tests.architecture.code import APPS, ROOT, imported, python_files, short, within

BENEATH = {
    "wording": set(),
    "papers": {"wording"},
    "access": {"wording"},
    "activity": {"access", "wording"},
    "accounts": {"access", "activity", "wording"},
    "vault": {"access", "activity", "accounts", "wording"},
    "bulletins": {"access", "activity", "accounts", "vault", "wording", "papers"},
    "discussions": {"access", "activity", "accounts", "vault", "wording", "papers"},
    "meetings": {"access", "activity", "accounts", "vault", "wording", "papers"},
    "mous": {"access", "activity", "accounts", "vault", "wording", "papers"},
}
# The formats and primitives depend on nothing of ours, so every layer may build on them.
FOUNDATION = "vault.crypto"
DISTRIBUTIONS = packages_distributions()


@pytest.mark.parametrize("app", APPS)
def test_an_app_imports_only_what_lies_beneath_it(app):
    above = set(APPS) - BENEATH[app] - {app} | {"iswg", "tests", "tools"}
    found = {
        f"{short(path)} imports {module}"
        for path in python_files(app)
        for module in imported(path)
        if module.split(".")[0] in above and not within(module, FOUNDATION)
    }
    assert not found, "lower layers declare a port and iswg/wiring.py fills it"


def test_every_app_of_ours_has_its_place_in_the_layers():
    folders = {p.parent.name for p in ROOT.glob("*/__init__.py")} - {"iswg", "tests", "tools"}
    assert folders == set(BENEATH)


def test_the_cryptography_knows_the_standard_library_and_cryptography_and_nothing_else():
    allowed = set(sys.stdlib_module_names) | {"cryptography", "__future__"}
    found = {
        f"{short(path)} imports {module}"
        for path in python_files("vault/crypto")
        for module in imported(path, for_types=False)
        if module.split(".")[0] not in allowed and not within(module, FOUNDATION)
    }
    assert not found


def test_what_runs_imports_only_what_the_runtime_lock_installs():
    """The tests share an environment with more in it; a bare clone has only this."""
    locked = set(
        re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    )
    ours = {*APPS, "iswg"}
    found = {
        f"{short(path)} imports {module}"
        for app in ours
        for path in python_files(app)
        for module in imported(path, for_types=False)
        if (top := module.split(".")[0]) not in ours | set(sys.stdlib_module_names)
        and not locked & {name.lower().replace("_", "-") for name in DISTRIBUTIONS.get(top, ())}
    }
    assert not found


def test_one_module_knows_guardian():
    found = {
        short(path)
        for app in (*APPS, "iswg")
        for path in python_files(app)
        for module in imported(path)
        if within(module, "guardian")
    }
    assert found <= {"access/grants.py"}


@pytest.mark.parametrize("app", APPS)
def test_within_an_app_imports_point_one_way(app):
    """`urls -> views, consumers -> services, queries -> models`: never back up."""
    upward = {
        "models": {"queries", "services", "forms", "views", "urls", "consumers"},
        "queries": {"services", "views", "urls", "consumers"},
        "services": {"forms", "views", "urls", "consumers"},
        "views": {"urls"},
    }
    found = {
        f"{short(path)} imports {module}"
        for path in python_files(app)
        for module in imported(path)
        if module.split(".")[0] == app
        and set(module.split(".")[1:2]) & upward.get(_kind(path), set())
    }
    assert not found


def _kind(path):
    """`views` for `views.py` and for `views/reading.py`."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[1] if len(parts) > 1 else ""
