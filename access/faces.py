"""How the policy is asked: the three faces of an action, and the doors that put the question.

The rules themselves are all in `access/policy.py`; here is what they are written with. A rule
answers for one object, a scope for the rows of a query, an audience for the people of one
object; a test holds that they agree.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.actions import Action
from access.actors import Actor
from access.roles import Role

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes, or no with the sentence the person will be shown."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


def allow_if(condition: bool, otherwise: Any) -> Decision:
    return Decision(True) if condition else Decision(False, str(otherwise))


Rule = Callable[[Actor, Any], Decision]
_RULES: dict[Action, Rule] = {}
_SCOPES: dict[Action, Callable[[Actor], Q]] = {}
_AUDIENCES: dict[Action, Callable[[Any], Q]] = {}


def rule(action: Action) -> Callable[[Rule], Rule]:
    def register(function: Rule) -> Rule:
        _RULES[action] = function
        return function

    return register


def scope(action: Action) -> Callable[[Callable[[Actor], Q]], Callable[[Actor], Q]]:
    def register(function: Callable[[Actor], Q]) -> Callable[[Actor], Q]:
        _SCOPES[action] = function
        return function

    return register


def audience(action: Action) -> Callable[[Callable[[Any], Q]], Callable[[Any], Q]]:
    def register(function: Callable[[Any], Q]) -> Callable[[Any], Q]:
        _AUDIENCES[action] = function
        return function

    return register


# The doors ------------------------------------------------------------------------------------


def standing(actor: Actor) -> Decision:
    """Nothing is allowed to whoever is suspended, asleep, without a role, or out of membership."""
    return (
        allow_if(actor.is_active, _("Your account is suspended or asleep."))
        and allow_if(bool(actor.roles), _("You hold no role at present."))
        and allow_if(actor.standing, _("Your administration is suspended."))
    )


def can(actor: Actor, action: Action, target: Any = None) -> Decision:
    return standing(actor) and _RULES[action](actor, target)


def require(actor: Actor, action: Action, target: Any = None) -> None:
    """Go on, or stop with the sentence that says why not."""
    decision = can(actor, action, target)
    if not decision:
        raise Refused(decision.reason, action)


class Refused(PermissionDenied):
    """A refusal by the policy, with its sentence; the door writes it into the journal."""

    def __init__(self, reason: str, action: Action) -> None:
        super().__init__(reason)
        self.reason = reason
        self.action = action


def visible(rows: QuerySet[M], actor: Actor, action: Action) -> QuerySet[M]:
    """The rows on which `actor` could carry out `action`: having one means having been allowed."""
    return rows.filter(_SCOPES[action](actor)) if standing(actor) else rows.none()


def people_who_can(action: Action, target: Any, *, prefix: str = "") -> Q:
    """A filter on people: those for whom `can(..., action, target)` holds now.

    `prefix` reaches the person from another table (`user__` from a session), so that one
    query can judge every open socket.
    """
    return _prefixed(_AUDIENCES[action](target) & people_in_standing(), prefix)


def people_in_standing(*, prefix: str = "") -> Q:
    """A filter on people whose account, role and administration are all in order today."""
    return _prefixed(Q(is_active=True, asleep_since__isnull=True) & appointed(set(Role)), prefix)


def appointed(roles: frozenset[Role] | set[Role], codes: Any = None) -> Q:
    """People who hold one of `roles` today, for one of `codes` or for any administration.

    All conditions on the appointment stand in one filter() call, and so on one row.
    """
    today = timezone.now().date()
    held = Q(
        appointments__role__in=roles,
        appointments__since__lte=today,
    ) & (Q(appointments__until__isnull=True) | Q(appointments__until__gte=today))
    held &= _unsuspended("appointments__administration__", today)
    return held & Q(appointments__administration__in=codes) if codes is not None else held


def _unsuspended(path: str, today: datetime.date) -> Q:
    return Q(**{f"{path}suspended_on__isnull": True}) | Q(**{f"{path}suspended_on__gt": today})


def _prefixed(condition: Q, prefix: str) -> Q:
    if not prefix:
        return condition
    moved = [_moved(child, prefix) for child in condition.children]
    return Q(*moved, _connector=condition.connector, _negated=condition.negated)


def _moved(child: Any, prefix: str) -> Any:
    """A part of a filter: another filter, or a pair of path and value."""
    return _prefixed(child, prefix) if isinstance(child, Q) else (prefix + child[0], child[1])


NOBODY = Q(pk__in=[])
EVERYTHING = ~Q(pk__in=[])
