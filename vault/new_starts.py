"""Passphrase and printed code are both lost: a link by mail, and a new key.

What the mail box and the second factor give is an account that begins again: locked, with a key
for which nobody has vouched, and without anything that the former key alone could open. A
colleague compares words and grants, as at the first time, and all colleagues are told.

Whoever has lost the second factor as well has nothing but a mail box to show. Then nothing at
all happens for 24 hours, in which the person and all colleagues are told, and in which signing in
with the passphrase stops it: a stranger who reads somebody's mail gains a day's warning.

An address that nobody has costs the same rows, and gets the same answer.
"""

from __future__ import annotations

import datetime
import secrets
from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from access.actors import Actor, current_actor
from access.policy import people_in_standing, standing
from accounts.models import User
from accounts.queries import whom_to_ask
from accounts.tokens import hash_of
from activity.events import Event
from activity.links import seal_link
from activity.outgoing import queue_to_address, warn
from activity.record import record
from vault import passphrases
from vault.models import KeySlot, NewStart
from vault.passphrases import _own

if TYPE_CHECKING:
    from vault.passphrases import Beginning
    from vault.slots import Lock

MAIL = "new_start"
LINK_LASTS = datetime.timedelta(minutes=30)
WAITS = datetime.timedelta(hours=24)
SECOND_LINK_LASTS = datetime.timedelta(hours=72)
LINKS_AN_HOUR = 3
KEPT = datetime.timedelta(days=30)


class NotGoodAnyMore(Exception):
    """This link was used, stopped, or has run out."""


@transaction.atomic
def ask_for_link(*, actor: Actor, email: str) -> None:
    """Send a link to whoever has this address; the same happens, but the mail, if nobody has.

    `actor` is a command's: nobody is known yet.
    """
    address = email.strip().lower()
    person = _person_with(address)
    start, token = _make(person, timezone.now(), LINK_LASTS)
    _mail(start, token, person.email if person else address, person.language if person else "en")
    home = current_actor(person.pk) if person else None
    acting = Actor(None, home.administration if home else "", name=actor.name)
    record(acting, Event.NEW_START_ASKED, f"accounts.user:{person.pk}" if person else "")


def find(token: str) -> NewStart | None:
    """The start that this link is or was for."""
    rows = NewStart.objects.filter(token_hash=hash_of(token), user__isnull=False)
    return rows.select_related("user").first()


def is_good(row: NewStart) -> bool:
    """Whether the link is good for anything, now or after its wait."""
    person = row.user
    if person is None or row.ended_at is not None or row.expires_at <= timezone.now():
        return False
    facts = current_actor(person.pk)
    return facts is not None and bool(standing(facts))


@transaction.atomic
def wait_a_day(*, actor: Actor, user: User, start: NewStart) -> NewStart:
    """The second factor is lost too: this link ends, and another one comes tomorrow."""
    _own(actor, user)
    _end(_locked(user, start))
    later = timezone.now() + WAITS
    waiting, token = _make(user, later, SECOND_LINK_LASTS, factor_lost=True)
    _mail(waiting, token, user.email, user.language)
    warn(person=user, event=Event.NEW_START_DELAYED)
    record(
        actor,
        Event.NEW_START_DELAYED,
        f"accounts.user:{user.pk}",
        detail={"until": later},
        audience=_told(actor, user),
    )
    return waiting


@transaction.atomic
def start_anew(*, actor: Actor, user: User, start: NewStart, lock: Lock) -> Beginning:
    """A new root, a new code, and a key that waits to be vouched for; every session ends.

    The page has seen the second factor, or the start has waited its day: then the factors of
    before go, whoever has them now.
    """
    _own(actor, user)
    row = _locked(user, start)
    if row.opens_at > timezone.now():
        raise NotGoodAnyMore
    beginning = passphrases.begin(actor=actor, user=user, passphrase=lock)
    if row.factor_lost:
        Authenticator.objects.filter(user=user).delete()
    for other in NewStart.objects.filter(user=user, ended_at=None):
        _end(other)
    warn(person=user, event=Event.NEW_START_MADE)
    record(
        actor,
        Event.NEW_START_MADE,
        f"accounts.user:{user.pk}",
        detail={"factor_lost": row.factor_lost},
        audience=_told(actor, user),
        topics=[f"administration:{actor.administration}"] if actor.administration else [],
    )
    return beginning


@transaction.atomic
def stop(*, actor: Actor, user: User) -> int:
    """The passphrase is there after all: whoever asked meanwhile gets nothing."""
    _own(actor, user)
    open_ones = list(
        NewStart.objects.select_for_update().filter(
            user=user, ended_at=None, expires_at__gt=timezone.now()
        )
    )
    for row in open_ones:
        _end(row)
    if open_ones:
        warn(person=user, event=Event.NEW_START_STOPPED)
        record(actor, Event.NEW_START_STOPPED, f"accounts.user:{user.pk}")
    return len(open_ones)


def is_asked_for(user_id: int) -> bool:
    """Whether somebody asked to start this account anew, and it is not over."""
    rows = NewStart.objects.filter(user=user_id, ended_at=None, expires_at__gt=timezone.now())
    return rows.exists()


def sweep() -> int:
    """Rows of links that ran out a month ago; the worker calls it."""
    return NewStart.objects.filter(expires_at__lt=timezone.now() - KEPT).delete()[0]


def _person_with(address: str) -> User | None:
    """Whoever may start anew: an open account with a passphrase, and not asked for too often."""
    person = User.objects.filter(email__iexact=address).first()
    facts = current_actor(person.pk) if person else None
    slots = KeySlot.objects.filter(user_id=person.pk if person else 0)
    hour = timezone.now() - datetime.timedelta(hours=1)
    lately = NewStart.objects.filter(user_id=person.pk if person else 0, made_at__gt=hour)
    # All of them are asked in any case: the time of a query is a hint as well.
    fits = [slots.exists(), lately.count() < LINKS_AN_HOUR, bool(facts and standing(facts))]
    return person if all(fits) else None


def _make(
    person: User | None,
    opens_at: datetime.datetime,
    lasts: datetime.timedelta,
    *,
    factor_lost: bool = False,
) -> tuple[NewStart, str]:
    token = secrets.token_urlsafe(32)
    row = NewStart.objects.create(
        user=person,
        token_hash=hash_of(token),
        factor_lost=factor_lost,
        opens_at=opens_at,
        expires_at=opens_at + lasts,
    )
    return row, token


def _mail(start: NewStart, token: str, address: str, language: str) -> None:
    """A mail to nobody is a row like any other, which the worker finds pointless and drops."""
    until = start.expires_at if start.user_id else timezone.now()
    mail = queue_to_address(
        address=address,
        language=language,
        kind=MAIL,
        facts={"until": until.isoformat(timespec="minutes")},
        secret=seal_link(reverse("vault:new_start", args=[token]), address=address, kind=MAIL),
    )
    mail.not_before = max(mail.not_before, start.opens_at)
    mail.save(update_fields=["not_before"])


def _locked(user: User, start: NewStart) -> NewStart:
    """The row as of now, held: a link is good once, whichever window was quicker."""
    row = NewStart.objects.select_for_update().filter(pk=start.pk, user=user).first()
    if row is None or not is_good(row):
        raise NotGoodAnyMore
    return row


def _end(row: NewStart) -> None:
    row.ended_at = timezone.now()
    row.save(update_fields=["ended_at"])


def _told(actor: Actor, user: User) -> Q:
    """All colleagues, and whoever can help if there are none."""
    helpers = [person.pk for person in whom_to_ask(user)]
    return people_in_standing() & (
        Q(appointments__administration=actor.administration) | Q(pk__in=helpers)
    )
