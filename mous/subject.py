"""An instrument as what a discussion may be about (access/subjects.py)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access.actors import Actor
from access.subjects import Subject
from accounts.models import SECRETARIAT
from accounts.queries import members_on, today
from mous.models import Instrument
from mous.queries import instruments_for
from wording.markings import Tlp

# The register is for every member and the Secretariat: what is said of it goes no further.
MARKING = Tlp.GREEN


class InstrumentSubjects:
    """What the discussions ask of an instrument. What it is called is clear to its readers."""

    noun = _("Instrument")
    letter = ""  # texts link to no instrument by a reference

    def seen_by(self, actor: Actor, ids: Iterable[UUID]) -> Mapping[UUID, Subject]:
        rows = list(instruments_for(actor).filter(uuid__in=list(ids)))
        codes = readers() if rows else frozenset()
        return {one.uuid: _subject(one, codes) for one in rows}

    def by_reference(self, actor: Actor, references: Iterable[str]) -> Mapping[str, Subject]:
        return {}

    def titles(self, vault: Any, ids: Iterable[UUID]) -> Mapping[UUID, str]:
        return {one.uuid: one.label for one in Instrument.objects.filter(uuid__in=list(ids))}


def readers() -> frozenset[str]:
    """Every member of today, and the Secretariat."""
    return frozenset({*members_on(today()).values_list("code", flat=True), SECRETARIAT})


def _subject(instrument: Instrument, codes: frozenset[str]) -> Subject:
    return Subject(
        kind="instrument",
        id=instrument.uuid,
        reference=instrument.slug,
        url=reverse("mous:instrument", args=[instrument.slug]),
        marking=MARKING,
        codes=codes,
    )
