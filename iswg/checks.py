"""What the machine must be like before the portal starts in production."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register, run_checks
from django.db import DatabaseError

MEMORY_FILE_SYSTEMS = {"tmpfs", "ramfs"}


def unfit_to_start() -> list[str]:
    """What stands against serving in production, in sentences. The web process asks for itself:
    a check that somebody has to remember is left out on the day it matters."""
    if not settings.PRODUCTION:
        return []
    found = run_checks(tags=[Tags.security], include_deployment_checks=True)
    try:
        found += directory_is_whole(None, databases=["default"])
    except DatabaseError:
        found.append(
            Error(
                "The database does not answer, or has no tables yet.",
                hint="Without it the directory of keys cannot be checked: manage.py migrate.",
                id="iswg.E006",
            )
        )
    serious = (one for one in found if one.is_serious() and not one.is_silenced())
    return [f"{one.id}: {one.msg} {one.hint or ''}".rstrip() for one in serious]


@register(Tags.security, deploy=True)
def temporary_folder_is_in_memory(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Libraries spool to the temporary folder; on a disk, clear text would stay there."""
    folder = Path(tempfile.gettempdir()).resolve()
    if not settings.PRODUCTION or file_system_of(folder) in MEMORY_FILE_SYSTEMS:
        return []
    return [
        Error(
            "The temporary folder is on a disk.",
            hint="Mount it as tmpfs, or set TMPDIR to a folder on one (deploy/ has a unit).",
            id="iswg.E001",
        )
    ]


def file_system_of(folder: Path, mounts: Path = Path("/proc/self/mounts")) -> str:
    """The kind of file system that holds `folder`, or nothing where that cannot be read."""
    try:
        lines = [line.split() for line in mounts.read_text().splitlines()]
    except OSError:
        return ""
    holding = [
        (parts[1], parts[2])
        for parts in lines
        if len(parts) > 2 and folder.is_relative_to(parts[1])
    ]
    return max(holding, key=lambda place: len(place[0]))[1] if holding else ""


@register(Tags.security, deploy=True)
def swap_is_encrypted(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Opened texts live in memory; swap would write them to the disk."""
    if not settings.PRODUCTION or not unencrypted_swap():
        return []
    return [
        Error(
            "Swap is on and not encrypted.",
            hint="Turn it off (swapoff -a), use zram, or put it on dm-crypt.",
            id="iswg.E002",
        )
    ]


def unencrypted_swap(swaps: Path = Path("/proc/swaps")) -> list[str]:
    """Swap areas that are neither in memory (zram) nor on a mapped, encrypted device."""
    try:
        areas = [line.split()[0] for line in swaps.read_text().splitlines()[1:] if line.strip()]
    except OSError:
        return []
    return [a for a in areas if not a.startswith(("/dev/zram", "/dev/dm-", "/dev/mapper/"))]


@register(Tags.security, deploy=True)
def development_leftovers(app_configs: Any, **kwargs: Any) -> list[Error]:
    from iswg.installation import is_demonstration

    faults = []
    if settings.PRODUCTION and settings.DEMO_PASSPHRASE:
        faults.append(
            Error(
                "ISWG_DEMO_PASSPHRASE is set in production.",
                hint="Remove it: everybody could know it.",
                id="iswg.E003",
            )
        )
    if settings.PRODUCTION and is_demonstration():
        faults.append(
            Error(
                "This data folder holds the demonstration.",
                hint="Name an empty folder in ISWG_DATA_DIR.",
                id="iswg.E004",
            )
        )
    return faults


@register(Tags.database, deploy=True)
def directory_is_whole(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[Error]:
    """A directory that does not follow from its pin must stop the start, not the first reader."""
    from vault.directory import directory, is_founded
    from vault.directory_rules import DirectoryBroken

    if not databases:
        return []
    if settings.PRODUCTION and not settings.DIRECTORY_PIN and is_founded():
        return [
            Error(
                "There is a directory of keys, and ISWG_DIRECTORY_PIN is empty.",
                hint="Write the pin shown when the first officer accepted; it is in the manual.",
                id="iswg.E007",
            )
        ]
    try:
        if is_founded():
            directory()
    except DirectoryBroken as fault:
        return [Error(str(fault.sentence), hint="See docs/operations.md.", id="iswg.E005")]
    return []
