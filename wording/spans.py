"""Lengths of time in words."""

from __future__ import annotations

from django.utils.translation import get_language


def long_span(minutes: int) -> str:
    """`1:30`, in French `1 h 30`: hours and minutes, for a length."""
    hours, rest = divmod(minutes, 60)
    between = "\u202fh\u202f" if (get_language() or "en").startswith("fr") else ":"
    return f"{hours}{between}{rest:02d}"
