"""Changes that every act makes, written once: the other half of `access/questions.py`.

    END = Change(lambda pk, number: (Thread.objects.filter(pk=pk), {"last_number": number}))
    END(pk=7, number=18)
    put_in(message)

They go into the caller's transaction, like any other. No signals are sent: nothing here listens
to the rows that are written this way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import AutoField, Model, QuerySet
from django.db.models.sql.subqueries import UpdateQuery

from access.questions import Places, Question, Text, gaps_in


class Change(Question):
    """`make(**values)` gives which rows of one table, and what they say from now on."""

    make: Callable[..., tuple[QuerySet[Any, Any], dict[str, Any]]]  # type: ignore[assignment]

    def __init__(self, make: Callable[..., tuple[QuerySet[Any, Any], dict[str, Any]]]) -> None:
        super().__init__(make)  # type: ignore[arg-type]

    def __call__(self, **values: Any) -> int:
        """How many rows there were."""
        text, given = self._text(values)
        return text.carry_out(given) if text else 0

    def _compiled(self, blanks: dict[str, Any], places: Places) -> Text:
        rows, said = self.make(**blanks)
        query = rows.query.chain(UpdateQuery)
        query.add_update_values(said)  # type: ignore[attr-defined]  # an UpdateQuery by now
        sql, values = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
        return Text(sql, tuple(values), gaps_in(values, places), (), None)


_inserts: dict[tuple[str, type[Model]], str] = {}


def put_in(row: Model) -> None:
    """A new row, and the number that the database gave it."""
    here, model = connections[DEFAULT_DB_ALIAS], type(row)
    fields = [one for one in model._meta.concrete_fields if not isinstance(one, AutoField)]
    at = (here.vendor, model)
    if at not in _inserts:
        _inserts[at] = _insert(model, [str(one.column) for one in fields])
    values = [one.get_db_prep_save(one.pre_save(row, add=True), here) for one in fields]
    with here.cursor() as cursor:
        cursor.execute(_inserts[at], values)
        (row.pk,) = cursor.fetchone()
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def _insert(model: type[Model], columns: list[str]) -> str:
    quote, meta = connections[DEFAULT_DB_ALIAS].ops.quote_name, model._meta
    names, marks = ", ".join(map(quote, columns)), ", ".join(["%s"] * len(columns))
    table, number = quote(meta.db_table), quote(str(meta.pk.column))
    return f"INSERT INTO {table} ({names}) VALUES ({marks}) RETURNING {number}"  # noqa: S608 (our own names)
