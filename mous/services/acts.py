"""Acts: entered by one person, confirmed or declined by another. Nothing is ever changed.

Every service locks the instrument first, judges what it locked, writes, and records, in one
transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from access.actors import Actor
from access.faces import appointed
from access.policy import Action, require
from access.roles import PUBLISHES, Role
from activity.events import Event
from activity.record import record
from mous.content import FLOOR, SHORT_LIMIT, TEXT_LIMIT, ActWords, Said, named, read, to_bytes
from mous.facts import (
    DECISION,
    DRAFT_KIND,
    ENTRY,
    FILE_KIND,
    START,
    act_target,
    decision_facts,
    entry_facts,
    entry_hash,
    notice_facts,
    steps_topics,
    target_of,
    topics_of,
)
from mous.holding import held, held_act, held_party
from mous.lifecycle import SIGNATURES, Kind
from mous.models import Act, ActDraft, ActState, Instrument, Party, TextVersion
from mous.sealing import key_to_write_under, open_keys, sealed_for
from mous.services.notifying import notify
from vault import files
from vault.circles import Locked
from vault.manifests import SealBroken
from vault.sessions import Vault
from vault.statements import sign_statement

EARLIEST = date(1990, 1, 1)


class NotPossible(Exception):
    """It cannot be done as it stands: sentences by field."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__()
        self.faults = dict(faults)


@dataclass(frozen=True, slots=True)
class Entry:
    """What is entered of an act. `effective_on` None: as the instrument's rules say.

    Of a correction `corrects` is the act, `corrected_kind` and the dates are what holds instead;
    without a kind the act is annulled.
    """

    kind: str
    done_on: date
    received_on: date | None = None
    effective_on: date | None = None
    words: ActWords = field(default_factory=ActWords)
    corrects: Act | None = None
    corrected_kind: str = ""
    electronic: bool = False
    taken_over: bool = False
    text: TextVersion | None = None


@transaction.atomic
def enter_act(
    *,
    actor: Actor,
    vault: Vault,
    instrument: Instrument,
    party: Party,
    entry: Entry,
    act_id: UUID,
) -> Act:
    """Enter an act, with the files of the draft of the same id. It counts once a second person
    has confirmed it. Sent twice under one id it is entered once. NotPossible, by field."""
    instrument = held(instrument)
    party = held_party(party, instrument)
    act = _act(actor, instrument, party, entry, act_id)
    require(actor, Action.ENTER_ACT, act)
    if entry.electronic:
        require(actor, Action.SIGN_INSTRUMENT, party)
    known = Act.objects.filter(uuid=act_id, entered_by=actor.user_id).first()
    if known is not None:
        return known
    if not _is_free(actor, act, act_id):
        raise NotPossible({"files": _("This was entered already. Load the page again.")})
    if faults := faults_of(instrument, party, entry, act_id):
        raise NotPossible(faults)
    opened = key_to_write_under(actor, vault, party_desk(act))
    act.key = opened.row
    key = sealed_for(opened, "act", act.uuid)
    words = replace(entry.words, files=named(files.adopt(vault, DRAFT_KIND, FILE_KIND, key)))
    act.sealed = key.seal_field("words", to_bytes(words), floor=FLOOR)
    act.signature = sign_statement(vault, ENTRY, entry_facts(act))
    act.hash = entry_hash(act)
    act.save(force_insert=True)
    ActDraft.objects.filter(pk=act_id).delete()
    record(
        actor,
        Event.INSTRUMENT_SIGNED if act.electronic else Event.ACT_ENTERED,
        target_of(instrument),
        detail=_detail(act, opened.made),
        audience=None if entry.taken_over else _who_confirms(act),
        notice=notice_facts(instrument, about=act_target(act)),
        topics=[*topics_of(instrument), *steps_topics(party)],
    )
    return act


def _is_free(actor: Actor, act: Act, act_id: UUID) -> bool:
    """Whether nobody else's entry or draft has this id, and no draft for something else."""
    if Act.objects.filter(uuid=act_id).exists():
        return False
    draft = ActDraft.objects.filter(pk=act_id).first()
    return draft is None or (
        (draft.author_id, draft.administration_id) == (actor.user_id, actor.administration)
        and (draft.instrument_id, draft.purpose) == (act.instrument_id, "act")
        and draft.party_id in (None, act.party_id)
    )


def party_desk(_act: Act) -> str:
    """Acts are for every participant to read; only notes on steps lie at a desk."""
    return ""


def _act(actor: Actor, instrument: Instrument, party: Party, entry: Entry, act_id: UUID) -> Act:
    last = Act.objects.filter(instrument=instrument).order_by("-number").first()
    return Act(
        uuid=act_id,
        instrument=instrument,
        party=party,
        number=(last.number if last else 0) + 1,
        kind=entry.kind,
        done_on=entry.done_on,
        received_on=entry.received_on,
        effective_on=entry.effective_on or effect_by_rule(instrument, entry),
        electronic=entry.electronic,
        taken_over=entry.taken_over,
        corrects=entry.corrects,
        corrected_kind=entry.corrected_kind,
        text=entry.text,
        entered_by_id=actor.user_id,
        entered_for_id=actor.administration,
        entered_at=timezone.now(),
        prev=bytes(last.hash) if last else START,
    )


def effect_by_rule(instrument: Instrument, entry: Entry) -> date:
    """From which day it counts if nobody says otherwise: a notice of withdrawal once it has run
    out, everything else on the day it was done."""
    kind = entry.corrected_kind or entry.kind
    if kind == Kind.WITHDRAWAL_NOTIFIED:
        return instrument.withdrawal_of(entry.done_on)
    return entry.done_on


def faults_of(instrument: Instrument, party: Party, entry: Entry, act_id: UUID) -> dict[str, str]:
    """What stands against entering it, by field; empty if nothing does."""
    faults = _dates(entry)
    kinds = {kind.value for kind in Kind}
    if entry.kind not in kinds:
        faults["kind"] = _("Choose one of the list.")
    elif (entry.kind == Kind.CORRECTED) != (entry.corrects is not None):
        faults["kind"] = _("A correction names the act that it corrects.")
    elif entry.corrects is not None:
        faults |= _correction(instrument, party, entry)
    if entry.electronic and (entry.text is None or entry.kind not in SIGNATURES):
        faults["kind"] = _("Only a signature of a deposited text is given here.")
    if entry.text is not None and entry.text.instrument_id != instrument.pk:
        faults["text"] = _("Choose a text of this instrument.")
    if files.unfinished(DRAFT_KIND, act_id):
        faults["files"] = _("A file has not arrived in full, or was refused. Finish or remove it.")
    return faults | _lengths(entry.words)


def _dates(entry: Entry) -> dict[str, str]:
    faults = {}
    tomorrow = timezone.now().date() + timezone.timedelta(days=1)  # it is tomorrow in Kiritimati
    if not EARLIEST <= entry.done_on <= tomorrow:
        faults["done_on"] = _(
            "An act is entered once it was done: this day is still to come, or too long ago."
        )
    if entry.received_on and not entry.done_on <= entry.received_on <= tomorrow:
        faults["received_on"] = _("It was received on the day it was done, or later.")
    if entry.effective_on and entry.effective_on < entry.done_on:
        faults["effective_on"] = _("It takes effect on the day it was done, or later.")
    return faults


def _correction(instrument: Instrument, party: Party, entry: Entry) -> dict[str, str]:
    about = entry.corrects
    assert about is not None
    if about.instrument_id != instrument.pk or about.party_id != party.pk:
        return {"corrects": _("Choose an act of the same participant.")}
    if not about.is_confirmed:
        return {"corrects": _("Only a confirmed act is corrected; one that waits is declined.")}
    if about.kind == Kind.CORRECTED:
        return {"corrects": _("Correct the act itself once more; the last correction holds.")}
    allowed = {"", *(kind.value for kind in Kind if kind != Kind.CORRECTED)}
    if entry.corrected_kind not in allowed:
        return {"corrected_kind": _("Choose one of the list.")}
    return {} if entry.words.text.strip() else {"text": _("Say what was wrong.")}


def _lengths(words: ActWords) -> dict[str, str]:
    limits = dict.fromkeys(
        ("place", "signatory", "signatory_title", "capacity", "full_powers"), SHORT_LIMIT
    ) | dict.fromkeys(("text", "scope", "note"), TEXT_LIMIT)
    return {
        name: _("Shorten this to %(limit)d characters, or attach it as a document.")
        % {"limit": limit}
        for name, limit in limits.items()
        if len(getattr(words, name)) > limit
    }


@transaction.atomic
def confirm_act(*, actor: Actor, vault: Vault, act: Act) -> Act:
    """The second person's word: from now on it counts, and the participants are notified.
    Refused if the entry does not bear its own signature: SealBroken."""
    row = _answered(actor, vault, act, ActState.CONFIRMED, "")
    if row.taken_over:
        _record_answer(actor, row, Event.ACT_CONFIRMED)
    else:
        notification = notify(actor, row)
        _record_answer(actor, row, Event.ACT_CONFIRMED, {"notification": notification.number})
    return row


@transaction.atomic
def decline_act(*, actor: Actor, vault: Vault, act: Act, reason: str) -> Act:
    """It was entered wrongly: it stays in the register, declined, with the reason."""
    if not reason.strip():
        raise NotPossible({"reason": _("Say why, for the one who entered it.")})
    if len(reason) > TEXT_LIMIT:
        raise NotPossible({"reason": _("Shorten this.")})
    row = _answered(actor, vault, act, ActState.DECLINED, reason.strip())
    _record_answer(actor, row, Event.ACT_DECLINED)
    return row


def _answered(actor: Actor, vault: Vault, act: Act, state: str, reason: str) -> Act:
    from mous.reading import check_act
    from mous.services.signing import check_signed

    row = held_act(act)
    require(actor, Action.CONFIRM_ACT, row)
    check_act(row, vault.directory())
    signed_here = row.electronic and state == ActState.CONFIRMED
    if reason or signed_here:
        opened = open_keys(vault, [row.key]).get(row.key_id)
        if opened is None:
            raise Locked
        key = sealed_for(opened, "act", row.uuid)
    if signed_here:
        check_signed(vault, row, read(ActWords, key.open_field("words", bytes(row.sealed))))
    if reason:
        row.decision_sealed = key.seal_field("reason", to_bytes(Said(reason)), floor=FLOOR)
    row.state, row.decided_at = state, timezone.now()
    row.decided_by_id, row.decided_for_id = actor.user_id, actor.administration
    row.decision_signature = sign_statement(vault, DECISION, decision_facts(row))
    row.save(
        update_fields=[
            "state", "decided_at", "decided_by", "decided_for", "decision_signature",
            "decision_sealed",
        ]
    )  # fmt: skip
    return row


def _record_answer(
    actor: Actor, act: Act, event: Event, more: dict[str, Any] | None = None
) -> None:
    record(
        actor,
        event,
        target_of(act.instrument),
        detail={**_detail(act), **(more or {})},
        audience=None if act.taken_over else Q(pk=act.entered_by_id),
        notice=notice_facts(act.instrument, about=act_target(act)),
        topics=[*topics_of(act.instrument), *steps_topics(act.party)],
    )


def _detail(act: Act, made: str = "") -> dict[str, Any]:
    """What the journal says: which act of whom, when, with the sum that ties it to the words."""
    return {
        "act": str(act.uuid),
        "number": act.number,
        "party": act.party.code,
        "kind": act.what,
        "done_on": act.done_on.isoformat(),
        "effective_on": act.effective_on.isoformat(),
        "digest": bytes(act.hash).hex(),
        **({"key": made} if made else {}),
    }


def _who_confirms(act: Act) -> Q:
    """Who could be the second person."""
    codes = {act.depositary_id}
    if act.is_step or act.entered_for_id == act.depositary_id:
        codes.add(act.party_code)
    return appointed(PUBLISHES | {Role.HEAD}, codes)


__all__ = ["Entry", "NotPossible", "SealBroken", "confirm_act", "decline_act", "enter_act"]
