"""A real browser in front of a real portal: its own process, its own data, its own worker."""

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

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


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        pytest.skip("no Chromium on this machine (.ci/run installs it)")
    return {**browser_type_launch_args, "executable_path": program, "args": FLAGS}


@pytest.fixture(scope="session")
def portal(tmp_path_factory):
    """One portal for all browser tests; each test makes what it looks at."""
    folder = tmp_path_factory.mktemp("portal")
    port = free_port()
    log = folder / "log"
    with pytest.MonkeyPatch.context() as patch:
        for name in [n for n in os.environ if n.startswith("ISWG_") or n.endswith("_URL")]:
            patch.delenv(name)
        patch.setenv("ISWG_DATA_DIR", str(folder / "data"))
        patch.setenv("DJANGO_SETTINGS_MODULE", "iswg.settings")
        development.data_dir()
        development.make_passphrase()
        env = development.environment(port)
        for words in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"], ["load_demo"]):
            _manage(words, env, log)
        env = development.environment(port)
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
            process.wait(15)


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
