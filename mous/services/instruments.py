"""Opening instruments, admitting participants, depositing texts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from access.actors import Actor
from access.policy import Action, people_who_can, require
from accounts.models import SECRETARIAT, Administration, AdministrationKind
from activity.events import Event
from activity.record import record
from mous.facts import notice_facts, target_of, topics_of
from mous.holding import held
from mous.models import Instrument, InstrumentKind, Participation, Party, TakesEffect
from mous.sealing import key_to_write_under
from mous.services.acts import NotPossible
from vault.sessions import Vault


@transaction.atomic
def open_instrument(
    *,
    actor: Actor,
    vault: Vault,
    instrument_id: UUID,
    slug: str,
    kind: str,
    title: str,
    title_fr: str,
    short: str,
    short_fr: str,
    opened_on: date,
    depositary: str = SECRETARIAT,
    participation: str = Participation.MEMBERS,
    listed: Iterable[str] = (),
    takes_effect: str = TakesEffect.ON_SIGNATURE,
    effect_days: int = 0,
    notice_days: int = 90,
    gates: bool = False,
) -> Instrument:
    """Enter an instrument into the register. For members, every member administration is a
    participant, from the day of its membership. Sent twice under one id it is entered once."""
    require(actor, Action.KEEP_REGISTER)
    known = Instrument.objects.filter(uuid=instrument_id, made_by=actor.user_id).first()
    if known is not None:
        return known
    faults = _faults(slug, kind, title, title_fr, participation, takes_effect, depositary)
    if faults:
        raise NotPossible(faults)
    instrument = Instrument.objects.create(
        uuid=instrument_id, slug=slug, kind=kind, title=title.strip(), title_fr=title_fr.strip(),
        short=short.strip() or title[:40], short_fr=short_fr.strip() or title_fr[:40],
        depositary_id=depositary, participation=participation, opened_on=opened_on,
        takes_effect=takes_effect, effect_days=effect_days, notice_days=notice_days, gates=gates,
        made_by_id=actor.user_id,
    )  # fmt: skip
    _admit_members(instrument)
    for code in set(listed):
        Party.objects.get_or_create(
            instrument=instrument, code=code, defaults={"administration_id": code}
        )
    opened = key_to_write_under(actor, vault)
    record(
        actor,
        Event.INSTRUMENT_OPENED,
        target_of(instrument),
        detail={"gates": gates, **({"key": opened.made} if opened.made else {})},
        audience=people_who_can(Action.READ_REGISTER, instrument),
        notice=notice_facts(instrument),
        topics=topics_of(instrument),
    )
    return instrument


def _faults(
    slug: str, kind: str, title: str, title_fr: str, participation: str, takes_effect: str,
    depositary: str,
) -> dict[str, str]:  # fmt: skip
    faults = {}
    if Instrument.objects.filter(slug=slug).exists():
        faults["slug"] = _("An instrument has this address already.")
    columns: dict[str, tuple[str, Any]] = {
        "kind": (kind, InstrumentKind),
        "participation": (participation, Participation),
        "takes_effect": (takes_effect, TakesEffect),
    }
    faults |= {
        name: _("Choose one of the list.")
        for name, (value, choices) in columns.items()
        if value not in choices.values
    }
    faults |= {
        name: _("Give it a title in both languages.")
        for name, value in (("title", title), ("title_fr", title_fr))
        if not value.strip()
    }
    if not Administration.objects.filter(pk=depositary).exists():
        faults["depositary"] = _("Choose one of the list.")
    return faults


def _admit_members(instrument: Instrument) -> list[str]:
    """Enter as participants those members that are none yet: at the beginning, and whenever
    somebody has become a member. Whether they may take part follows from their membership."""
    if not instrument.for_members:
        return []
    known = set(instrument.parties.values_list("code", flat=True))
    members = Administration.objects.filter(kind=AdministrationKind.MEMBER).exclude(pk__in=known)
    codes = sorted(members.values_list("pk", flat=True))
    Party.objects.bulk_create(
        Party(instrument=instrument, administration_id=code, code=code) for code in codes
    )
    return codes


@transaction.atomic
def admit_new_members(*, actor: Actor) -> int:
    """For the worker: who has become a member is a participant of what is for members."""
    count = 0
    for instrument in Instrument.objects.filter(participation=Participation.MEMBERS):
        codes = _admit_members(held(instrument))
        if codes:
            detail = {"participants": codes}
            topics = topics_of(instrument)
            record(actor, Event.PARTY_ADMITTED, target_of(instrument), detail=detail, topics=topics)
        count += len(codes)
    return count


@transaction.atomic
def admit_partner(
    *, actor: Actor, instrument: Instrument, code: str, name: str, name_fr: str
) -> Party:
    """A participant outside the portal, of an instrument whose participants are listed."""
    instrument = held(instrument)
    require(actor, Action.KEEP_REGISTER, instrument)
    faults = {}
    if instrument.for_members:
        faults["code"] = _("This instrument is for member administrations.")
    elif (
        not code.strip().isalnum()
        or Party.objects.filter(instrument=instrument, code=code).exists()
    ):
        faults["code"] = _("Choose a short code that no other participant has.")
    if not name.strip() or not name_fr.strip():
        faults["name"] = _("Give its name in both languages.")
    if faults:
        raise NotPossible(faults)
    known = Administration.objects.filter(pk=code).first()
    party = Party.objects.create(
        instrument=instrument, code=code, administration=known, name=name, name_fr=name_fr
    )
    detail = {"participants": [code]}
    record(
        actor, Event.PARTY_ADMITTED, target_of(instrument), detail=detail,
        topics=topics_of(instrument),
    )  # fmt: skip
    return party
