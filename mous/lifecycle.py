"""What the acts of a register amount to: the state of a participant on any day.

Pure: acts in, state out, nothing is looked up. Two clocks are asked. `on` is the day the question
is about: an act counts from the day it takes effect. `known` is the moment from which one looks
back: an act counts once it is confirmed. So what was answered once is answered the same for ever,
and what was corrected afterwards shows as corrected.

States and the order of derivation: `domain/data/mou_lifecycle.json`, after the headings of the
UN Treaty Handbook (participation, key events).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

Day = datetime.date
Moment = datetime.datetime


class Kind(StrEnum):
    """What can be done about an instrument."""

    TEXT_CIRCULATED = "TEXT_CIRCULATED"
    REVIEW_STARTED = "REVIEW_STARTED"
    TRANSLATION_REQUESTED = "TRANSLATION_REQUESTED"
    APPROVED_TO_SIGN = "APPROVED_TO_SIGN"
    FULL_POWERS_RECEIVED = "FULL_POWERS_RECEIVED"
    SIGNED_SUBJECT = "SIGNED_SUBJECT"
    SIGNED_DEFINITIVE = "SIGNED_DEFINITIVE"
    PROCEDURES_COMPLETED = "PROCEDURES_COMPLETED"
    ACCEDED = "ACCEDED"
    PROVISIONAL_START = "PROVISIONAL_START"
    PROVISIONAL_END = "PROVISIONAL_END"
    IN_EFFECT = "IN_EFFECT"
    DECLARATION = "DECLARATION"
    RESERVATION = "RESERVATION"
    OBJECTION = "OBJECTION"
    RESERVATION_WITHDRAWN = "RESERVATION_WITHDRAWN"
    CONTACT_DESIGNATED = "CONTACT_DESIGNATED"
    AMENDMENT_ACCEPTED = "AMENDMENT_ACCEPTED"
    SUSPENDED = "SUSPENDED"
    RESUMED = "RESUMED"
    WITHDRAWAL_NOTIFIED = "WITHDRAWAL_NOTIFIED"
    WITHDRAWAL_RESCINDED = "WITHDRAWAL_RESCINDED"
    WITHDRAWN = "WITHDRAWN"
    CORRECTED = "CORRECTED"


class State(StrEnum):
    """Where a participant stands, from before it may join to after it has left."""

    NOT_ELIGIBLE = "not_eligible"
    NOT_STARTED = "not_started"
    TEXT_RECEIVED = "text_received"
    UNDER_REVIEW = "under_review"
    APPROVED_TO_SIGN = "approved_to_sign"
    SIGNED_PENDING = "signed_pending"
    PROVISIONAL = "provisional"
    IN_EFFECT = "in_effect"
    SUSPENDED = "suspended"
    WITHDRAWAL_PENDING = "withdrawal_pending"
    WITHDRAWN = "withdrawn"


# Between these what is shared rests on the instrument. Who has given notice still takes part
# until the notice runs out.
TAKING_PART = frozenset({State.PROVISIONAL, State.IN_EFFECT, State.WITHDRAWAL_PENDING})
# A signature was given and holds, whether or not it has taken effect.
SIGNED = TAKING_PART | {State.SIGNED_PENDING, State.SUSPENDED}

# What an administration does at home before it signs, in order. FULL_POWERS_RECEIVED is the
# depositary's word that the paper for it has come.
STEPS = (
    Kind.TEXT_CIRCULATED,
    Kind.REVIEW_STARTED,
    Kind.TRANSLATION_REQUESTED,
    Kind.APPROVED_TO_SIGN,
    Kind.FULL_POWERS_RECEIVED,
)
SIGNATURES = (Kind.SIGNED_SUBJECT, Kind.SIGNED_DEFINITIVE, Kind.ACCEDED)


@dataclass(frozen=True, slots=True)
class Correction:
    """What holds instead of what an act said; `kind` empty: the act is annulled."""

    kind: Kind | None
    done_on: Day | None = None
    effective_on: Day | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One confirmed act, as far as a state follows from it.

    `number` is its place in the register. `confirmed_at` is when it began to count.
    `corrects` is the number of the act that a CORRECTED one is about.
    """

    number: int
    party: str
    kind: Kind
    done_on: Day
    effective_on: Day
    confirmed_at: Moment
    corrects: int | None = None
    correction: Correction | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of days, both ends included; `until` None: to this day."""

    since: Day
    until: Day | None = None

    def holds(self, day: Day) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


def standing_acts(facts: Iterable[Fact], known: Moment | None = None) -> list[Fact]:
    """The acts as they are to be read: each as last corrected, in the order of their effect.

    A correction of a correction is one of the act itself: the last that is confirmed holds.
    """
    seen = [one for one in facts if known is None or one.confirmed_at <= known]
    by_number = {one.number: one for one in seen}
    holds: dict[int, Correction] = {}
    for one in sorted((a for a in seen if a.kind == Kind.CORRECTED), key=_entered):
        if one.correction is not None and (about := corrected_act(one, by_number)) is not None:
            holds[about] = one.correction
    acts = [one for one in seen if one.kind != Kind.CORRECTED]
    read = [_as_corrected(one, holds.get(one.number)) for one in acts]
    return sorted((one for one in read if one is not None), key=_in_effect)


def _entered(fact: Fact) -> tuple[Moment, int]:
    return fact.confirmed_at, fact.number


def _in_effect(fact: Fact) -> tuple[Day, int]:
    return fact.effective_on, fact.number


def corrected_act(fact: Fact, by_number: dict[int, Fact]) -> int | None:
    """The act that a correction is about in the end, through corrections of corrections."""
    about, steps = fact.corrects, 0
    while about is not None and (found := by_number.get(about)) is not None:
        if found.kind != Kind.CORRECTED:
            return about
        about, steps = found.corrects, steps + 1
        if steps > len(by_number):
            return None
    return None


def _as_corrected(fact: Fact, correction: Correction | None) -> Fact | None:
    if correction is None:
        return fact
    if correction.kind is None:
        return None
    return replace(
        fact,
        kind=correction.kind,
        done_on=correction.done_on or fact.done_on,
        effective_on=correction.effective_on or correction.done_on or fact.effective_on,
    )


@dataclass(slots=True)
class _Record:
    """What has happened to one participant so far."""

    reached: State = State.NOT_STARTED  # of the steps before a signature
    signed: bool = False
    provisional: bool = False
    in_effect: bool = False
    suspended: bool = False
    leaving: bool = False
    gone: bool = False


_ORDER = list(State)
_REACHES = {
    Kind.TEXT_CIRCULATED: State.TEXT_RECEIVED,
    Kind.REVIEW_STARTED: State.UNDER_REVIEW,
    Kind.TRANSLATION_REQUESTED: State.UNDER_REVIEW,
    Kind.APPROVED_TO_SIGN: State.APPROVED_TO_SIGN,
    Kind.FULL_POWERS_RECEIVED: State.APPROVED_TO_SIGN,
}


def state_on(
    facts: Iterable[Fact],
    on: Day,
    *,
    eligible: Sequence[Span],
    known: Moment | None = None,
) -> State:
    """Where the participant of these acts stood on `on`, by what was confirmed until `known`."""
    if not any(span.holds(on) for span in eligible):
        return State.NOT_ELIGIBLE
    record = _Record()
    for _day, _number, kind in _happened(standing_acts(facts, known), on):
        _apply(record, kind)
    return _state_of(record)


def _happened(acts: Iterable[Fact], on: Day) -> list[tuple[Day, int, Kind]]:
    """What has taken effect by `on`. A notice of withdrawal does so twice: the notice is there
    from the day it was given, and the withdrawal from the day it runs out."""
    found = []
    for act in acts:
        if act.kind == Kind.WITHDRAWAL_NOTIFIED:
            found.append((act.done_on, act.number, Kind.WITHDRAWAL_NOTIFIED))
            found.append((max(act.effective_on, act.done_on), act.number, Kind.WITHDRAWN))
        else:
            found.append((act.effective_on, act.number, act.kind))
    rescinded = [(day, number) for day, number, kind in found if kind == Kind.WITHDRAWAL_RESCINDED]
    return sorted(one for one in found if one[0] <= on and not _was_rescinded(one, acts, rescinded))


def _was_rescinded(
    happening: tuple[Day, int, Kind], acts: Iterable[Fact], rescinded: list[tuple[Day, int]]
) -> bool:
    """Whether this withdrawal, which follows from a notice, was called off before it came."""
    day, number, kind = happening
    if kind != Kind.WITHDRAWN:
        return False
    notice = next((one for one in acts if one.number == number), None)
    if notice is None or notice.kind != Kind.WITHDRAWAL_NOTIFIED:
        return False
    return any((notice.done_on, number) < back and back[0] < day for back in rescinded)


# What each kind changes; a signature or a new beginning ends that somebody is gone.
_CHANGES: dict[Kind, dict[str, bool]] = {
    **{kind: {"gone": False, "signed": True} for kind in SIGNATURES},
    Kind.PROCEDURES_COMPLETED: {"gone": False, "signed": True},
    Kind.PROVISIONAL_START: {"gone": False, "signed": True, "provisional": True},
    Kind.PROVISIONAL_END: {"provisional": False},
    Kind.IN_EFFECT: {"gone": False, "signed": True, "in_effect": True, "provisional": False},
    Kind.SUSPENDED: {"suspended": True},
    Kind.RESUMED: {"suspended": False},
    Kind.WITHDRAWAL_NOTIFIED: {"leaving": True},
    Kind.WITHDRAWAL_RESCINDED: {"leaving": False},
    Kind.WITHDRAWN: {
        "gone": True, "signed": False, "provisional": False, "in_effect": False,
        "suspended": False, "leaving": False,
    },
}  # fmt: skip


def _apply(record: _Record, kind: Kind) -> None:
    if kind in _REACHES and record.gone:  # who left begins anew, from where it stands in that
        record.gone, record.reached = False, State.NOT_STARTED
    if kind in _REACHES:
        record.reached = max(record.reached, _REACHES[kind], key=_ORDER.index)
    for name, value in _CHANGES.get(kind, {}).items():
        setattr(record, name, value)


def _state_of(record: _Record) -> State:
    if record.gone:
        return State.WITHDRAWN
    if record.suspended and (record.in_effect or record.provisional):
        return State.SUSPENDED
    if record.leaving and (record.in_effect or record.provisional):
        return State.WITHDRAWAL_PENDING
    if record.in_effect:
        return State.IN_EFFECT
    if record.provisional:
        return State.PROVISIONAL
    return State.SIGNED_PENDING if record.signed else record.reached
