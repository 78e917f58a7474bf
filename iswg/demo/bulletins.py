"""How the twelve bulletins come out: drafted, with their files, and published by their author."""

from __future__ import annotations

from uuid import UUID

from django.utils import translation

from bulletins import handling
from bulletins.content import DraftContent, EntityFact
from bulletins.models import Bulletin
from bulletins.services import DRAFT_KIND, publish_bulletin, start_draft
from iswg.demo.cast import Cast, Person
from iswg.demo.clock import Clock, Moment
from iswg.demo.pieces import (
    Piece,
    attached,
    entities_by_number,
    officers_of,
    origin_of,
    recipients_of,
    with_days,
)
from vault import uploads


class RefusedFile(Exception):
    """A file of the demonstration did not pass the inspection. Says no name."""


def issue_moment(piece: Piece, clock: Clock) -> Moment:
    return clock.at(piece.facts["offset_days"], piece.hour, 10)


def publish(piece: Piece, cast: Cast, clock: Clock) -> Bulletin:
    """Issue one of the twelve."""
    author = cast.of(origin_of(piece.facts))
    content = content_of(piece, cast, clock)
    draft = start_draft(actor=author.actor, vault=author.vault, content=content)
    for name in piece.files:
        attach(author, draft.pk, name)
    return publish_bulletin(
        actor=author.actor, vault=author.vault, draft=draft, version=draft.version
    )


def attach(author: Person, draft_id: UUID, name: str) -> None:
    """As the form does: sealed, inspected, and cleaned of what a camera wrote."""
    file = uploads.receive_whole(
        actor=author.actor,
        vault=author.vault,
        kind=DRAFT_KIND,
        object_id=draft_id,
        name=name,
        body=attached(name),
    )
    if file.state == "refused":
        raise RefusedFile


def content_of(piece: Piece, cast: Cast, clock: Clock) -> DraftContent:
    """The words and choices of a piece, in the keys of the composer."""
    facts, day = piece.facts, clock.day
    with translation.override("en"):
        likelihood = _key(handling.LIKELIHOOD, facts["likelihood"])
        action = _key(handling.REQUESTED_ACTION, facts["requested_action"])
        confidence = _key(handling.CONFIDENCE, facts["confidence"])
    return DraftContent(
        title=facts["title"],
        key_line=with_days(piece.key_line, day, piece.language),
        body=with_days(piece.text, day, piece.language),
        language=piece.language,
        pap=facts["pap"],
        source_reliability=facts["grade"][:1],
        information_credibility=facts["grade"][1:],
        likelihood=likelihood,
        confidence=confidence,
        requested_action=action,
        purpose=piece.purpose,
        legal_basis=piece.legal_basis,
        caveats=piece.caveats,
        places=tuple(facts["ports"]),
        entities=tuple(EntityFact(**one) for one in entities_by_number().get(piece.number, [])),
        data_kinds=piece.data_kinds,
        product_type=facts["type"].lower(),
        tlp=facts["tlp"],
        urgency=piece.urgency,
        due_on=day(piece.due) if piece.due is not None else None,
        valid_until=day(facts["expires_offset_days"]),
        recipients=tuple(recipients_of(facts)),
        officers=tuple(cast[name].user.pk for name in officers_of(facts)),
    )


def _key(table: dict[str, object], words: str) -> str:
    """The key whose English words these are; nothing for nothing."""
    return next(key for key, said in table.items() if str(said) == words) if words else ""
