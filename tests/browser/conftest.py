"""A real browser in front of a real portal: its own process, its own data, its own worker."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.services import free_port
from tools import development
from tools.environment import ROOT

HERE = Path(__file__).parent
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
# Debian's Chromium as root in a container, with nothing that asks the network by itself.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip


@dataclass(frozen=True)
class Portal:
    """A running portal with the demonstration data."""

    url: str
    data_dir: Path
    passphrase: str
    log: Path
    sessions: dict[str, Any] = field(default_factory=dict)  # whoever signed in (people.py)


def pytest_itemcollected(item):
    if HERE in item.path.parents:
        item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        pytest.skip("no Chromium on this machine (.ci/run installs it)")
    return {**browser_type_launch_args, "executable_path": program, "args": FLAGS}


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory) -> Path:
    """A data folder with the demonstration in it, made once by whichever process comes first."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder, done = shared / "demonstration", shared / "demonstration-done"
    with (shared / "demonstration-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            _load(folder, shared / f"demonstration-log-{os.getpid()}")
            done.touch()
    return folder


def _load(folder: Path, log: Path) -> None:
    with _own_environment(folder) as environment:
        development.make_passphrase()
        for words in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"], ["load_demo"]):
            _manage(words, environment(0), log)


@contextmanager
def _own_environment(folder: Path):
    """Nothing of what these tests run under; what is asked for is as of that moment."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [n for n in os.environ if n.startswith("ISWG_") or n.endswith("_URL")]:
            patch.delenv(name)
        patch.setenv("ISWG_DATA_DIR", str(folder))
        patch.setenv("DJANGO_SETTINGS_MODULE", "iswg.settings")
        development.data_dir()
        yield development.environment


@pytest.fixture(scope="session")
def portal(tmp_path_factory, demonstration):
    """One portal for the browser tests of a process; each test makes what it looks at."""
    folder = tmp_path_factory.mktemp("portal")
    port = free_port()
    log = folder / "log"
    shutil.copytree(demonstration, folder / "data")
    with _own_environment(folder / "data") as environment:
        env = environment(port)
    processes = [
        _start([sys.executable, "-m", "iswg.serve", "-b", "127.0.0.1", "-p", str(port)], env, log),
        _start([sys.executable, "manage.py", "work"], env, log),
    ]
    try:
        url = f"http://localhost:{port}"
        _wait_for(url, processes[0], log)
        phrase = Path(env["ISWG_DEMO_PASSPHRASE_FILE"]).read_text().strip()
        yield Portal(url, folder / "data", phrase, log)
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            process.wait(60)  # a loaded machine stops slowly


@pytest.fixture(scope="session")
def base_url(portal):
    """So that `page.goto("/bulletins/")` finds the portal."""
    return portal.url


def _manage(words, env, log):
    with log.open("ab") as out:
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(command, cwd=ROOT, env=env, stdout=out, stderr=out, check=False)
    assert done.returncode == 0, log.read_text()[-3000:]


def _start(command, env, log):
    with log.open("ab") as out:
        return subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=out)


def _wait_for(url, process, log):
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{url}/healthz")
        except (OSError, urllib.error.URLError):
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"the portal did not start: {log.read_text()[-3000:]}")
