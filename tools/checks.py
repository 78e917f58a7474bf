"""`dev.py test`: everything that CI checks, step by step, with one summary at the end."""

import os
import shutil
import subprocess
import time
from dataclasses import dataclass, field

from tools.environment import ROOT, VENV, ready, say

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
NOTHING_COLLECTED = 5
TWO = ("-n", "2", "--dist", "loadgroup")


@dataclass(frozen=True)
class Step:
    """One line of the summary: a command that must end with 0."""

    name: str
    command: list[str]
    env: dict[str, str] = field(default_factory=dict)
    shown: bool = False  # as it goes, because it takes long; otherwise only when it fails
    may_be_empty: bool = False


def run(*, word: str | None, fast: bool) -> int:
    python = ready("requirements-dev.lock")
    narrowed = ["-k", word] if word else []
    steps = [] if word else looks(python)
    steps += suites(python, narrowed, fast=fast)
    results = [(step, *_run(step)) for step in steps]
    if not fast and not _chromium():
        say("\nNo Chromium on this machine: the browser tests were left out (.ci/run installs it).")
    return _summary(results)


def tidy() -> int:
    """Put code and templates into the form that the first three steps ask for."""
    python = ready("requirements-dev.lock")
    commands = [
        [python, "-m", "ruff", "check", "--quiet", "--fix", "."],
        [python, "-m", "ruff", "format", "--quiet", "."],
        [f"{VENV}/bin/djade", "--target-version", "5.2", *_templates()],
    ]
    for command in commands:
        subprocess.run(command, cwd=ROOT, check=False)
    return 0


def _templates() -> list[str]:
    return sorted(str(p.relative_to(ROOT)) for p in (ROOT / "templates").rglob("*.html"))


def looks(python: str) -> list[Step]:
    """What can be seen without running the portal."""
    return [
        Step("format (ruff)", [python, "-m", "ruff", "format", "--check", "--quiet", "."]),
        Step("lint (ruff)", [python, "-m", "ruff", "check", "--quiet", "."]),
        Step(
            "templates (djade)",
            [f"{VENV}/bin/djade", "--check", "--target-version", "5.2", *_templates()],
        ),
        Step("types (mypy)", [python, "-m", "mypy"]),
        Step("migrations", [python, "manage.py", "makemigrations", "--check", "--dry-run"]),
        Step("production settings", [python, "-m", "tools.production"]),
        Step("French catalogue", [python, "-m", "tools.messages", "--check"]),
    ]


def suites(python: str, narrowed: list[str], *, fast: bool) -> list[Step]:
    """The same tests on both databases, then the ones that need eyes."""

    def suite(name: str, marks: str, *options: str, on: str = "sqlite") -> Step:
        command = [python, "-m", "pytest", "-q", "-m", marks, *options, *narrowed]
        return Step(name, command, {"ISWG_TEST_ON": on}, shown=True, may_be_empty=bool(narrowed))

    if fast:
        return [suite("tests on SQLite", "not browser and not slow", *TWO)]
    steps = [
        suite("tests on SQLite", "not browser", *TWO),
        suite("tests on PostgreSQL and Redis", "not browser", *TWO, on="postgres"),
    ]
    if _chromium():
        steps.append(suite("browser tests", "browser"))
    return steps


def _chromium() -> str | None:
    return next(filter(None, map(shutil.which, CHROMIUM)), None)


def _run(step: Step) -> tuple[bool, float]:
    say(f"-- {step.name}")
    began = time.monotonic()
    done = subprocess.run(
        step.command,
        cwd=ROOT,
        env={**os.environ, **step.env},
        stdin=subprocess.DEVNULL,
        stdout=None if step.shown else subprocess.PIPE,
        stderr=None if step.shown else subprocess.STDOUT,
        text=True,
        check=False,
    )
    empty = step.may_be_empty and done.returncode == NOTHING_COLLECTED
    passed = done.returncode == 0 or empty
    if not passed and done.stdout:
        say(done.stdout.rstrip())
    return passed, time.monotonic() - began


def _summary(results: list[tuple[Step, bool, float]]) -> int:
    say("")
    for step, passed, seconds in results:
        say(f"  {'ok    ' if passed else 'FAILED'}  {step.name:<32} {seconds:6.1f} s")
    failed = sum(not passed for _, passed, _ in results)
    total = sum(seconds for *_, seconds in results)
    say(f"\n{'All good' if not failed else f'{failed} of {len(results)} failed'} in {total:.0f} s")
    return 1 if failed else 0
