"""On what sharing rests: gates, other authorities, and each administration's own law.

What was recorded is never changed: a further row says what holds from then on.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from access.actors import Actor
from access.faces import appointed
from access.policy import Action, require
from access.roles import PUBLISHES, Role
from accounts.models import Administration
from accounts.queries import today
from activity.events import Event
from activity.record import NoticeFacts, record
from mous.bases import (
    AUTHORITY,
    AUTHORITY_END,
    BASIS,
    GATE,
    authorities_target,
    authority_facts,
    bases_target,
    basis_facts,
    digest_of,
    end_facts,
    gate_facts,
)
from mous.content import FLOOR, SHORT_LIMIT, TEXT_LIMIT, Said, to_bytes
from mous.facts import notice_facts, target_of, topics_of
from mous.holding import held
from mous.models import (
    AuthorityEnd,
    AuthorityKind,
    Gate,
    GateSetting,
    Instrument,
    LegalBasis,
    OtherAuthority,
)
from mous.sealing import key_to_write_under, sealed_for
from mous.services.acts import NotPossible
from vault.sessions import Vault
from vault.statements import sign_statement
from wording.markings import Tlp
from wording.sharing import DataKind, Purpose

ANSWERS = PUBLISHES | {Role.HEAD}


def _held(code: str) -> Administration:
    """Whoever writes for an administration does so one after the other."""
    row: Administration = Administration.objects.select_for_update().get(pk=code)
    return row


def _unknown(values: Iterable[str], choices: type[DataKind] | type[Purpose]) -> bool:
    return not set(values) <= set(choices.values)


# Each one's own law -----------------------------------------------------------------------------


@transaction.atomic
def state_legal_basis(
    *,
    actor: Actor,
    vault: Vault,
    basis_id: UUID,
    act: str,
    section: str = "",
    conditions: str = "",
    purposes: Iterable[str] = (),
    excluded: Iterable[str] = (),
) -> LegalBasis:
    """State the own administration's legal basis, as its next revision; the newest holds. Sent
    twice under one id it is stated once. NotPossible, by field."""
    code = actor.administration
    require(actor, Action.STATE_LEGAL_BASIS, code)
    _held(code)
    known = LegalBasis.objects.filter(uuid=basis_id, author=actor.user_id).first()
    if known is not None:
        return known
    wanted, kept_back = sorted(set(purposes)), sorted(set(excluded))
    words = Said(act=act.strip(), section=section.strip(), conditions=conditions.strip())
    if faults := _basis_faults(words, wanted, kept_back):
        raise NotPossible(faults)
    last = LegalBasis.objects.filter(administration=code).order_by("-revision").first()
    opened = key_to_write_under(actor, vault)
    row = LegalBasis(
        uuid=basis_id, administration_id=code, revision=(last.revision if last else 0) + 1,
        purposes=wanted, excluded=kept_back, key=opened.row, author_id=actor.user_id,
        written_at=timezone.now(),
    )  # fmt: skip
    key = sealed_for(opened, "basis", row.uuid)
    row.sealed = key.seal_field("words", to_bytes(words), floor=FLOOR)
    row.signature = sign_statement(vault, BASIS, basis_facts(row))
    row.save(force_insert=True)
    record(
        actor,
        Event.LEGAL_BASIS_STATED,
        bases_target(code),
        detail={
            "revision": row.revision,
            "basis": row.uuid,
            "excluded": [DataKind(one) for one in kept_back],
            "purposes": [Purpose(one) for one in wanted],
            "digest": digest_of(basis_facts(row), row.signature),
            **({"key": opened.made} if opened.made else {}),
        },
        audience=appointed(ANSWERS, [code]),
        notice=NoticeFacts(origin=code),
    )
    return row


def _basis_faults(words: Said, purposes: list[str], excluded: list[str]) -> dict[str, str]:
    faults = {}
    if not words.act:
        faults["act"] = _("Name the law on which your sharing rests.")
    if not purposes:
        faults["purposes"] = _("Choose at least one purpose.")
    if _unknown(purposes, Purpose):
        faults["purposes"] = _("Choose one of the list.")
    if _unknown(excluded, DataKind):
        faults["excluded"] = _("Choose one of the list.")
    limits = {"act": SHORT_LIMIT, "section": SHORT_LIMIT, "conditions": TEXT_LIMIT}
    for name, limit in limits.items():
        if len(getattr(words, name)) > limit:
            faults[name] = _("Shorten this to %(limit)d characters.") % {"limit": limit}
    return faults


# Other authorities ------------------------------------------------------------------------------


@transaction.atomic
def record_authority(
    *,
    actor: Actor,
    vault: Vault,
    authority_id: UUID,
    recipient: str,
    kind: str,
    up_to: str,
    since: datetime.date,
    until: datetime.date | None = None,
    data_kinds: Iterable[str] = (),
    text: str = "",
) -> OtherAuthority:
    """Record on what else the own administration may give to `recipient`, up to a marking. It
    answers for it. Sent twice under one id it is recorded once. NotPossible, by field."""
    sender = actor.administration
    require(actor, Action.RECORD_AUTHORITY, sender)
    _held(sender)
    known = OtherAuthority.objects.filter(uuid=authority_id, author=actor.user_id).first()
    if known is not None:
        return known
    kinds = sorted(set(data_kinds))
    if faults := _authority_faults(sender, recipient, kind, up_to, since, until, kinds, text):
        raise NotPossible(faults)
    opened = key_to_write_under(actor, vault)
    row = OtherAuthority(
        uuid=authority_id, sender_id=sender, recipient_id=recipient, kind=kind, up_to=up_to,
        data_kinds=kinds, since=since, until=until, key=opened.row, author_id=actor.user_id,
        recorded_at=timezone.now(),
    )  # fmt: skip
    key = sealed_for(opened, "authority", row.uuid)
    row.sealed = key.seal_field("words", to_bytes(Said(text=text.strip())), floor=FLOOR)
    row.signature = sign_statement(vault, AUTHORITY, authority_facts(row))
    row.save(force_insert=True)
    detail = {
        "authority": row.uuid,
        "recipient": recipient,
        "basis": AuthorityKind(kind),
        "tlp": up_to,
        "since": since,
        "until": until,
        "digest": digest_of(authority_facts(row), row.signature),
    }
    if opened.made:
        detail["key"] = opened.made
    _told(actor, Event.AUTHORITY_RECORDED, row, detail)
    return row


def _told(actor: Actor, event: Event, row: OtherAuthority, detail: dict[str, object]) -> None:
    """Both sides hear of it."""
    record(
        actor,
        event,
        authorities_target(row.sender_id),
        detail=detail,
        audience=appointed(ANSWERS, [row.sender_id, row.recipient_id]),
        notice=NoticeFacts(origin=row.sender_id),
    )


def _authority_faults(
    sender: str, recipient: str, kind: str, up_to: str, since: datetime.date,
    until: datetime.date | None, kinds: list[str], text: str,
) -> dict[str, str]:  # fmt: skip
    faults = {}
    if recipient == sender or not Administration.objects.filter(pk=recipient).exists():
        faults["recipient"] = _("Choose one of the list.")
    if kind not in AuthorityKind.values:
        faults["kind"] = _("Choose one of the list.")
    if up_to not in Tlp.values:
        faults["up_to"] = _("Choose one of the list.")
    if _unknown(kinds, DataKind):
        faults["data_kinds"] = _("Choose one of the list.")
    if until is not None and until < since:
        faults["until"] = _("It ends on the day it begins, or later.")
    if not text.strip():
        faults["text"] = _("Say which agreement, section or consent it is.")
    elif len(text.strip()) > TEXT_LIMIT:
        faults["text"] = _("Shorten this to %(limit)d characters.") % {"limit": TEXT_LIMIT}
    return faults


@transaction.atomic
def end_authority(
    *, actor: Actor, vault: Vault, authority: OtherAuthority, ends_on: datetime.date
) -> AuthorityEnd:
    """Say that it ends: `ends_on` is its last day, today or later. What was shared before stays
    as it was. Asked twice, the first answer stands."""
    require(actor, Action.RECORD_AUTHORITY, authority.sender_id)
    _held(authority.sender_id)
    row = OtherAuthority.objects.select_related("key").get(pk=authority.pk)
    known = AuthorityEnd.objects.filter(authority=row).first()
    if known is not None:
        return known
    if ends_on < today():
        raise NotPossible({"ends_on": _("Its last day is today or later: the past stays.")})
    end = AuthorityEnd(
        authority=row, ends_on=ends_on, author_id=actor.user_id, recorded_at=timezone.now()
    )
    end.signature = sign_statement(vault, AUTHORITY_END, end_facts(end))
    end.save(force_insert=True)
    detail: dict[str, object] = {
        "authority": row.uuid,
        "recipient": row.recipient_id,
        "ends_on": ends_on,
        "digest": digest_of(end_facts(end), end.signature),
    }
    _told(actor, Event.AUTHORITY_ENDED, row, detail)
    return end


# The gate of an instrument ----------------------------------------------------------------------


@transaction.atomic
def set_gate(
    *, actor: Actor, vault: Vault, instrument: Instrument, marking: str, gate: str
) -> GateSetting:
    """The group's choice for one marking, from now on. What was set before stays to be read."""
    instrument = held(instrument)
    require(actor, Action.KEEP_REGISTER, instrument)
    if marking not in Tlp.values or gate not in Gate.values:
        raise NotPossible({"gate": _("Choose one of the list.")})
    row = GateSetting(
        instrument=instrument, marking=marking, gate=gate, set_by_id=actor.user_id,
        set_at=timezone.now(),
    )  # fmt: skip
    row.signature = sign_statement(vault, GATE, gate_facts(row))
    row.save(force_insert=True)
    record(
        actor,
        Event.GATE_SET,
        target_of(instrument),
        detail={
            "marking": marking,
            "gate": Gate(gate),
            "digest": digest_of(gate_facts(row), row.signature),
        },
        audience=appointed(PUBLISHES),
        notice=notice_facts(instrument, merged=True),
        topics=topics_of(instrument),
    )
    return row
