"""The steps of an administration towards an instrument, from its acts: which are done and when,
which is the present one, with whom it lies and since when.

Nothing is kept of this: the acts say what was done, the newest note says with whom the next one
lies. Asked for one administration and for all that wait, in the same way.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mous.lifecycle import Fact, Kind, Span, State, standing_acts, state_on
from mous.models import Act, ActState, Instrument, Party, StepNote, WaitsFor


@dataclass(frozen=True, slots=True)
class Stage:
    """One line of the task list. `kinds` are the acts that say it is done; it is named by the
    first of them in what is kept. `usually` says with whom it lies if nobody says otherwise.
    What `begins` with its act is under way from then on, until a later step is done."""

    title: str | Promise
    kinds: tuple[Kind, ...]
    usually: WaitsFor = WaitsFor.ADMINISTRATION
    optional: bool = False
    begins: bool = False
    of_treaty: str | Promise = ""

    @property
    def key(self) -> str:
        return self.kinds[0].value

    def title_in(self, instrument: Instrument) -> str:
        return str(self.of_treaty or self.title) if instrument.is_treaty else str(self.title)

    @property
    def is_signature(self) -> bool:
        return Kind.SIGNED_DEFINITIVE in self.kinds

    @property
    def is_before_signature(self) -> bool:
        return not self.is_signature and self.kinds[0] not in AFTERWARDS


AFTERWARDS = frozenset({Kind.PROCEDURES_COMPLETED, Kind.IN_EFFECT})
# A signature first in the order that one asks for it: the one that settles consent at once.
SIGNING = (Kind.SIGNED_DEFINITIVE, Kind.SIGNED_SUBJECT, Kind.ACCEDED)
STAGES = (
    Stage(_("Text received"), (Kind.TEXT_CIRCULATED,), WaitsFor.SECRETARIAT),
    Stage(_("Legal and policy review"), (Kind.REVIEW_STARTED,), begins=True),
    Stage(_("Translation"), (Kind.TRANSLATION_REQUESTED,), optional=True, begins=True),
    Stage(_("Approval"), (Kind.APPROVED_TO_SIGN,)),
    Stage(
        _("Authority to sign"), (Kind.FULL_POWERS_RECEIVED,), optional=True,
        of_treaty=_("Full powers"),
    ),
    Stage(_("Signature"), SIGNING, of_treaty=_("Signature or accession")),
    Stage(
        _("National procedures completed"), (Kind.PROCEDURES_COMPLETED,),
        of_treaty=_("Ratification, acceptance or approval"),
    ),
    Stage(
        _("Comes into effect"), (Kind.IN_EFFECT,), WaitsFor.SECRETARIAT,
        of_treaty=_("Enters into force"),
    ),
)  # fmt: skip
STAGE_KEYS = tuple(stage.key for stage in STAGES)
# Whose next step is waited for: nobody who takes part, has left, or may not take part.
ON_THE_WAY = frozenset(
    {
        State.NOT_STARTED, State.TEXT_RECEIVED, State.UNDER_REVIEW, State.APPROVED_TO_SIGN,
        State.SIGNED_PENDING,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """What the newest note says of with whom a step lies; clear, no key is needed."""

    step: str
    waits_for: str
    since: datetime.date


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an administration has come. `present` is None once nothing more is waited for."""

    party: Party
    state: State
    done: Mapping[str, Fact]
    unneeded: frozenset[str]
    present: Stage | None
    since: datetime.date | None  # when the step before it was done, or it could begin
    told: Told | None
    takes_effect_on: datetime.date | None = None  # all is done: it only has to become that day

    @property
    def waits_for(self) -> str:
        if self.present is None:
            return ""
        return self.told.waits_for if self.told else self.present.usually

    @property
    def waits_for_label(self) -> str:
        return str(WaitsFor(self.waits_for).label) if self.waits_for else ""

    @property
    def is_on_the_way(self) -> bool:
        return self.state in ON_THE_WAY

    def days(self, on: datetime.date) -> int:
        return (on - self.since).days if self.since else 0

    @property
    def offered(self) -> list[Stage]:
        """The steps that can be entered next: the first that is still to come, and the one after
        it where that one is not needed everywhere."""
        found: list[Stage] = []
        for stage in STAGES[STAGES.index(self.present) :] if self.present else ():
            if stage.key in self.done or stage.key in self.unneeded:
                continue
            found.append(stage)
            if not stage.optional:
                break
        return found


def progress_of(
    party: Party,
    facts: Sequence[Fact],
    spans: Sequence[Span],
    on: datetime.date,
    notes: Iterable[Told] = (),
) -> Progress:
    """From its confirmed acts, and what its notes say of with whom it lies, oldest first."""
    state = state_on(facts, on, eligible=spans)
    acts = _since_it_left(standing_acts(facts), on)
    done = {stage.key: act for stage in STAGES if (act := _last(acts, stage.kinds, on))}
    unneeded = _unneeded(done)
    reached = max((STAGE_KEYS.index(key) for key in done), default=-1)
    ahead = [one for one in STAGES[reached + 1 :] if one.key not in unneeded]
    under_way = [one for one in STAGES[max(reached, 0) : reached + 1] if one.begins]
    present = [*under_way, *ahead][0] if ahead and state in ON_THE_WAY else None
    before = done[STAGE_KEYS[reached]].done_on if reached >= 0 else None
    coming = [act.effective_on for act in acts if act.kind == Kind.IN_EFFECT]
    told = [one for one in notes if STAGE_KEYS.index(one.step) >= reached] if present else []
    return Progress(
        party=party,
        state=state,
        done=done,
        unneeded=unneeded,
        present=present,
        since=before or _could_begin(party, spans, on),
        told=told[-1] if told else None,
        takes_effect_on=next((day for day in coming if day > on), None),
    )


def _since_it_left(acts: Sequence[Fact], on: datetime.date) -> list[Fact]:
    """Who left and comes back begins anew: what was before does not count as done."""
    left = [
        number
        for number, act in enumerate(acts)
        if act.kind in {Kind.WITHDRAWN, Kind.WITHDRAWAL_NOTIFIED} and act.effective_on <= on
    ]
    rescinded = any(act.kind == Kind.WITHDRAWAL_RESCINDED for act in acts)
    return list(acts) if not left or rescinded else list(acts[left[-1] + 1 :])


def _last(acts: Sequence[Fact], kinds: tuple[Kind, ...], on: datetime.date) -> Fact | None:
    found = [act for act in acts if act.kind in kinds and act.effective_on <= on]
    return found[-1] if found else None


def _unneeded(done: Mapping[str, Fact]) -> frozenset[str]:
    """A definitive signature or an accession settles consent: nothing further is waited for."""
    signed = done.get(Kind.SIGNED_DEFINITIVE)
    settled = signed is not None and signed.kind != Kind.SIGNED_SUBJECT
    return frozenset({Kind.PROCEDURES_COMPLETED.value}) if settled else frozenset()


def _could_begin(party: Party, spans: Sequence[Span], on: datetime.date) -> datetime.date:
    """From when it could have begun: the instrument was open, and it was a member."""
    member = [span.since for span in spans if span.holds(on)]
    return max([party.instrument.opened_on, *member])


# What the notes say, without a key ---------------------------------------------------------------


def told_by(parties: Iterable[Party]) -> dict[int, list[Told]]:
    """Of each of these, what its notes say of with whom a step lies, oldest first; one query."""
    rows = StepNote.objects.filter(party__in=[one.pk for one in parties]).exclude(waits_for="")
    found: dict[int, list[Told]] = defaultdict(list)
    for party, step, waits_for, since, written_at in rows.order_by("written_at", "pk").values_list(
        "party_id", "step", "waits_for", "since", "written_at"
    ):
        if step in STAGE_KEYS:
            found[party].append(Told(step, waits_for, since or written_at.date()))
    return found


def waiting_acts(party: Party) -> QuerySet[Act]:
    """What was entered for it and waits for a second person."""
    rows = Act.objects.filter(party=party, state=ActState.ENTERED)
    return rows.select_related(
        "instrument", "party", "party__administration", "entered_by", "entered_for", "corrects"
    ).order_by("number")
