"""The clock of the story: while it is told, "now" is the moment at which each act happens.

The services ask `django.utils.timezone.now` and nothing else, so replacing that one function
moves their dates, and the journal's, to where the story has them. Only `load_demo` does this, in
a process of its own.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db.models import Field
from django.utils import timezone

Moment = datetime.datetime


class Clock:
    """Stands still until it is moved, and is never moved backwards."""

    def __init__(self, today: datetime.date) -> None:
        self.today = today
        self.moment = self.at(-700)

    def at(self, day: int, hour: int = 0, minute: int = 0) -> Moment:
        """A moment of the story: `day` is 0 for today, -3 for three days ago."""
        midnight = datetime.datetime.combine(self.day(day), datetime.time(), datetime.UTC)
        return midnight + datetime.timedelta(hours=hour, minutes=minute)

    def day(self, day: int) -> datetime.date:
        return self.today + datetime.timedelta(days=day)

    def move_to(self, moment: Moment) -> None:
        if moment < self.moment:
            raise ValueError("the story is told in order")
        self.moment = moment

    def now(self) -> Moment:
        return self.moment


@contextmanager
def told_by(clock: Clock) -> Iterator[Clock]:
    """Everything inside happens when `clock` says."""
    real = timezone.now
    fields = [field for field in _all_fields() if field.default is real]
    timezone.now = clock.now
    _set_defaults(fields, clock.now)
    try:
        yield clock
    finally:
        timezone.now = real
        _set_defaults(fields, real)


def _all_fields() -> list[Field[Any, Any]]:
    models = apps.get_models()
    return [field for model in models for field in model._meta.fields]


def _set_defaults(fields: list[Field[Any, Any]], now: Any) -> None:
    """Models took hold of the function when they were defined; Django caches it once more."""
    for field in fields:
        field.default = now
        field.__dict__.pop("_get_default", None)
