"""What administrations that do not take part yet note about their steps at home, what the
Secretariat answers, and the reminders that went out. Invented; read by the two of them alone."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import partial
from uuid import uuid4

from iswg.demo.cast import OFFICER, Cast
from iswg.demo.clock import Clock
from iswg.demo.timeline import Timeline
from mous.facts import DRAFT_KIND
from mous.lifecycle import Kind
from mous.models import Instrument, Party, WaitsFor
from mous.services.chasing import chase
from mous.services.drafts import STEP, begin_draft
from mous.services.steps import write_note
from vault import uploads

SLUG = "oco-mou"


@dataclass(frozen=True, slots=True)
class Said:
    """A note: by whom ("" for the Secretariat), about whose step, when in the story."""

    code: str
    post: str
    when: tuple[int, int]
    step: Kind
    words: str
    waits_for: str = ""
    since: datetime.date | None = None
    document: tuple[str, str] = ("", "")


NOTES = (
    Said(
        "TL", "contact", (-212, 2), Kind.TRANSLATION_REQUESTED,
        "The Portuguese text is done; the Tetum text is with the translators of the ministry.",
        WaitsFor.TRANSLATION, datetime.date(2025, 3, 10),
    ),
    Said(
        "MH", "coordinator", (-170, 1), Kind.REVIEW_STARTED,
        "The attorney general asks whether clause 9 needs a change of our secrecy rules.",
        WaitsFor.LEGAL, datetime.date(2025, 11, 20),
    ),
    Said(
        "MH", "", (-166, 3), Kind.REVIEW_STARTED,
        "Two members with the same rule signed with a declaration; their texts are under Status, "
        "below the table. We can put you through to their lawyers.",
    ),
    Said(
        "PF", "contact", (-150, 22), Kind.APPROVED_TO_SIGN,
        "Le conseil des ministres a donné son accord le 18 mai. La lettre de l'État au titre de "
        "ses compétences est attendue ; la Polynésie française signe ensuite.",
        WaitsFor.STATE, datetime.date(2026, 5, 18),
        ("avis-du-conseil.txt", "Avis favorable du conseil des ministres, 18 mai.\n"),
    ),
    Said(
        "PF", "", (-149, 2), Kind.APPROVED_TO_SIGN,
        "Merci. La cérémonie pourrait se tenir à la réunion du prochain trimestre ; nous gardons "
        "une place à l'ordre du jour.",
    ),
    Said(
        "PG", "coordinator", (-90, 2), Kind.PROCEDURES_COMPLETED,
        "The submission has passed the National Executive Council; the instrument is being drawn.",
        WaitsFor.CABINET, datetime.date(2026, 7, 3),
    ),
)  # fmt: skip
REMINDED = ((("MH", "TL", "WF"), (-60, 3)), (("WF",), (-9, 3)))


def plan_steps(timeline: Timeline, cast: Cast, clock: Clock) -> None:
    for said in NOTES:
        timeline.add(clock.at(*said.when), partial(_note, cast, said))
    for codes, when in REMINDED:
        timeline.add(clock.at(*when), partial(_remind, cast, codes))


def _note(cast: Cast, said: Said) -> None:
    person = cast.of(said.code, said.post) if said.post else cast[OFFICER]
    both = {"actor": person.actor, "vault": person.vault}
    party = Party.objects.select_related("instrument", "administration").get(
        instrument__slug=SLUG, code=said.code
    )
    note_id = uuid4()
    name, body = said.document
    if name:
        begin_draft(
            actor=person.actor, instrument=party.instrument, purpose=STEP, party=party,
            draft_id=note_id,
        )  # fmt: skip
        uploads.receive_whole(
            **both, kind=DRAFT_KIND, object_id=note_id, name=name, body=body.encode()
        )
    write_note(
        **both, party=party, note_id=note_id, step=said.step, words=said.words,
        waits_for=said.waits_for, since=said.since,
    )  # fmt: skip


def _remind(cast: Cast, codes: tuple[str, ...]) -> None:
    instrument = Instrument.objects.get(slug=SLUG)
    chase(actor=cast[OFFICER].actor, instrument=instrument, codes=codes)
