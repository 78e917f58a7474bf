"""A handful of numbers about this process, for monitoring: how much, how many, how late.

Kept in memory and nowhere else, so counting costs no query. Each web process tells its own;
whoever watches several asks each of them. Names and numbers only, never who or what.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping

_lock = threading.Lock()
_counted: dict[str, int] = {}
_shown: dict[str, float] = {}


def count(name: str) -> None:
    """One more of these since the process started."""
    with _lock:
        _counted[name] = _counted.get(name, 0) + 1


def show(name: str, value: float) -> None:
    """How it stands at this moment."""
    _shown[name] = value


def counted() -> Mapping[str, int]:
    with _lock:
        return dict(_counted)


def shown() -> Mapping[str, float]:
    return dict(_shown)
