"""The pictures of the README, taken from a portal of its own with the demonstration data.

    python3 dev.py shots [NAME ...]

Starts a portal on a free port with a folder of data that is thrown away afterwards, signs in as
the people of the demonstration, and writes `docs/screenshots/<name>.png`.
"""

import io
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from PIL import Image  # noqa: E402
from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

from tests.services import free_port  # noqa: E402
from tools import development  # noqa: E402

FOLDER = ROOT / "docs" / "screenshots"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-sync", "--disable-background-networking"]
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@dataclass(frozen=True)
class Shot:
    """One picture: who looks, at what, on which device."""

    name: str
    who: str
    go: Callable[[Page], None]
    dark: bool = False
    phone: bool = False


def _open(path: str) -> Callable[[Page], None]:
    return lambda page: page.goto(path)


def _bulletin(words: str) -> Callable[[Page], None]:
    def go(page: Page) -> None:
        page.goto("/bulletins/")
        page.get_by_role("link", name=words).first.click()
        page.wait_for_load_state()

    return go


def _entity(page: Page) -> None:
    """The forwarder of two bulletins, both of which Fiji may open."""
    page.goto("/bulletins/?box=all")
    page.get_by_role("link", name="Undervalued vehicle parts").first.click()
    page.locator(".named .what a").first.click()
    page.wait_for_load_state()


def _vessel(page: Page) -> None:
    _bulletin("Velvet Gannet")(page)
    page.locator(".named .what a").first.click()
    page.wait_for_load_state()


def _thread(words: str) -> Callable[[Page], None]:
    def go(page: Page) -> None:
        page.goto("/threads/?box=all")
        page.get_by_role("link", name=words).first.click()
        page.wait_for_load_state()

    return go


def _next_meeting(page: Page) -> None:
    page.goto("/meetings/")
    page.locator("aside a[href^='/meetings/2']").first.click()
    page.wait_for_load_state()


def _room(page: Page) -> None:
    _next_meeting(page)
    page.locator("a[href$='/live/']").first.click()
    page.wait_for_load_state()


def _past_minutes(page: Page) -> None:
    page.goto("/meetings/")
    page.locator("table a[href^='/meetings/2']").first.click()
    page.wait_for_load_state()
    page.locator("a[href$='/minutes/']").first.click()
    page.wait_for_load_state()


def _draft(page: Page) -> None:
    page.goto("/bulletins/?box=drafts")
    page.get_by_role("link", name="Answer").first.click()
    page.wait_for_load_state()


def _check(page: Page) -> None:
    _draft(page)
    page.get_by_role("button", name="Check and send").click()
    page.wait_for_load_state()


def _grant(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Compare and grant").first.click()
    page.wait_for_load_state()


SHOTS = (
    Shot("sign-in", "", _open("/sign-in/")),
    Shot("home", "contact.fj", _open("/")),
    Shot("bulletins", "contact.fj", _open("/bulletins/")),
    Shot("bulletin", "contact.vu", _bulletin("Sealed packages")),
    Shot("entity", "contact.fj", _entity),
    Shot("entity-french", "contact.pf", _vessel),
    Shot("compose", "contact.fj", _draft),
    Shot("check", "contact.fj", _check),
    Shot("grant", "coordinator.fj", _grant),
    Shot("keys", "coordinator.fj", _open("/account/keys/")),
    Shot("administrations", "coordinator.fj", _open("/administrations/")),
    Shot("threads", "contact.fj", _open("/threads/?box=all")),
    Shot("thread", "contact.to", _thread("Velvet Gannet")),
    Shot("thread-new", "contact.fj", _open("/threads/new/")),
    Shot("thread-phone", "contact.to", _thread("Velvet Gannet"), phone=True),
    Shot("thread-french", "contact.pf", _thread("Velvet Gannet")),
    Shot("threads-french", "contact.pf", _open("/threads/?box=all")),
    Shot("meetings", "contact.fj", _open("/meetings/")),
    Shot("meeting", "contact.fj", _next_meeting),
    Shot("finder", "secretariat", _open("/meetings/find/")),
    Shot("room", "secretariat", _room),
    Shot("minutes", "contact.fj", _past_minutes),
    Shot("meeting-phone", "contact.pw", _next_meeting, phone=True),
    Shot("meetings-french", "contact.pf", _open("/meetings/")),
    Shot("meeting-french", "contact.pf", _next_meeting),
    Shot("register", "contact.fj", _open("/mous/oco-mou/")),
    Shot("register-french", "contact.pf", _open("/mous/oco-mou/")),
    Shot("register-steps", "coordinator.mh", _open("/mous/oco-mou/mh/steps/")),
    Shot("register-steps-french", "contact.pf", _open("/mous/oco-mou/pf/steps/")),
    Shot("register-basis", "coordinator.nz", _open("/mous/bases/nz/")),
    Shot("register-basis-french", "contact.pf", _open("/mous/bases/")),
    Shot("register-acts", "secretariat", _open("/mous/oco-mou/acts/")),
    Shot("register-ceremony", "secretariat", _open("/mous/oco-mou/ceremony/"), phone=True),
    Shot("register-chase", "secretariat", _open("/mous/oco-mou/chase/")),
    Shot("register-gate", "secretariat", _open("/mous/oco-mou/gate/")),
    Shot("phone", "contact.to", _open("/"), phone=True),
    Shot("phone-bulletin", "contact.to", _bulletin("Velvet Gannet"), phone=True),
    Shot("dark", "contact.ki", _bulletin("Sealed packages"), dark=True),
    Shot("french", "contact.pf", _open("/")),
)


def main(names: list[str]) -> int | str:
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        return "No Chromium on this machine: install one (.ci/run shows how)."
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = [shot for shot in SHOTS if not names or shot.name in names]
    with demonstration() as (url, phrase), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        for shot in wanted:
            take(browser, url, phrase, shot)
        browser.close()
    return 0


def take(browser: Browser, url: str, phrase: str, shot: Shot) -> None:
    context = browser.new_context(
        base_url=url,
        viewport=PHONE if shot.phone else DESK,
        device_scale_factor=2 if shot.phone else 1,
        color_scheme="dark" if shot.dark else "light",
        is_mobile=shot.phone,
    )
    page = context.new_page()
    if shot.who:
        sign_in(page, shot.who, phrase)
    shot.go(page)
    page.wait_for_timeout(2000)  # fonts, and the socket's word that it is connected
    _keep(page.screenshot(), FOLDER / f"{shot.name}.png")
    context.close()


def sign_in(page: Page, who: str, phrase: str) -> None:
    page.goto("/sign-in/")
    page.locator("[name=login]").fill(f"{who}@demo.invalid")
    page.locator("[name=password]").fill(phrase)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(lambda address: "/sign-in/" not in address)


def _keep(shot: bytes, path: Path) -> None:
    """With a palette a screen is a third of the size, and nobody sees the difference."""
    image = Image.open(io.BytesIO(shot)).convert("RGB")
    image.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.stat().st_size // 1024:>5} KB  {path.relative_to(ROOT)}", flush=True)


# A portal of our own ---------------------------------------------------------------------------


@contextmanager
def demonstration() -> Iterator[tuple[str, str]]:
    """Its address and passphrase. Everything is stopped and thrown away at the end."""
    with tempfile.TemporaryDirectory(prefix="iswg-shots-") as folder:
        _forget_environment()
        os.environ["ISWG_DATA_DIR"] = folder
        port = free_port()
        development.make_passphrase()
        env = development.environment(port)
        for words in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"], ["load_demo"]):
            subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=env, check=True)
        with _running(development.environment(port), port):
            url = f"http://localhost:{port}"
            _wait_for(url)
            yield url, development.passphrase_file().read_text().strip()


def _forget_environment() -> None:
    for name in [n for n in os.environ if n.startswith("ISWG_") or n.endswith("_URL")]:
        del os.environ[name]


@contextmanager
def _running(env: dict[str, str], port: int) -> Iterator[None]:
    commands = (
        [sys.executable, "-m", "iswg.serve", "-b", "127.0.0.1", "-p", str(port)],
        [sys.executable, "manage.py", "work"],
    )
    processes = [subprocess.Popen(command, cwd=ROOT, env=env) for command in commands]
    try:
        yield
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            process.wait(15)


def _wait_for(url: str) -> None:
    ask = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            ask(f"{url}/healthz", timeout=2).close()
        except (OSError, urllib.error.URLError):
            time.sleep(0.2)
        else:
            return
    raise SystemExit("The portal did not start.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
