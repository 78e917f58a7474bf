"""Which word on the command line does what, and how a command ends early in one sentence."""

import argparse
import signal
import subprocess
from types import FrameType

from tools import checks, development, environment, portal
from tools.environment import ROOT, Refusal


def dispatch(words: list[str], manual: str) -> int | str:
    """Run the command named by the first word; what is returned goes to sys.exit."""
    name, rest = (words[0], words[1:]) if words else ("help", [])
    if name in ("help", "-h", "--help"):
        print(manual)
        return 0
    if name not in COMMANDS:
        return f"There is no command {name!r}: python3 dev.py help lists them."
    # TERM and a closed terminal end a command as Ctrl-C does, from wherever it is; under nohup
    # the terminal may close.
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _interrupt)
    try:
        return COMMANDS[name](rest)
    except Refusal as sentence:
        return str(sentence)
    except KeyboardInterrupt:
        environment.say("\nStopped. The same command goes on from here.")
        return 130


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def run(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="dev.py run")
    parser.add_argument("--empty", action="store_true", help="no demonstration data")
    parser.add_argument("--lan", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args(words)
    if asked.lan:
        raise Refusal(
            "The development site answers on this machine only: passphrases must not cross a"
            " network without TLS. To let others in, follow docs/operations.md."
        )
    return portal.run(empty=asked.empty)


def test(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="dev.py test")
    parser.add_argument("-k", metavar="WORD", help="only the tests whose names match")
    parser.add_argument("--fast", action="store_true", help="SQLite only, no slow or browser tests")
    asked = parser.parse_args(words)
    return checks.run(word=asked.k, fast=asked.fast)


def tidy(words: list[str]) -> int:
    return checks.tidy()


def manage(words: list[str]) -> int:
    python = environment.ready("requirements.lock")
    if words[:1] == ["load_demo"]:
        development.make_passphrase()
    return subprocess.call(
        [python, "manage.py", *words], cwd=ROOT, env=development.environment(portal.port())
    )


def lock(words: list[str]) -> int:
    """Pin what the `.in` files list; what is pinned already stays, unless --upgrade."""
    python = environment.ready("requirements-dev.lock")
    pin = [
        python, "-m", "uv", "pip", "compile", "--quiet", *words, "--universal",
        "--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate",
        "--no-emit-index-url", "--no-emit-find-links",
    ]  # fmt: skip
    # The second list agrees with the first: `run` and `test` share one environment.
    for listed, constraints in (
        ("requirements", []),
        ("requirements-dev", ["-c", "requirements.lock"]),
    ):
        asked = [*pin, *constraints, f"{listed}.in", "-o", f"{listed}.lock"]
        if code := subprocess.call(asked, cwd=ROOT):
            return code
        print(f"{listed}.lock is up to date")
    return 0


def messages(words: list[str]) -> int:
    python = environment.ready("requirements-dev.lock")
    return subprocess.call([python, "-m", "tools.messages", *words], cwd=ROOT)


def bench(words: list[str]) -> int:
    python = environment.ready("requirements-dev.lock")
    return subprocess.call([python, "tests/benchmarks/run.py", *words], cwd=ROOT)


def shots(words: list[str]) -> int:
    python = environment.ready("requirements-dev.lock")
    return subprocess.call([python, "tests/browser/shots.py", *words], cwd=ROOT)


COMMANDS = {
    "run": run,
    "test": test,
    "tidy": tidy,
    "manage": manage,
    "lock": lock,
    "messages": messages,
    "bench": bench,
    "shots": shots,
}
