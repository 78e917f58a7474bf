"""What this installation is: one flag says that everything in it is invented."""

from __future__ import annotations

from django.conf import settings


def _flag():
    return settings.DATA_DIR / "demonstration"


def is_demonstration() -> bool:
    return _flag().exists()


def mark_as_demonstration() -> None:
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    _flag().touch()
