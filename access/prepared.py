"""Questions that Django writes once, and the database is asked many times.

To write the SQL of a list takes Django longer than it takes the database to answer it. A
prepared question is an ordinary queryset, policy included. It is written for an actor who is
a blank, once per set of roles and per day; afterwards only the person and the administration
are filled in. The answer is always of this moment: nothing of it is kept.

What goes in besides the actor (`shape`) is part of what is written, so it must come from a
small set. Nothing in the queryset may depend on the hour.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet
from django.utils import timezone

from access.actors import Actor

M = TypeVar("M", bound=Model)

# Values that no person and no administration has.
BLANK_PERSON = 2**62 + 40961
BLANK_CODE = "\x01 of the actor"
KEPT = 200


@dataclass(frozen=True, slots=True)
class Written:
    """The SQL of a question, its values with the blanks among them, and how rows are read."""

    sql: str
    values: tuple[Any, ...]
    readers: tuple[tuple[int, list[Any], Any], ...]

    def rows(self, actor: Actor) -> list[list[Any]]:
        here = connections[DEFAULT_DB_ALIAS]
        with here.cursor() as cursor:
            cursor.execute(self.sql, [_filled(value, actor) for value in self.values])
            rows = [list(row) for row in cursor.fetchall()]
        for place, converters, expression in self.readers:
            for row in rows:
                for convert in converters:
                    row[place] = convert(row[place], expression, here)
        return rows


def _filled(value: Any, actor: Actor) -> Any:
    if value == BLANK_PERSON:
        return actor.user_id
    return actor.administration if value == BLANK_CODE else value


NOTHING = Written("", (), ())


def columns_of(model: type[Model]) -> tuple[str, ...]:
    """For `.values_list()`: everything that a row of this model holds."""
    return tuple(field.attname for field in model._meta.concrete_fields)


def models_from(model: type[M], rows: Iterable[Sequence[Any]]) -> list[M]:
    """Rows of `columns_of(model)` as the models they are."""
    columns = columns_of(model)
    return [model.from_db(DEFAULT_DB_ALIAS, columns, row) for row in rows]


class Prepared:
    """`make(actor, *shape)` gives a queryset of `.values_list(...)`."""

    def __init__(self, make: Callable[..., QuerySet[Any, Any]]) -> None:
        self.make = make
        self._written: dict[Hashable, Written] = {}

    def rows(self, actor: Actor, *shape: Hashable) -> list[list[Any]]:
        """The rows that this actor may see now, in the order of the columns asked for."""
        key = (
            connections[DEFAULT_DB_ALIAS].vendor,
            actor.roles,
            actor.is_active,
            actor.standing,
            timezone.now().date(),
            shape,
        )
        written = self._written.get(key)
        if written is None:
            if len(self._written) >= KEPT:
                self._written.clear()
            written = self._written[key] = self._write(actor, shape)
        return [] if written is NOTHING else written.rows(actor)

    def _write(self, actor: Actor, shape: tuple[Hashable, ...]) -> Written:
        blank = replace(actor, user_id=BLANK_PERSON, administration=BLANK_CODE)
        compiler = self.make(blank, *shape).query.get_compiler(DEFAULT_DB_ALIAS)
        try:
            sql, values = compiler.as_sql()
        except EmptyResultSet:  # the policy shows this actor nothing at all
            return NOTHING
        columns = [expression for expression, _sql, _alias in compiler.select]
        readers = compiler.get_converters(columns)
        return Written(
            sql, tuple(values), tuple((place, *reader) for place, reader in readers.items())
        )
