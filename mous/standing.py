"""Where everybody stands on a day: the rows of the status table, and the notes below it.

States and dates come from the clear acts (mous/queries.py), so they are there for who has no key.
Words come from the sealed ones; an act that is not what was signed lends none, and says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.utils import timezone

from access.actors import Actor
from accounts.spoken import fold_name
from mous.asked import Asked
from mous.lifecycle import SIGNED, TAKING_PART, Fact, Kind, State
from mous.models import Act, Instrument, Party
from mous.queries import Picture, acts_of, facts_of
from mous.reading import OpenAct, chain_faults, open_acts
from mous.vocabulary import (
    LOOKS,
    act_label,
    answer,
    group_label,
    short_answer,
    signature_label,
    state_label,
)
from vault.sessions import Vault

SIGNING = (Kind.SIGNED_SUBJECT, Kind.SIGNED_DEFINITIVE)
CONSENTS = (Kind.PROCEDURES_COMPLETED, Kind.ACCEDED)
EFFECTS = (Kind.IN_EFFECT, Kind.PROVISIONAL_START)
# What stands below the table in words, marked with a letter.
NOTED = (
    Kind.DECLARATION, Kind.RESERVATION, Kind.OBJECTION, Kind.RESERVATION_WITHDRAWN,
    Kind.SUSPENDED, Kind.RESUMED, Kind.WITHDRAWAL_NOTIFIED, Kind.WITHDRAWAL_RESCINDED,
    Kind.WITHDRAWN, Kind.PROVISIONAL_END,
)  # fmt: skip
ORDER = ("done", "half", "part", "none", "held", "left", "off")


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that is spelled out below the table."""

    letter: str
    party: Party
    label: str
    day: date
    effective_on: date
    number: int
    text: str = ""
    broken: bool = False
    locked: bool = False


@dataclass(slots=True)
class Row:
    """One participant's line of the status table. A date is None where nothing was done yet."""

    party: Party
    state: State
    words: str
    received: date | None = None
    approved: date | None = None
    signed: date | None = None
    signature: str = ""
    place: str = ""
    consent: date | None = None
    acceded: bool = False
    effect: date | None = None
    provisional: bool = False
    notes: list[Note] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)
    me: bool = False

    @property
    def look(self) -> str:
        return LOOKS[self.state]

    @property
    def takes_part(self) -> bool:
        return self.state in TAKING_PART


@dataclass(frozen=True, slots=True)
class Standing:
    """An instrument on a day."""

    instrument: Instrument
    asked: Asked
    rows: Sequence[Row]
    acts: dict[int, OpenAct]  # confirmed by then, by number
    faults: Sequence[int]  # where the register does not follow from itself

    @property
    def notes(self) -> list[Note]:
        return [note for row in self.rows for note in row.notes]

    @property
    def broken(self) -> list[OpenAct]:
        return [one for one in self.acts.values() if one.broken]

    @property
    def eligible(self) -> int:
        return sum(row.state != State.NOT_ELIGIBLE for row in self.rows)

    @property
    def taking_part(self) -> int:
        return sum(row.takes_part for row in self.rows)

    @property
    def signed(self) -> int:
        return sum(row.state in SIGNED for row in self.rows)

    @property
    def answer(self) -> str:
        return answer(self.instrument, self.taking_part, self.eligible)

    @property
    def groups(self) -> list[dict[str, Any]]:
        """How many are in each group of the key below the map; those without anybody left out."""
        counts: dict[str, int] = defaultdict(int)
        for row in self.rows:
            counts[row.look] += 1
        return [
            {"look": look, "count": counts[look], "words": group_label(self.instrument, look)}
            for look in ORDER
            if counts[look]
        ]


def standing_of(
    actor: Actor, vault: Vault | None, instrument: Instrument, asked: Asked
) -> Standing:
    """All of it, in a number of queries that does not grow with the acts."""
    picture = Picture(instrument, known=asked.known)
    everything = list(acts_of(instrument))
    wanted = [one for one in everything if one.is_confirmed and was_known(one, asked)]
    acts = {one.act.number: one for one in open_acts(vault, wanted)}
    rows = [_row(picture, party, acts, asked.on) for party in picture.parties]
    rows.sort(key=lambda row: fold_name(row.party.label))
    _letter(rows)
    for row in rows:
        row.me = row.party.administration_id == actor.administration
    return Standing(instrument, asked, rows, acts, chain_faults(everything))


def was_known(act: Act, asked: Asked) -> bool:
    """Entered by the moment from which one looks back, and if it was answered, answered by it."""
    return asked.known is None or (act.decided_at or act.entered_at) <= asked.known


def _row(picture: Picture, party: Party, acts: dict[int, OpenAct], on: date) -> Row:
    instrument, state = picture.instrument, picture.state(party.code, on)
    row = Row(party, state, state_label(instrument, state))
    done = [one for one in picture.acts(party.code) if one.effective_on <= on]
    row.received = _first(done, (Kind.TEXT_CIRCULATED,))
    row.approved = _first(done, (Kind.APPROVED_TO_SIGN,))
    if signing := [one for one in done if one.kind in SIGNING]:
        row.signed = signing[-1].done_on
        row.signature = signature_label(signing[-1].kind)
        row.place = _said(acts, signing[-1].number, "place")
    if consents := [one for one in done if one.kind in CONSENTS]:
        row.consent, row.acceded = consents[-1].done_on, consents[-1].kind == Kind.ACCEDED
    if effects := [one for one in done if one.kind in EFFECTS]:
        row.effect = effects[-1].effective_on
        row.provisional = state == State.PROVISIONAL
    row.notes = _notes(picture, party, acts, on)
    row.broken = [n for n, one in acts.items() if one.broken and one.act.party_id == party.pk]
    return row


def _first(facts: Iterable[Fact], kinds: Iterable[Kind]) -> date | None:
    return next((one.done_on for one in facts if one.kind in kinds), None)


def _said(acts: dict[int, OpenAct], number: int, name: str) -> str:
    """A word of an act, where it opens."""
    found = acts.get(number)
    return getattr(found.words, name) if found and found.words else ""


def _notes(picture: Picture, party: Party, acts: dict[int, OpenAct], on: date) -> list[Note]:
    """What was declared, what ended, over which territories, and what was corrected."""
    notes = []
    for fact in picture.acts(party.code):
        begins = fact.done_on if fact.kind == Kind.WITHDRAWAL_NOTIFIED else fact.effective_on
        scope = _said(acts, fact.number, "scope")
        if begins <= on and (fact.kind in NOTED or scope):
            label = act_label(picture.instrument, fact.kind)
            text = "\n".join(filter(None, (_said(acts, fact.number, "text"), scope)))
            notes.append(_note(acts, party, label, fact, text))
    for number, one in acts.items():
        if one.act.party_id == party.pk and one.act.corrects is not None:
            label = act_label(picture.instrument, Kind.CORRECTED)
            notes.append(_correction(one, party, label, number))
    return sorted(notes, key=lambda note: (note.day, note.number))


def _note(acts: dict[int, OpenAct], party: Party, label: str, fact: Fact, text: str) -> Note:
    found = acts.get(fact.number)
    return Note(
        "", party, label, fact.done_on, fact.effective_on, fact.number, text,
        broken=bool(found and found.broken), locked=bool(found and found.locked),
    )  # fmt: skip


def _correction(one: OpenAct, party: Party, label: str, number: int) -> Note:
    """Of the day on which it was confirmed: its own dates are what holds instead."""
    assert one.act.decided_at is not None, "only what was confirmed is read here"
    day = timezone.localtime(one.act.decided_at).date()
    text = one.words.text if one.words else ""
    return Note("", party, label, day, day, number, text, broken=one.broken, locked=one.locked)


def _letter(rows: Iterable[Row]) -> None:
    """Letters in the order of the table, so that who reads down finds them in order."""
    number = 0
    for row in rows:
        lettered = []
        for note in row.notes:
            lettered.append(replace(note, letter=letter_of(number)))
            number += 1
        row.notes = lettered


def letter_of(number: int) -> str:
    """a to z, then aa, ab and so on."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(97 + rest) + letters
    return letters


# Without any key: for lists, the home page and the page of an administration -----------------


@dataclass(frozen=True, slots=True)
class Glance:
    """An instrument in one line, on one day."""

    picture: Picture
    states: dict[str, State]

    @property
    def instrument(self) -> Instrument:
        return self.picture.instrument

    @property
    def answer(self) -> str:
        return answer(self.instrument, self._count, self._of)

    @property
    def short_answer(self) -> str:
        return short_answer(self.instrument, self._count, self._of)

    @property
    def _count(self) -> int:
        return sum(state in TAKING_PART for state in self.states.values())

    @property
    def _of(self) -> int:
        return sum(state != State.NOT_ELIGIBLE for state in self.states.values())

    def state_of(self, code: str) -> dict[str, str] | None:
        """Where one of them stands, drawn and in words; None if it is no participant."""
        state = self.states.get(code)
        if state is None:
            return None
        return {"look": LOOKS[state], "words": state_label(self.instrument, state)}


def glances(instruments: Iterable[Instrument], on: date) -> list[Glance]:
    """Several instruments at once, with the acts of all of them in one query."""
    rows = list(instruments)
    facts = facts_of(rows)
    pictures = [Picture(one, facts=facts[one.pk]) for one in rows]
    return [Glance(one, one.states(on)) for one in pictures]
