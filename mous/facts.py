"""The clear facts of the register, as they are signed, recorded and told."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from activity.record import NoticeFacts
from mous.models import Act, Instrument, Party, RegisterKey
from vault.crypto.canonical import canonical
from vault.crypto.context import context

KIND = "register"  # of data keys
FILE_KIND = "register act"  # of the documents of an act
DRAFT_KIND = "register draft"
ENTRY = "iswg/v1/register entry"
DECISION = "iswg/v1/register decision"
START = bytes(32)


def target_of(instrument: Instrument) -> str:
    return f"mous.instrument:{instrument.uuid}"


def act_target(act: Act) -> str:
    return f"mous.act:{act.uuid}"


def topics_of(instrument: Instrument) -> list[str]:
    """What its open pages listen to."""
    return [f"register:{instrument.uuid}"]


def steps_target(party: Party) -> str:
    """The page of an administration's own steps."""
    return f"mous.steps:{party.pk}"


def steps_topics(party: Party) -> list[str]:
    """What the open pages of these steps listen to: those of the two who read them."""
    return [f"steps:{party.pk}"]


def notice_facts(
    instrument: Instrument, *, due_on: date | None = None, about: str = "", merged: bool = False
) -> NoticeFacts:
    """A notice says that there is something in the register, never what."""
    return NoticeFacts(
        origin=instrument.depositary_id,
        due_on=due_on,
        about=about or target_of(instrument),
        merged=merged,
    )


def key_facts(key: RegisterKey) -> dict[str, Any]:
    """The clear facts that the maker of a key signs."""
    return {
        "desk": key.desk,
        "number": key.number,
        "audience": sorted(key.audience),
        "made_at": key.made_at.isoformat(timespec="microseconds"),
        "author": key.author_id,
        "origin": key.administration_id,
    }


def key_facts_by_id(ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """For the first opening of their boxes (vault.manifests.register_facts)."""
    return {one.uuid: key_facts(one) for one in RegisterKey.objects.filter(uuid__in=list(ids))}


def day(value: date | None) -> str:
    return value.isoformat() if value else ""


def entry_facts(act: Act) -> dict[str, Any]:
    """What the one who enters an act signs: every clear column, and the sum of the sealed ones."""
    return {
        "v": 1,
        "instrument": act.instrument.uuid.hex,
        "party": act.party.code,
        "act": act.uuid.hex,
        "number": act.number,
        "kind": act.kind,
        "done_on": day(act.done_on),
        "received_on": day(act.received_on),
        "effective_on": day(act.effective_on),
        "electronic": act.electronic,
        "taken_over": act.taken_over,
        "corrects": act.corrects.uuid.hex if act.corrects else "",
        "corrected_kind": act.corrected_kind,
        "text": act.text.sha256 if act.text else "",
        "key": act.key.uuid.hex,
        "digest": hashlib.sha256(bytes(act.sealed)).hexdigest(),
        "author": act.entered_by_id,
        "administration": act.entered_for_id,
        "entered_at": act.entered_at.isoformat(timespec="microseconds"),
        "prev": bytes(act.prev).hex(),
    }


def entry_hash(act: Act) -> bytes:
    """The link to it, for the act that is entered next."""
    said = canonical(entry_facts(act))
    return hashlib.sha256(context("iswg/v1/register hash", said, bytes(act.signature))).digest()


def decision_facts(act: Act) -> dict[str, Any]:
    """What the second person signs about exactly this entry."""
    assert act.decided_at is not None, "asked once somebody answered"
    return {
        "v": 1,
        "act": act.uuid.hex,
        "entry": bytes(act.hash).hex(),
        "state": act.state,
        "reason": hashlib.sha256(bytes(act.decision_sealed or b"")).hexdigest(),
        "author": act.decided_by_id,
        "administration": act.decided_for_id,
        "decided_at": act.decided_at.isoformat(timespec="microseconds"),
    }
