"""The development site's data folder, its secrets, and the environment its processes run in.

Secrets are made once and kept in `<data folder>/secrets/`, readable by their owner alone;
processes get the names of the files, never the values. Production brings its own.
"""

import base64
import os
import secrets
import subprocess
from collections.abc import Callable
from pathlib import Path

from tools.environment import PYTHON, ROOT, Refusal

PASSPHRASE = "ISWG_DEMO_PASSPHRASE"  # noqa: S105
# The pin is left by load_demo, or by the operator once the first officer has accepted.
MADE_LATER = {"ISWG_DIRECTORY_PIN": "directory_pin", PASSPHRASE: "demo_passphrase"}


def data_dir() -> Path:
    """`var/`, or where ISWG_DATA_DIR says, private to its owner."""
    folder = Path(os.environ.get("ISWG_DATA_DIR") or ROOT / "var").resolve()
    if not folder.exists():
        folder.mkdir(mode=0o700, parents=True)
    (folder / "secrets").mkdir(mode=0o700, exist_ok=True)
    return folder


def environment(port: int) -> dict[str, str]:
    """What every process of the development site is started with."""
    if os.environ.get("ISWG_ENV", "development") != "development":
        raise Refusal(
            "dev.py runs a development site and ISWG_ENV says otherwise: unset it here, and"
            " start a production site as docs/operations.md says."
        )
    env = {
        "ISWG_ORIGIN": f"http://localhost:{port}",
        **os.environ,
        "ISWG_ENV": "development",
        "ISWG_DATA_DIR": str(data_dir()),
        "ISWG_COLLECTED": "true",
        "PYTHONUNBUFFERED": "1",
    }
    for name, path in _secret_files().items():
        # The data were loaded with the passphrase in the file, whatever was exported since.
        if name == PASSPHRASE or not (env.get(name) or env.get(f"{name}_FILE")):
            env[f"{name}_FILE"] = str(path)
    return env


def passphrase_file() -> Path:
    """Holds what the demonstration data were loaded with; missing where there are none."""
    return data_dir() / "secrets" / "demo_passphrase"


def make_passphrase() -> None:
    """ISWG_DEMO_PASSPHRASE if set, else five words from the list that the portal itself uses."""
    if passphrase_file().exists():
        return
    script = "from vault.crypto.phrase import make_phrase; print(make_phrase())"
    made = subprocess.run(
        [PYTHON, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    _write_private(passphrase_file(), os.environ.get(PASSPHRASE) or made.stdout.strip())


def _secret_files() -> dict[str, Path]:
    folder = data_dir() / "secrets"
    makers: dict[str, Callable[[], str]] = {
        "ISWG_SECRET_KEY": lambda: secrets.token_urlsafe(48),
        "ISWG_PEPPER": lambda: f"1:{_key()}",
        "ISWG_JOURNAL_KEY": _key,
    }
    files = {name: folder / name.removeprefix("ISWG_").lower() for name in makers}
    for name, path in files.items():
        if not path.exists():
            _write_private(path, makers[name]())
    later = {name: folder / file for name, file in MADE_LATER.items()}
    return files | {name: path for name, path in later.items() if path.exists()}


def _write_private(path: Path, words: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(words + "\n")


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
