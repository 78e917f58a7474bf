"""Reminding administrations whose next step is waited for: by an officer, or by itself.

A reminder says that an instrument waits, and leads to the page of the steps; it says nothing
of what is written there. Nobody is reminded twice in a fortnight unless who sends it was told.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from access.actors import Actor
from access.faces import appointed
from access.policy import Action, require
from access.roles import PUBLISHES, Role
from activity.events import Event
from activity.outgoing import MORNING
from activity.record import record
from mous.chase import Waiting, days_of, waiting_for
from mous.facts import notice_facts, steps_target, steps_topics, target_of, topics_of
from mous.holding import held
from mous.models import Chase, ChaseSetting, Instrument, WaitsFor
from mous.queries import facts_of
from mous.services.acts import NotPossible

LONGEST = 730


@transaction.atomic
def chase(
    *, actor: Actor, instrument: Instrument, codes: Iterable[str], again: bool = False
) -> list[Chase]:
    """Remind these administrations, each once. NotPossible if one of them is not waited for, or
    was reminded within a fortnight and `again` does not say that this is known."""
    instrument = held(instrument)
    require(actor, Action.KEEP_REGISTER, instrument)
    now, wanted = timezone.now(), set(codes)
    rows = {one.party.code: one for one in waiting_for(instrument, now.date())}
    chosen = [rows[code] for code in rows if code in wanted and rows[code].can_be_reminded]
    if not wanted or len(chosen) != len(wanted):
        raise NotPossible({"codes": _("Choose one of the list.")})
    recent = [str(one.party.label) for one in chosen if one.was_just_reminded(now)]
    if recent and not again:
        names = get_text_list(recent, _("and"))
        sentence = _(
            "Reminded within the last 14 days: %(names)s. Say if it should go all the same."
        )
        raise NotPossible({"again": sentence % {"names": names}})
    return [_remind(actor, instrument, one, now) for one in chosen]


def _remind(actor: Actor, instrument: Instrument, one: Waiting, now: datetime.datetime) -> Chase:
    party = one.party
    row = Chase.objects.create(party=party, sent_at=now, sent_by_id=actor.user_id)
    record(
        actor,
        Event.STEP_CHASED,
        steps_target(party),
        detail={"participant": party.code},
        audience=_who_goes_on(party.code),
        notice=notice_facts(instrument, about=steps_target(party)),
        topics=steps_topics(party),
    )
    return row


def _who_goes_on(code: str) -> Q:
    """Who can enter the next step for the administration."""
    return appointed(PUBLISHES | {Role.HEAD}, [code])


@transaction.atomic
def set_chasing(*, actor: Actor, instrument: Instrument, days: int) -> ChaseSetting:
    """After how many days without movement the portal reminds by itself; 0: never."""
    instrument = held(instrument)
    require(actor, Action.KEEP_REGISTER, instrument)
    if days and not 14 <= days <= LONGEST:
        raise NotPossible({"days": _("Between 14 days and two years, or 0 for never.")})
    row = ChaseSetting.objects.create(instrument=instrument, days=days, set_by_id=actor.user_id)
    record(
        actor, Event.CHASING_SET, target_of(instrument), detail={"after": days},
        topics=topics_of(instrument),
    )  # fmt: skip
    return row


# By itself ------------------------------------------------------------------------------------


def chase_by_itself(*, actor: Actor, now: datetime.datetime) -> int:
    """For the worker: remind who has not moved for as long as the instrument says, once it is
    morning there; again after the same time. A second run at any time changes nothing."""
    return sum(_overdue(actor, one, now) for one in Instrument.objects.order_by("pk"))


@transaction.atomic
def _overdue(actor: Actor, instrument: Instrument, now: datetime.datetime) -> int:
    instrument = held(instrument)
    days = days_of(instrument)
    if not days:
        return 0
    moved = _last_acts(instrument)
    acting = Actor(user_id=None, administration=instrument.depositary_id, name=actor.name)
    count = 0
    for one in waiting_for(instrument, now.date()):
        quiet = max(
            at
            for at in (
                instrument.made_at, moved.get(one.party.code), one.noted_at, one.chased_at,
            )
            if at is not None
        )  # fmt: skip
        if _is_their_turn(one) and _is_due(one, quiet, days, now):
            _remind(acting, instrument, one, now)
            count += 1
    return count


def _is_their_turn(one: Waiting) -> bool:
    """What lies with the Secretariat is no reason to remind anybody else."""
    return one.can_be_reminded and one.progress.waits_for != WaitsFor.SECRETARIAT


def _last_acts(instrument: Instrument) -> dict[str, datetime.datetime]:
    """When something was last confirmed for each."""
    moved: dict[str, datetime.datetime] = {}
    for fact in facts_of([instrument])[instrument.pk]:
        known = moved.get(fact.party, fact.confirmed_at)
        moved[fact.party] = max(known, fact.confirmed_at)
    return moved


def _is_due(one: Waiting, quiet: datetime.datetime, days: int, now: datetime.datetime) -> bool:
    """Counted in their own days, from that place's morning on."""
    assert one.party.administration is not None, "asked of who can be reminded"
    local = now.astimezone(ZoneInfo(one.party.administration.zone or "UTC"))
    since = quiet.astimezone(local.tzinfo).date()
    return local.time() >= MORNING and (local.date() - since).days >= days
