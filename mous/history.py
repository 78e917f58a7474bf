"""What was done, act by act: nothing is left out, and what was corrected shows as corrected."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils import timezone

from accounts.spoken import fold_name
from mous.lifecycle import Fact, Kind
from mous.models import Act, Instrument, Party
from mous.queries import Picture
from mous.reading import OpenAct
from mous.vocabulary import act_label


@dataclass(frozen=True, slots=True)
class Held:
    """What is read in an act's place since it was corrected; `label` empty: it was annulled."""

    by: int
    label: str = ""
    done_on: datetime.date | None = None
    effective_on: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One act as a line of a history."""

    opened: OpenAct
    label: str
    day: datetime.date
    held: Held | None = None
    annuls: bool = False

    @property
    def act(self) -> Act:
        return self.opened.act

    @property
    def party(self) -> Party:
        return self.opened.act.party

    @property
    def corrects(self) -> Act | None:
        return self.opened.act.corrects

    @property
    def takes_effect_later(self) -> bool:
        return self.corrects is None and self.act.effective_on != self.act.done_on

    @property
    def came_later(self) -> bool:
        """The depositary received it on another day than the one on which it was done."""
        return self.act.received_on not in (None, self.act.done_on)

    @property
    def is_plain(self) -> bool:
        """There is no more to say of it than what, when and where."""
        words = self.opened.words
        said = words and (words.text or words.scope or words.files or words.signatory)
        quiet = not (self.held or self.opened.broken or self.act.electronic or said)
        return quiet and not (self.corrects or self.takes_effect_later or self.came_later)

    @property
    def place(self) -> str:
        return self.opened.words.place if self.opened.words else ""


@dataclass(frozen=True, slots=True)
class Together:
    """What several did alike on one day, in one line; most often it is one act."""

    lines: Sequence[Line]

    @property
    def first(self) -> Line:
        return self.lines[0]

    @property
    def are_many(self) -> bool:
        return len(self.lines) > 1


@dataclass(frozen=True, slots=True)
class Year:
    year: int
    lines: Sequence[Line]

    @property
    def together(self) -> list[Together]:
        """Its acts, with those of a ceremony or a circular letter in one line."""
        found: dict[object, list[Line]] = defaultdict(list)
        for line in self.lines:
            alike = (line.day, line.label, line.place) if line.is_plain else line.act.pk
            found[alike].append(line)
        return [
            Together(sorted(its, key=lambda line: fold_name(line.party.label)))
            for its in found.values()
        ]


def lines_of(picture: Picture, acts: Iterable[OpenAct]) -> list[Line]:
    """Newest first. The picture says what is read in the place of what was corrected."""
    rows = list(acts)
    corrections: dict[int, list[Act]] = defaultdict(list)
    for one in rows:
        if one.act.corrects is not None and one.act.is_confirmed:
            corrections[one.act.corrects.number].append(one.act)
    standing = {
        fact.number: fact
        for code in {one.act.party.code for one in rows}
        for fact in picture.acts(code)
    }
    lines = [_line(picture.instrument, one, corrections, standing) for one in rows]
    return sorted(lines, key=lambda line: (line.day, line.act.number), reverse=True)


def _line(
    instrument: Instrument,
    one: OpenAct,
    corrections: dict[int, list[Act]],
    standing: dict[int, Fact],
) -> Line:
    act = one.act
    label = act_label(instrument, act.kind)
    if act.kind == Kind.CORRECTED:
        return Line(one, label, _answered_on(act), annuls=not act.corrected_kind)
    held = None
    if found := corrections.get(act.number):
        last = max(found, key=lambda correction: (correction.decided_at, correction.number))
        held = _held(instrument, last, standing.get(act.number))
    return Line(one, label, act.done_on, held)


def _held(instrument: Instrument, last: Act, fact: Fact | None) -> Held:
    if fact is None:
        return Held(last.number)
    return Held(last.number, act_label(instrument, fact.kind), fact.done_on, fact.effective_on)


def _answered_on(act: Act) -> datetime.date:
    """A correction is a thing of the day on which it was made; its dates are what holds."""
    return timezone.localtime(act.decided_at or act.entered_at).date()


def by_year(lines: Iterable[Line]) -> list[Year]:
    return [Year(year, list(its)) for year, its in groupby(lines, key=lambda line: line.day.year)]
