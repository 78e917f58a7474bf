"""`dev.py test`: everything that CI checks, step by step, with one summary at the end."""

import os
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tools.environment import ROOT, VENV, ready, say

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
NOTHING_COLLECTED = 5
# One for each processor, and two at least; more than four would wait for each other's disk. They
# are shared out by tests/sharing.py.
AT_ONCE = str(min(4, max(2, os.cpu_count() or 2)))
SHARED = ("-n", AT_ONCE, "--no-loadscope-reorder")
# The largest group, which needs no portal, goes first: meanwhile the other process makes one.
BROWSERS = ("-n", AT_ONCE)


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
    first = [] if word else looks(python)
    steps = suites(python, narrowed, fast=fast)
    began = time.monotonic()
    results = [*_two_at_a_time(first), *((step, *_run(step)) for step in steps)]
    if not fast and not _chromium():
        say("\nNo Chromium on this machine: the browser tests were left out (.ci/run installs it).")
    return _summary(results, time.monotonic() - began)


def tidy() -> int:
    """Put code and templates into the form that three of the first steps ask for."""
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
    """What can be seen without running the portal; what takes longest first."""
    return [
        Step("types (mypy)", [python, "-m", "mypy"]),
        Step("format (ruff)", [python, "-m", "ruff", "format", "--check", "--quiet", "."]),
        Step("lint (ruff)", [python, "-m", "ruff", "check", "--quiet", "."]),
        Step(
            "templates (djade)",
            [f"{VENV}/bin/djade", "--check", "--target-version", "5.2", *_templates()],
        ),
        Step("migrations", [python, "manage.py", "makemigrations", "--check", "--dry-run"]),
        Step("production settings", [python, "-m", "tools.production"]),
        Step("French catalogue", [python, "-m", "tools.messages", "--check"]),
    ]


def suites(python: str, narrowed: list[str], *, fast: bool) -> list[Step]:
    """Everything on SQLite, what asks the database on PostgreSQL too, then what needs eyes."""

    def suite(name: str, marks: str, *options: str, on: str = "sqlite") -> Step:
        command = [python, "-m", "pytest", "-q", "-m", marks, *options, *narrowed]
        return Step(name, command, {"ISWG_TEST_ON": on}, shown=True, may_be_empty=bool(narrowed))

    if fast:
        return [suite("tests on SQLite", "not browser and not slow", *SHARED)]
    steps = [
        suite("tests on SQLite", "not browser", *SHARED),
        # Only what this database could answer differently: tests/twice.py.
        suite("tests on PostgreSQL and Redis", "not browser", *SHARED, on="postgres"),
    ]
    if _chromium():
        steps.append(suite("browser tests", "browser", *BROWSERS))
    return steps


def _chromium() -> str | None:
    return next(filter(None, map(shutil.which, CHROMIUM)), None)


def _two_at_a_time(steps: list[Step]) -> list[tuple[Step, bool, float]]:
    with ThreadPoolExecutor(2) as pool:
        return [(step, *ran) for step, ran in zip(steps, pool.map(_run, steps), strict=True)]


def _environment(step: Step) -> dict[str, str]:
    """Without the wish to keep no bytecode: a hundred processes start here, and each would
    compile the whole project again."""
    kept = {name: v for name, v in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, **step.env}


def _run(step: Step) -> tuple[bool, float]:
    say(f"-- {step.name}")
    began = time.monotonic()
    done = subprocess.run(
        step.command,
        cwd=ROOT,
        env=_environment(step),
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


def _summary(results: list[tuple[Step, bool, float]], total: float) -> int:
    say("")
    for step, passed, seconds in results:
        say(f"  {'ok    ' if passed else 'FAILED'}  {step.name:<32} {seconds:6.1f} s")
    failed = sum(not passed for _, passed, _ in results)
    say(f"\n{'All good' if not failed else f'{failed} of {len(results)} failed'} in {total:.0f} s")
    return 1 if failed else 0
