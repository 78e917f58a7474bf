"""What the register waits for from one administration: for its home page, lists and pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from access.actors import Actor
from access.policy import Action, can
from access.roles import PUBLISHES, Role
from accounts.models import Membership
from mous.lifecycle import Fact, Kind, Span, State, standing_acts, state_on
from mous.models import Act, ActState, Instrument, Party, Receipt
from mous.queries import facts_of, instruments_for

ACTS_FOR = PUBLISHES | {Role.HEAD}
CONSENTED = frozenset({Kind.SIGNED_DEFINITIVE, Kind.PROCEDURES_COMPLETED, Kind.ACCEDED})


def acts_to_confirm(actor: Actor) -> list[Act]:
    """Acts that somebody entered and for which this person may be the second one."""
    own = actor.administration
    rows = (
        Act.objects.filter(
            Q(party__code=own) | Q(instrument__depositary=own), state=ActState.ENTERED
        )
        .exclude(entered_by=actor.user_id)
        .select_related(
            "instrument", "party__administration", "entered_by", "entered_for", "corrects"
        )
    )
    if not actor.holds(ACTS_FOR):
        return []
    return [one for one in rows.order_by("number") if can(actor, Action.CONFIRM_ACT, one)]


def notifications_to_receive(actor: Actor) -> list[Receipt]:
    """Notifications whose receipt this administration has not confirmed."""
    if not actor.holds(ACTS_FOR):
        return []
    rows = Receipt.objects.filter(administration=actor.administration, received_at=None)
    return list(
        rows.select_related("notification__instrument", "notification__act__party__administration")
        .exclude(notification__instrument__depositary=actor.administration)
        .order_by("notification__sent_at")
    )


@dataclass(frozen=True, slots=True)
class NextStep:
    """What an administration does next about an instrument that it does not take part in yet."""

    instrument: Instrument
    state: State
    words: str


def next_step_words(instrument: Instrument, state: State, acts: Iterable[Fact]) -> str:
    """What the administration does next, in the words of this kind of instrument; empty where
    nothing is left to it: who has consented waits for the day or for the depositary."""
    if state == State.SIGNED_PENDING and any(act.kind in CONSENTED for act in acts):
        return ""
    signing = _("Sign, or ratify") if instrument.is_treaty else _("Sign")
    words = {
        State.TEXT_RECEIVED: _("Start the legal review"),
        State.UNDER_REVIEW: _("Obtain the authority to sign"),
        State.APPROVED_TO_SIGN: signing,
        State.SIGNED_PENDING: _("Complete the internal procedures, and say so"),
    }
    return words.get(state, "")


def next_steps(actor: Actor, on: date) -> list[NextStep]:
    """Of every instrument in which this administration is on the way."""
    if not actor.holds(ACTS_FOR):
        return []
    found = []
    rows = list(instruments_for(actor))
    for instrument, state, acts in own_states(actor, rows, on):
        if words := next_step_words(instrument, state, acts):
            found.append(NextStep(instrument, state, words))
    return found


def own_states(
    actor: Actor, instruments: Iterable[Instrument], on: date
) -> list[tuple[Instrument, State, list[Fact]]]:
    """Where the actor's administration stands in each of them, if it can take part in it, and by
    which acts."""
    own, rows = actor.administration, list(instruments)
    taking = set(
        Party.objects.filter(instrument__in=rows, code=own).values_list("instrument", flat=True)
    )
    mine = [one for one in rows if one.pk in taking]
    if not mine:
        return []
    facts = facts_of(mine)
    member = [Span(row.since, row.until) for row in Membership.objects.filter(administration=own)]
    always = [Span(date.min)]
    found = []
    for instrument in mine:
        acts = standing_acts(fact for fact in facts[instrument.pk] if fact.party == own)
        spans = member if instrument.for_members else always
        found.append((instrument, state_on(acts, on, eligible=spans), acts))
    return found
