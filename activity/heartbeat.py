"""Whether the worker is at work: it touches a file, and the web process looks how old that is.

A file and not a row: a row would be a write every few seconds, for which open pages wake up.
"""

from __future__ import annotations

import datetime
from pathlib import Path

from django.conf import settings

ALIVE_FOR = datetime.timedelta(minutes=2)


def _file() -> Path:
    return Path(settings.DATA_DIR) / "worker.heartbeat"


def beat() -> None:
    """The worker has come round once more."""
    _file().parent.mkdir(parents=True, exist_ok=True)
    _file().touch()


def seen_at() -> datetime.datetime | None:
    try:
        return datetime.datetime.fromtimestamp(_file().stat().st_mtime, datetime.UTC)
    except FileNotFoundError:
        return None


def is_alive(now: datetime.datetime) -> bool:
    """Whether a worker came round lately."""
    seen = seen_at()
    return seen is not None and now - seen < ALIVE_FOR
