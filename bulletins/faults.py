"""What stands against publishing a draft, in sentences beside the fields they are about."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from access.actors import Actor
from accounts.queries import choosable_administrations
from bulletins.content import (
    ENTITY_LIMIT,
    NAME_LIMIT,
    NOTE_LIMIT,
    NUMBERS_LIMIT,
    DraftContent,
    EntityFact,
)
from bulletins.handling import contradictions
from bulletins.lawful import Lawfulness
from bulletins.models import ProductType, Tlp, Urgency
from bulletins.readership import Readership
from vault import files
from wording.identifiers import EntityKind


def faults_of(
    content: DraftContent, actor: Actor, audience: Readership, law: Lawfulness
) -> dict[str, str]:
    """What stands against publishing, by field; empty if nothing does."""
    faults = {
        one.field: str(one.sentence)
        for one in contradictions(
            tlp=content.tlp,
            pap=content.pap,
            administrations=set(content.recipients),
            officers=set(content.officers),
            own=actor.administration,
            requested_action=content.requested_action,
        )
    }
    faults |= _unknown(content)
    if not audience.is_vouched:
        faults["author"] = _("Nobody has vouched for your key yet, so no reader could check that "
            "this comes from you. Your draft is kept.")  # fmt: skip
    if gone := _no_longer_members(content, actor):
        faults.setdefault("recipients", _("No bulletin goes to %(names)s at present.") % {
            "names": ", ".join(gone)})  # fmt: skip
    if audience.unready and "recipients" not in faults:
        faults["recipients"] = audience.unready_sentence
    if audience.unready_officers and "officers" not in faults:
        faults["officers"] = audience.unready_officers_sentence
    if law.refused:
        faults.setdefault("officers" if audience.named_people else "recipients", law.sentence)
    if sentence := named_too_much(content.entities):
        faults["entities"] = sentence
    if files.unfinished("draft", audience.draft_id):
        faults["files"] = _("A file has not arrived in full, or was refused. Finish or remove it.")
    return faults


def _unknown(content: DraftContent) -> dict[str, str]:
    """A draft keeps whatever was sent for these, and publication puts them into clear columns:
    there a word of somebody's own would lie unsealed, and no page could draw it."""
    columns = {"product_type": ProductType, "tlp": Tlp, "urgency": Urgency}
    return {
        name: _("Choose one of the list.")
        for name, choices in columns.items()
        if getattr(content, name) not in choices.values
    }


def named_too_much(entities: Iterable[EntityFact]) -> str:
    """What stands against naming these; which of them it is, the rows of the composer say."""
    named = [one for one in entities if one.title]
    if len(named) > ENTITY_LIMIT:
        return _("A bulletin names up to %(n)s things.") % {"n": ENTITY_LIMIT}
    fits = all(
        one.kind in EntityKind.values
        and len(one.name) <= NAME_LIMIT
        and len(one.numbers) <= NUMBERS_LIMIT
        and len(one.note) <= NOTE_LIMIT
        for one in named
    )
    if not fits:
        return _("Something that the bulletin names cannot stay as it is typed: see below.")
    return ""


def _no_longer_members(content: DraftContent, actor: Actor) -> list[str]:
    """Chosen while one wrote, and suspended or gone since."""
    choosable = {one.code for one in choosable_administrations()}
    return sorted(set(content.recipients) - choosable - {actor.administration})
