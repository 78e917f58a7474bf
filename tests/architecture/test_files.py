"""What no file of the project may hold, however it came there."""

import re

import pytest

from tests.architecture.code import ROOT, short

FOLDERS = (
    "iswg",
    "wording",
    "papers",
    "access",
    "activity",
    "accounts",
    "vault",
    "bulletins",
    "discussions",
    "meetings",
    "mous",
    "tests",
    "tools",
)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
FORBIDDEN = {
    "an inline script": r"<script(?![^>]*\bsrc=)(?![^>]*application/json)",
    "an inline style sheet": r"<style[\s>]",
    "a style attribute": r"<[^>]*\sstyle\s*=",
    "an event handler": r"<[^>]*\son[a-z]+\s*=",
    "a script address": r"javascript:",
    "an unescaped value": r"\|\s*safe\b|autoescape\s+off",
    "another site's file": r"(?:src|href)=[\"']?(?:https?:)?//[^\"'>]*\.(?:js|css|woff2?)\b",
}
FLAGS = re.IGNORECASE | re.DOTALL
LONGEST = 450
# Every rule in one file, and one line per rule's face: that is its promise.
LONGER = {"access/policy.py": 900}
INSTALLING = ["dev.py", ".ci/run", "Makefile", "tools/commands.py", "tools/environment.py"]
LISTS = ["requirements.in", "requirements-dev.in", "requirements.lock", "requirements-dev.lock"]


@pytest.mark.parametrize("path", TEMPLATES, ids=short)
def test_a_template_holds_nothing_the_content_policy_would_refuse(path):
    text = path.read_text(encoding="utf-8")
    found = {what: re.search(pattern, text, FLAGS) for what, pattern in FORBIDDEN.items()}
    assert not {what: match[0][:80] for what, match in found.items() if match}


def test_no_file_is_too_long_for_a_newcomer():
    written = [p for folder in FOLDERS for p in (ROOT / folder).rglob("*.py")]
    written += [p for p in (ROOT / "static").rglob("*") if p.suffix in {".js", ".css"}]
    long = {
        f"{short(path)}: {lines} lines"
        for path in [*written, *TEMPLATES]
        if not {"vendor", "migrations"} & set(path.parts)
        and (lines := path.read_text(encoding="utf-8").count("\n"))
        > LONGER.get(short(path), LONGEST)
    }
    assert not long


@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_packages_names_no_registry(name):
    text = (ROOT / name).read_text()
    assert not re.findall(r"^.*://.*$", text, re.MULTILINE)
    assert not re.findall(r"^\s*-(?:i|f|-\S*(?:index|find-links)\S*)\b.*$", text, re.MULTILINE)


@pytest.mark.parametrize("name", INSTALLING)
def test_what_installs_packages_names_no_registry(name):
    addresses = re.findall(r"\w+://(?:[^/@\s\"']*@)?([\w.{}-]+)", (ROOT / name).read_text())
    ours = ("localhost", "127.0.0.1", "example.org")
    assert not [host for host in addresses if not host.endswith(ours)]


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_package_of_a_lock_is_held_by_a_hash(name):
    entries = re.split(r"\n(?=\S)", (ROOT / name).read_text().strip())
    assert entries
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_both_locks_agree():
    """`run` and `test` share one environment, so one must not undo the other."""
    runtime, development = (_versions(f"requirements{kind}.lock") for kind in ("", "-dev"))
    assert runtime.items() <= development.items()


def _versions(name):
    return dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE))
