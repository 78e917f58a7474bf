"""Where sealed files lie on the disk: random names, never a word of what they hold.

A file arrives as `<name>.part`, is brought to the disk (fsync), renamed, and its folder
brought to the disk as well; only then does the row say that it is there. What a crash leaves
behind has no row, and the sweeper takes it away.
"""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

NAME = re.compile(r"[0-9a-f]{32}")
LEFTOVER_AFTER = 24 * 3600


def make_name() -> str:
    return secrets.token_hex(16)


def path_of(name: str, *, part: bool = False) -> Path:
    """Where a file lies. Refuses any name that we did not make."""
    if not NAME.fullmatch(name):
        raise ValueError("not a name of a sealed file")
    return Path(settings.FILES_DIR) / name[:2] / (f"{name}.part" if part else name)


def create_part(name: str, header: bytes) -> None:
    """Begin a file anew. Whatever lay there under this name is gone."""
    path = path_of(name, part=True)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(header)


def open_part(name: str) -> BinaryIO:
    return path_of(name, part=True).open("r+b")


def open_kept(name: str) -> BinaryIO:
    return path_of(name).open("rb")


def keep(name: str) -> None:
    """The part is whole: bring it to the disk under its final name."""
    part = path_of(name, part=True)
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    part.rename(path_of(name))
    _sync_folder(part.parent)


def write_kept(name: str, pieces: Iterable[bytes]) -> None:
    """Write a whole sealed file and bring it to the disk."""
    pieces = iter(pieces)
    create_part(name, next(pieces))
    with path_of(name, part=True).open("ab") as file:
        file.writelines(pieces)
    keep(name)


def remove(name: str) -> None:
    path_of(name).unlink(missing_ok=True)
    path_of(name, part=True).unlink(missing_ok=True)


def leftovers(known: set[str], *, now: float | None = None) -> Iterator[str]:
    """Names on the disk without a row, a day old: what a crash or a lost commit left."""
    edge = (now or time.time()) - LEFTOVER_AFTER
    root = Path(settings.FILES_DIR)
    for path in root.glob("??/*") if root.exists() else ():
        name = path.name.removesuffix(".part")
        if NAME.fullmatch(name) and name not in known and path.stat().st_mtime < edge:
            yield name


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
