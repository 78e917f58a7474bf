"""The chase list: who is not taking part yet, how long each waits, and when each was reminded.

Everything here stands in clear: acts, with whom a step lies, and when something was last said
about it. What the notes say is not opened.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Max

from mous.models import Chase, ChaseSetting, Instrument, Party, StepNote
from mous.queries import Picture
from mous.steps import Progress, progress_of, told_by

USUAL_DAYS = 90  # without movement, until the portal reminds by itself
PAUSE = datetime.timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One administration that is waited for."""

    progress: Progress
    days: int
    noted_at: datetime.datetime | None
    chased_at: datetime.datetime | None

    @property
    def party(self) -> Party:
        return self.progress.party

    @property
    def can_be_reminded(self) -> bool:
        """A partner outside has nobody here; where only a day is waited for, nobody can hasten."""
        return self.party.administration_id is not None and not self.progress.takes_effect_on

    def was_just_reminded(self, now: datetime.datetime) -> bool:
        return self.chased_at is not None and now - self.chased_at < PAUSE


def waiting_for(instrument: Instrument, on: datetime.date) -> list[Waiting]:
    """Who may take part and does not yet, the longest wait first; in six queries."""
    picture = Picture(instrument)
    told = told_by(picture.parties)
    noted = _newest_notes(instrument)
    chased = chased_at(instrument)
    found = []
    for party in picture.parties:
        own = [one for one in picture.facts if one.party == party.code]
        spans = picture.spans.get(party.code, [])
        progress = progress_of(party, own, spans, on, told.get(party.pk, ()))
        if progress.is_on_the_way:
            days = progress.days(on)
            found.append(Waiting(progress, days, noted.get(party.pk), chased.get(party.pk)))
    return sorted(found, key=lambda one: (-one.days, str(one.party.label)))


def _newest_notes(instrument: Instrument) -> dict[int, datetime.datetime]:
    rows = StepNote.objects.filter(party__instrument=instrument).order_by()
    return dict(rows.values_list("party").annotate(newest=Max("written_at")))


def chased_at(instrument: Instrument) -> dict[int, datetime.datetime]:
    """When each was reminded last, by an officer or by itself."""
    rows = Chase.objects.filter(party__instrument=instrument).order_by()
    return dict(rows.values_list("party").annotate(newest=Max("sent_at")))


def days_of(instrument: Instrument) -> int:
    """After how many days without movement the portal reminds by itself; 0: never."""
    newest = ChaseSetting.objects.filter(instrument=instrument).order_by("-set_at", "-pk").first()
    return newest.days if newest else USUAL_DAYS
