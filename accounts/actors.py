"""The facts about a person as of now, for the policy: one query, taken at every question."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from access.actors import Actor
from access.prepared import Prepared
from access.roles import Role
from accounts.models import AdministrationKind, User

_FACTS = (
    "is_active",
    "asleep_since",
    "appointments__role",
    "appointments__since",
    "appointments__until",
    "appointments__administration",
    "appointments__administration__kind",
    "appointments__administration__suspended_on",
)


FACTS = Prepared(lambda asked: User.objects.filter(pk=asked.user_id).values_list(*_FACTS))


def find_actor(user_id: int) -> Actor | None:
    """The person as an Actor, or None if there is no such person."""
    rows = FACTS.rows(Actor(user_id=user_id, administration=""))
    facts = [dict(zip(_FACTS, row, strict=True)) for row in rows]
    return _actor(user_id, facts, timezone.now().date()) if facts else None


def find_actors(user_ids: Iterable[int]) -> dict[int, Actor]:
    """The same for several people, still in one query."""
    today = timezone.now().date()
    rows: dict[int, list[dict[str, Any]]] = {}
    for row in User.objects.filter(pk__in=list(user_ids)).values("pk", *_FACTS):
        rows.setdefault(row["pk"], []).append(row)
    return {pk: _actor(pk, facts, today) for pk, facts in rows.items()}


def _actor(user_id: int, rows: list[dict[str, Any]], today: datetime.date) -> Actor:
    in_order = rows[0]["is_active"] and rows[0]["asleep_since"] is None
    held = [row for row in rows if _in_force(row, today)]
    if not held:
        return Actor(user_id=user_id, administration="", is_active=in_order)
    # Services keep a person to one administration at a time; should a hand in the database
    # make it two, the later appointment counts and the other gives nothing.
    latest = max(held, key=lambda row: row["appointments__since"])
    code = latest["appointments__administration"]
    suspended = latest["appointments__administration__suspended_on"]
    return Actor(
        user_id=user_id,
        administration=code,
        roles=_roles([row for row in held if row["appointments__administration"] == code]),
        is_active=in_order,
        standing=suspended is None or suspended > today,
    )


def _in_force(row: dict[str, Any], today: datetime.date) -> bool:
    since, until = row["appointments__since"], row["appointments__until"]
    return since is not None and since <= today and (until is None or until >= today)


def _roles(rows: list[dict[str, Any]]) -> frozenset[Role]:
    """The people of a partner agency observe, whatever else a row may say."""
    if rows[0]["appointments__administration__kind"] == AdministrationKind.PARTNER:
        return frozenset({Role.OBSERVER})
    return frozenset(Role(row["appointments__role"]) for row in rows)
