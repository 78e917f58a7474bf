"""Questions about many things at once that Django writes once: judging, opening, drawing.

To write the SQL of a question takes Django ten times as long as it takes the database to answer
it. A question is an ordinary queryset, policy included, written once with blanks in it; then it
is asked with other values. Nothing of an answer is kept, so every answer is of this moment.

    READERS = Question(lambda people, codes: User.objects.filter(...).values_list("pk"))
    READERS.rows(people=[1, 2, 3], codes=["FJ", "VU"])

A list is filled up to the next power of two with its last value, so that there are few texts
and the database knows them again. What is no value of the question (roles, an event) stands in
it; the day is part of the text, and nothing in a queryset may depend on the hour but by a value.
`access/prepared.py` is the same for what one actor may see.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Hashable, Sequence, Set
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Count, Model, QuerySet, Value
from django.db.models.query import get_related_populators
from django.utils import timezone

KEPT = 200
SPARE = 1_000_000
Asked = int | str | bytes | UUID | datetime.datetime
Row = tuple[Any, ...]
Places = dict[Any, tuple[str, int | None]]  # by the blank as it is written: whose it is

# Values that nobody asks with, so that they are found again in what Django has written.
_BLANKS: dict[type, Callable[[int], Any]] = {
    datetime.datetime: lambda n: (
        datetime.datetime(1900, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(seconds=n)
    ),
    int: lambda n: 2**31 - SPARE + n,
    str: lambda n: f"\x01{n}",
    bytes: lambda n: b"\x01blank" + n.to_bytes(4, "big"),
    UUID: lambda n: UUID(int=2**127 + SPARE + n),
}


@dataclass(frozen=True, slots=True)
class Gap:
    """Where a value goes: its place in the statement, whose it is, which of a list."""

    place: int
    name: str
    number: int | None

    def take(self, given: dict[str, Any]) -> Any:
        value = given[self.name]
        return value if self.number is None else value[self.number]


@dataclass(frozen=True, slots=True)
class Text:
    """The SQL of a question, and how its rows are read."""

    sql: str
    values: Row
    gaps: tuple[Gap, ...]
    readers: tuple[tuple[int, list[Any], Any], ...]
    shapes: Any  # how a model is made of a row; None for plain values

    def filled(self, given: dict[str, Any], here: Any) -> list[Any]:
        values = list(self.values)
        for gap in self.gaps:
            values[gap.place] = _for_database(gap.take(given), here)
        return values

    def carry_out(self, given: dict[str, Any]) -> int:
        here = connections[DEFAULT_DB_ALIAS]
        with here.cursor() as cursor:
            cursor.execute(self.sql, self.filled(given, here))
            return int(cursor.rowcount)

    def ask(self, given: dict[str, Any]) -> list[Row]:
        here = connections[DEFAULT_DB_ALIAS]
        with here.cursor() as cursor:
            cursor.execute(self.sql, self.filled(given, here))
            found = cursor.fetchall()
        if not self.readers:
            return [tuple(row) for row in found]
        rows = [list(row) for row in found]
        for place, converters, expression in self.readers:
            for row in rows:
                for convert in converters:
                    row[place] = convert(row[place], expression, here)
        return [tuple(row) for row in rows]


class Question:
    """`make(**values)` gives a queryset: of `.values_list(...)`, or of models."""

    def __init__(self, make: Callable[..., QuerySet[Any, Any]]) -> None:
        self.make = make
        self._texts: dict[Hashable, Text | None] = {}

    def rows(self, **values: Any) -> list[Row]:
        """The rows as of now, with the columns asked for."""
        text, given = self._text(values)
        return text.ask(given) if text else []

    def column(self, **values: Any) -> list[Any]:
        """Of each row the first value."""
        return [row[0] for row in self.rows(**values)]

    def models(self, **values: Any) -> list[Any]:
        """The rows as models, with what `select_related` reads along."""
        text, given = self._text(values)
        return [text.shapes(row) for row in text.ask(given)] if text else []

    def _text(self, values: dict[str, Any]) -> tuple[Text | None, dict[str, Any]]:
        given = {name: _filled_up(value) for name, value in values.items()}
        shape = tuple((name, *_shape(value)) for name, value in given.items())
        key = (connections[DEFAULT_DB_ALIAS].vendor, timezone.now().date(), shape)
        if key not in self._texts:
            if len(self._texts) >= KEPT:
                self._texts.clear()
            self._texts[key] = self._write(given)
        return self._texts[key], given

    def _write(self, given: dict[str, Any]) -> Text | None:
        try:
            return self._compiled(*_blanks_for(given))
        except EmptyResultSet:  # nothing can be an answer to this
            return None

    def _compiled(self, blanks: dict[str, Any], places: Places) -> Text:
        compiler = self.make(**blanks).query.get_compiler(DEFAULT_DB_ALIAS)
        sql, values = compiler.as_sql()
        columns = [expression for expression, _sql, _alias in compiler.select]
        readers = compiler.get_converters(columns)
        return Text(
            sql, tuple(values), gaps_in(values, places),
            tuple((place, *reader) for place, reader in readers.items()),
            _maker(compiler),
        )  # fmt: skip


class Among:
    """Which of many rows are still so: mostly all of them, so it is asked first how many.

    `make(pks, **values)` gives a queryset of models, filtered to `pks`.
    """

    def __init__(self, make: Callable[..., QuerySet[Any, Any]]) -> None:
        self._which = Question(lambda **values: make(**values).values_list("pk"))
        self._number = Question(
            lambda **values: (
                make(**values)
                .order_by()
                .values(together=Value(1))
                .annotate(number=Count("pk"))
                .values_list("number")
            )
        )

    def of(self, pks: Set[Any], **values: Any) -> Set[Any]:
        """Those of `pks`, as of now."""
        if not pks or self._number.column(pks=pks, **values) == [len(pks)]:
            return pks
        return set(self._which.column(pks=pks, **values))


def gaps_in(values: Sequence[Any], places: Places) -> tuple[Gap, ...]:
    """Where the blanks stand in what Django has written."""
    plain = [_plain(value) for value in values]
    gaps = [Gap(at, *places[one]) for at, one in enumerate(plain) if one in places]
    missing = set(places.values()) - {(gap.name, gap.number) for gap in gaps}
    assert not missing, f"values that the question does not ask with: {missing}"
    return tuple(gaps)


def _filled_up(value: Any) -> Any:
    """A list of the next length for which there is a text; what is twice in it changes nothing."""
    if isinstance(value, str | bytes) or not isinstance(value, Collection):
        return value
    found = list(value)
    if not found:
        return found
    return found + [found[-1]] * ((1 << (len(found) - 1).bit_length()) - len(found))


def _shape(value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list):
        return (_kind(value), None)
    return (_kind(value[0]) if value else None, len(value))


def _kind(value: Asked) -> type:
    return next(kind for kind in _BLANKS if isinstance(value, kind))


def _blanks_for(given: dict[str, Any]) -> tuple[dict[str, Any], Places]:
    """A blank for each value, and which value each blank stands for."""
    places: Places = {}

    def blank(value: Asked, name: str, number: int | None) -> Any:
        made = _BLANKS[_kind(value)](len(places))
        places[_plain(_for_database(made, connections[DEFAULT_DB_ALIAS]))] = (name, number)
        return made

    blanks = {
        name: [blank(one, name, at) for at, one in enumerate(value)]
        if isinstance(value, list)
        else blank(value, name, None)
        for name, value in given.items()
    }
    return blanks, places


def _for_database(value: Any, here: Any) -> Any:
    """As fields give it to this database; SQLite knows neither ids nor moments."""
    if isinstance(value, UUID):
        return value if here.features.has_native_uuid_field else value.hex
    if isinstance(value, datetime.datetime):
        return here.ops.adapt_datetimefield_value(value)
    return value


def _plain(value: Any) -> Any:
    """A value of a statement, so that it can be compared: bytes come wrapped."""
    held = getattr(value, "obj", value)
    return bytes(held) if isinstance(held, bytearray) else held


def _maker(compiler: Any) -> Callable[[Sequence[Any]], Model] | None:
    """How Django itself makes a model of a row (`ModelIterable`), for queries of models."""
    info = compiler.klass_info
    if info is None:
        return None
    fields, model = info["select_fields"], info["model"]
    start, end = fields[0], fields[-1] + 1
    names = [column[0].target.attname for column in compiler.select[start:end]]
    # The stubs are of a later Django than ours, where it takes one argument more.
    related = get_related_populators(info, compiler.select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]

    def make(row: Sequence[Any]) -> Model:
        found: Model = model.from_db(DEFAULT_DB_ALIAS, names, row[start:end])
        for one in related:
            one.populate(row, found)
        return found

    return make
