"""What the package as a whole promises: few dependencies, one label per key, nothing printed."""

import ast
import re
import sys
from pathlib import Path

import pytest

import vault.crypto
from vault.crypto import derive

HERE = Path(vault.crypto.__file__).parent
FILES = sorted(HERE.glob("*.py"))
ALLOWED = sys.stdlib_module_names | {"cryptography", "_typeshed"}


def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text())


def _imports(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(_tree(file)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "absolute imports, so that this test can read them"
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_only_the_standard_library_and_cryptography_are_imported(file):
    foreign = {
        name
        for name in _imports(file)
        if name.split(".")[0] not in ALLOWED and not name.startswith("vault.crypto")
        if name != "vault"
    }
    assert not foreign, "vault/crypto stands on the standard library and `cryptography` alone"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_nothing_is_printed_or_logged(file):
    names = {node.id for node in ast.walk(_tree(file)) if isinstance(node, ast.Name)}
    assert not names & {"print", "breakpoint"}
    assert "logging" not in _imports(file)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_can_be_read_at_one_sitting(file):
    assert len(file.read_text().splitlines()) <= 300


def test_every_label_has_a_version_and_stands_in_one_place():
    """Two keys under one label would be one key; a prefix of another would be a trap in a hash."""
    found = [
        text
        for file in FILES
        for node in ast.walk(_tree(file))
        if isinstance(node, ast.Constant)
        for text in [node.value.decode() if isinstance(node.value, bytes) else node.value]
        if isinstance(text, str) and re.fullmatch(r"iswg/v1/[a-z0-9/ -]+", text)
    ]
    assert len(found) == len(set(found)) > 15
    assert not [(a, b) for a in found for b in found if a != b and b.startswith(a)]


def test_every_derivation_is_given_its_label_in_words():
    for file in FILES:
        for node in ast.walk(_tree(file)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "derive":
                label = node.args[1]
                assert isinstance(label, ast.Constant), f"{file.name}:{node.lineno}"
                assert label.value.startswith("iswg/v1/")


def test_the_reading_order_names_every_file():
    named = set(re.findall(r"^([a-z]+) {2,}\S", vault.crypto.__doc__, re.MULTILINE))
    named |= set(re.findall(r"`([a-z]+)`", vault.crypto.__doc__))
    assert {file.stem for file in FILES} - {"__init__"} <= named


def test_a_derived_key_depends_on_secret_and_label_only():
    one = derive.derive(bytes(32), "iswg/v1/test/one")
    assert one == derive.derive(bytes(32), "iswg/v1/test/one")
    assert one != derive.derive(bytes(32), "iswg/v1/test/two")
    assert one != derive.derive(bytes([1]) * 32, "iswg/v1/test/one")
    with pytest.raises(ValueError, match="32 bytes"):
        derive.derive(bytes(31), "iswg/v1/test/one")


@pytest.mark.parametrize("name", ["words", "common"])
def test_a_borrowed_list_names_its_source_and_licence(name):
    text = (HERE / f"{name}.LICENSE.txt").read_text()
    assert f"{name}.txt" in text
    assert "CC BY 3.0" in text or "MIT License" in text
