"""What there is to read. Nothing here opens or changes anything."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from access.actors import Actor
from access.policy import Action, visible
from accounts.models import Membership
from accounts.spoken import fold_name
from mous.lifecycle import (
    SIGNED,
    TAKING_PART,
    Correction,
    Fact,
    Kind,
    Span,
    State,
    standing_acts,
    state_on,
)
from mous.models import Act, ActState, Instrument, Party


def instruments_for(actor: Actor) -> QuerySet[Instrument]:
    """The instruments that this actor may see."""
    rows = Instrument.objects.select_related("depositary")
    return visible(rows, actor, Action.READ_REGISTER)


def instruments_called(actor: Actor, words: str) -> list[Instrument]:
    """Those whose title or address has these words in it, accents and case apart."""
    wanted = fold_name(words)
    rows = instruments_for(actor)
    return [
        one
        for one in rows
        if any(wanted in fold_name(name) for name in (one.title, one.title_fr, one.slug))
    ]


def parties_of(instrument: Instrument) -> QuerySet[Party]:
    return (
        Party.objects.filter(instrument=instrument)
        .select_related("administration", "instrument")
        .order_by("administration__name", "name", "code")
    )


def acts_of(instrument: Instrument) -> QuerySet[Act]:
    """All of them, as they were entered: waiting, confirmed and declined."""
    return _whole_acts().filter(instrument=instrument)


def acts_of_many(keys: Iterable[int]) -> QuerySet[Act]:
    """These, by their keys."""
    return _whole_acts().filter(pk__in=list(keys))


def _whole_acts() -> QuerySet[Act]:
    return (
        Act.objects.select_related(
            "instrument", "party", "party__administration", "entered_by", "entered_for",
            "decided_by", "decided_for", "corrects", "corrects__party", "text", "key",
        )
        .order_by("number")
    )  # fmt: skip


FACT_COLUMNS = (
    "number", "party__code", "kind", "done_on", "effective_on", "decided_at",
    "corrects__number", "corrected_kind", "instrument_id",
)  # fmt: skip


def facts_of(instruments: Iterable[Instrument]) -> dict[int, list[Fact]]:
    """The confirmed acts as the life cycle reads them, by instrument, in one query."""
    rows = Act.objects.filter(
        instrument__in=[one.pk for one in instruments], state=ActState.CONFIRMED
    ).values_list(*FACT_COLUMNS)
    found: dict[int, list[Fact]] = defaultdict(list)
    for row in rows:
        found[row[-1]].append(fact(*row[:-1]))
    return found


def fact(
    number: int,
    party: str,
    kind: str,
    done_on: date,
    effective_on: date,
    confirmed_at: datetime,
    corrects: int | None,
    corrected_kind: str,
) -> Fact:
    """A row of these columns as the life cycle reads it."""
    correction = None
    if kind == Kind.CORRECTED:
        holds = Kind(corrected_kind) if corrected_kind else None
        correction = Correction(holds, done_on, effective_on)
    return Fact(
        number, party, Kind(kind), done_on, effective_on, confirmed_at, corrects, correction
    )


def spans_of(instrument: Instrument, parties: Sequence[Party]) -> dict[str, list[Span]]:
    """When each may take part: a member while it is one, anybody listed at all times."""
    if not instrument.for_members:
        return {one.code: [Span(date.min)] for one in parties}
    found: dict[str, list[Span]] = {one.code: [] for one in parties}
    for row in Membership.objects.filter(administration__in=list(found)):
        found[row.administration_id].append(Span(row.since, row.until))
    return found


class Picture:
    """One instrument and all that is derived from its acts, for any day; three queries.

    `known`: as it was known at that moment; None: as it is known now.
    """

    def __init__(
        self,
        instrument: Instrument,
        *,
        known: datetime | None = None,
        facts: Sequence[Fact] | None = None,
    ) -> None:
        self.instrument, self.known = instrument, known
        if facts is not None:
            self.__dict__["facts"] = facts

    @cached_property
    def parties(self) -> list[Party]:
        return list(parties_of(self.instrument))

    @cached_property
    def facts(self) -> Sequence[Fact]:
        return facts_of([self.instrument])[self.instrument.pk]

    @cached_property
    def spans(self) -> Mapping[str, Sequence[Span]]:
        return spans_of(self.instrument, self.parties)

    @cached_property
    def _by_party(self) -> dict[str, list[Fact]]:
        found: dict[str, list[Fact]] = defaultdict(list)
        for one in self.facts:
            found[one.party].append(one)
        return found

    def acts(self, code: str) -> list[Fact]:
        """The acts of one participant as they are to be read, corrections carried out."""
        return standing_acts(self._by_party.get(code, []), self.known)

    def state(self, code: str, on: date) -> State:
        return state_on(
            self._by_party.get(code, []), on, eligible=self.spans.get(code, []), known=self.known
        )

    def states(self, on: date) -> dict[str, State]:
        """Where each stood on that day."""
        return {one.code: self.state(one.code, on) for one in self.parties}

    def eligible(self, on: date) -> list[str]:
        return [code for code, state in self.states(on).items() if state != State.NOT_ELIGIBLE]

    def signed(self, on: date) -> list[str]:
        return [code for code, state in self.states(on).items() if state in SIGNED]

    def taking_part(self, on: date) -> list[str]:
        return [code for code, state in self.states(on).items() if state in TAKING_PART]

    def first(self, code: str, kinds: Iterable[Kind], on: date) -> Fact | None:
        """The first act of these kinds that had taken effect by that day."""
        wanted = set(kinds)
        return next((a for a in self.acts(code) if a.kind in wanted and a.effective_on <= on), None)

    def changes(self, since: date, until: date) -> dict[str, tuple[State, State]]:
        """Whose state differs between two days, with both."""
        before, after = self.states(since), self.states(until)
        return {code: (before[code], after[code]) for code in after if before[code] != after[code]}


def act_by_number(instrument: Instrument, number: int) -> Act | None:
    found: Any = acts_of(instrument).filter(number=number).first()
    return found
