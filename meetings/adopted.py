"""Adopted minutes: what is signed about them, and whether they are still, word for word, that."""

from __future__ import annotations

from typing import Any

from meetings import writings
from meetings.models import Adoption, Field, Meeting, Writing
from vault.crypto.errors import CannotOpen
from vault.directory import directory
from vault.statements import check_statement

MINUTES = {"en": Field.MINUTES_EN, "fr": Field.MINUTES_FR}
ADOPTION = "iswg/v1/adopted minutes"


def texts_of(meeting: Meeting) -> list[list[str]]:
    """Every text of the record as it stands: subject, field, hash of its newest revision."""
    fields = [*MINUTES.values(), Field.PROPOSAL, Field.ACTION, Field.TITLE]
    rows = Writing.objects.filter(meeting=meeting, field__in=fields)
    return sorted(
        [row.subject.hex, row.field, bytes(row.hash).hex()]
        for row in writings.newest(rows.order_by("revision")).values()
    )


def adoption_facts(adoption: Adoption) -> dict[str, Any]:
    """What the one who records the adoption signs."""
    return {
        "v": 1,
        "meeting": adoption.meeting.uuid.hex,
        "adopted_in": adoption.adopted_in.uuid.hex if adoption.adopted_in else "",
        "at": adoption.at.isoformat(timespec="microseconds"),
        "texts": adoption.texts,
    }


def is_as_adopted(meeting: Meeting) -> bool:
    """Whether the signature over the adoption holds, and every text is still the one it names."""
    adoption = Adoption.objects.filter(meeting=meeting).select_related("adopted_in").first()
    if adoption is None:
        return False
    adoption.meeting = meeting
    try:
        check_statement(
            directory(), ADOPTION, adoption_facts(adoption), adoption.signature,
            author=adoption.author_id, administration=adoption.administration_id,
        )  # fmt: skip
    except CannotOpen:
        return False
    return [list(one) for one in adoption.texts] == texts_of(meeting)
