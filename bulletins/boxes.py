"""A box of the list, a page at a time.

What a list shows of fifty bulletins is read in one question that was written before
(`access/prepared.py`), into models that hold what a list needs and no more.
"""

from __future__ import annotations

import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, F, FilteredRelation, Q, QuerySet

from access.actors import Actor
from access.prepared import Prepared, columns_of
from accounts.models import Administration
from bulletins import filters
from bulletins.models import Bulletin, Recipient
from bulletins.queries import rows_in_box, rows_of_box


class Listed(NamedTuple):
    """One row: the bulletin, and what the reader's administration and the reader did with it."""

    bulletin: Bulletin
    place: str
    delivered_at: datetime.datetime | None
    acknowledged_at: datetime.datetime | None
    is_read: bool
    sealed_title: bytes | None

    @property
    def bulletin_id(self) -> int:
        return self.bulletin.pk


BULLETIN = columns_of(Bulletin)
ORIGIN = ("code", "name", "name_fr")  # a label in both languages
ROW = ("place", "delivered_at", "acknowledged_at", "is_read", "words__sealed_title")
COLUMNS = (
    *ROW,
    *(f"bulletin__origin__{name}" for name in ORIGIN),
    *(f"bulletin__{name}" for name in BULLETIN),
)


def _with_columns(rows: QuerySet[Recipient]) -> QuerySet[Any, Any]:
    """The newest revision is joined too, so that opening the titles asks for the keys only."""
    newest = Q(bulletin__revisions__number=F("bulletin__revision"))
    words = FilteredRelation("bulletin__revisions", condition=newest)
    return rows.annotate(words=words).values_list(*COLUMNS)


def _page(actor: Actor, box: str, start: int, stop: int) -> QuerySet[Any, Any]:
    return _with_columns(rows_in_box(actor, box))[start:stop]


def _number(actor: Actor, box: str) -> QuerySet[Any, Any]:
    rows = rows_of_box(actor, box).values("administration")
    return rows.annotate(number=Count("*")).values_list("number")


PAGE, NUMBER = Prepared(_page), Prepared(_number)


class Box:
    """The rows of a box, as a paginator counts and cuts them; `chosen` are the filters."""

    def __init__(self, actor: Actor, box: str, chosen: dict[str, str]) -> None:
        self.actor, self.box, self.chosen = actor, box, chosen

    def count(self) -> int:
        if self.chosen:
            return self._filtered().count()
        found = NUMBER.rows(self.actor, self.box)
        return int(found[0][0]) if found else 0

    def __getitem__(self, part: slice) -> list[Listed]:
        if self.chosen:
            return _listed(_with_columns(self._filtered())[part])
        return _listed(PAGE.rows(self.actor, self.box, part.start or 0, part.stop))

    def _filtered(self) -> QuerySet[Recipient]:
        return filters.apply(rows_in_box(self.actor, self.box), self.chosen)


def _listed(rows: Any) -> list[Listed]:
    """The origins are few, so each is made once for a page."""
    alias, keep = connection.alias, Bulletin._meta.get_field("origin").set_cached_value
    origins: dict[str, Administration] = {}
    listed = []
    for place, delivered_at, acknowledged_at, is_read, title, *columns in rows:
        code, name, name_fr, *columns = columns
        if code not in origins:
            origins[code] = Administration.from_db(alias, ORIGIN, (code, name, name_fr))
        bulletin = Bulletin.from_db(alias, BULLETIN, columns)
        keep(bulletin, origins[code])
        listed.append(Listed(bulletin, place, delivered_at, acknowledged_at, bool(is_read), title))
    return listed
