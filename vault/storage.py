"""Where sealed files lie on the disk: random names, never a word of what they hold.

A file arrives as `<name>.part`, is brought to the disk (fsync), renamed, and its folder
brought to the disk as well; only then does the row say that it is there. What a crash leaves
behind has no row, and the sweeper takes it away.
"""

from __future__ import annotations

import contextlib
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
OURS_ALONE = 0o700


def make_name() -> str:
    return secrets.token_hex(16)


def path_of(name: str, *, part: bool = False) -> Path:
    """Where a file lies. Refuses any name that we did not make."""
    if not NAME.fullmatch(name):
        raise ValueError("not a name of a sealed file")
    return Path(settings.FILES_DIR) / name[:2] / (f"{name}.part" if part else name)


# Arriving -------------------------------------------------------------------------------------


def create_part(name: str, header: bytes) -> None:
    """Begin a file anew. Whatever lay there under this name is gone."""
    path = path_of(name, part=True)
    _make_folder(path.parent)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(header)
    path_of(name).unlink(missing_ok=True)


def open_part(name: str) -> BinaryIO:
    """To write into. FileNotFoundError if there is none."""
    return path_of(name, part=True).open("r+b")


def open_arrived(name: str) -> BinaryIO:
    """What has arrived, to be read: the part, or the kept file if a crash came right after."""
    try:
        return path_of(name, part=True).open("rb")
    except FileNotFoundError:
        return open_kept(name)


def keep(name: str) -> None:
    """The part is whole: bring it to the disk under its final name.

    Can be asked for again: whoever comes second (another tab, the next request after a crash)
    finds it done. FileNotFoundError if there is neither.
    """
    part, kept = path_of(name, part=True), path_of(name)
    try:
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.rename(kept)
    except FileNotFoundError:
        if not kept.exists():
            raise
    _sync_folder(kept.parent)


def write_kept(name: str, pieces: Iterable[bytes]) -> None:
    """Write a whole sealed file and bring it to the disk; nothing stays of one that fails."""
    pieces = iter(pieces)
    try:
        create_part(name, next(pieces))
        with path_of(name, part=True).open("ab") as file:
            file.writelines(pieces)
        keep(name)
    except BaseException:
        remove(name)
        raise


# Kept -----------------------------------------------------------------------------------------


def open_kept(name: str) -> BinaryIO:
    return path_of(name).open("rb")


def is_kept(name: str, size: int) -> bool:
    """Whether a file lies there in this size. Says nothing about its seal."""
    try:
        return path_of(name).stat().st_size == size
    except OSError:
        return False


def remove(name: str) -> None:
    path_of(name).unlink(missing_ok=True)
    path_of(name, part=True).unlink(missing_ok=True)


def leftovers(known: set[str], *, now: float | None = None) -> Iterator[str]:
    """Names on the disk without a row, a day old: what a crash or a lost commit left."""
    edge = (now or time.time()) - LEFTOVER_AFTER
    root = Path(settings.FILES_DIR)
    for path in root.glob("??/*") if root.exists() else ():
        name = path.name.removesuffix(".part")
        # One that is removed in this moment is no leftover.
        with contextlib.suppress(FileNotFoundError):
            if NAME.fullmatch(name) and name not in known and path.stat().st_mtime < edge:
                yield name


def _make_folder(folder: Path) -> None:
    if folder.exists():
        return
    folder.parent.mkdir(parents=True, exist_ok=True, mode=OURS_ALONE)
    folder.mkdir(exist_ok=True, mode=OURS_ALONE)
    # A file is only as safe from a power cut as the folder that it lies in.
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
