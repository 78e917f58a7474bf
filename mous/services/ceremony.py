"""Signatures on paper, many at once: entered together by one, confirmed together by another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from access.actors import Actor
from access.policy import Action, Refused, require
from mous.content import ActWords
from mous.holding import held
from mous.lifecycle import SIGNATURES
from mous.models import Act, ActState, Instrument, Party
from mous.queries import acts_of
from mous.services.acts import Entry, NotPossible, confirm_act, enter_act
from mous.services.drafts import Wanted
from mous.services.signing import has_signed
from vault.manifests import SealBroken
from vault.sessions import Vault


@dataclass(frozen=True, slots=True)
class Signature:
    """What one participant put on the paper. The photograph hangs on the draft of the same id."""

    act_id: UUID
    party: Party
    kind: str
    signatory: str
    signatory_title: str = ""


class NotAll(Exception):
    """Nothing was entered: what stands against it, by participant."""

    def __init__(self, faults: dict[str, dict[str, str]]) -> None:
        super().__init__()
        self.faults = faults


@transaction.atomic
def enter_signatures(
    *,
    actor: Actor,
    vault: Vault,
    instrument: Instrument,
    place: str,
    day: date,
    signatures: Iterable[Signature],
) -> list[Act]:
    """All of them, or none. Sent twice under the same ids they are entered once."""
    instrument = held(instrument)
    may_hold(actor, instrument)
    acts, faults = [], {}
    for one in signatures:
        try:
            acts.append(_entered(actor, vault, instrument, place, day, one))
        except NotPossible as problem:
            faults[one.party.code] = problem.faults
    if faults:
        raise NotAll(faults)
    return acts


def _entered(
    actor: Actor, vault: Vault, instrument: Instrument, place: str, day: date, one: Signature
) -> Act:
    known = Act.objects.filter(uuid=one.act_id, entered_by=actor.user_id).exists()
    if not known and has_signed(instrument, one.party, day):
        raise NotPossible({"kind": _("It has signed already, or its signature waits.")})
    words = ActWords(
        place=place.strip(), signatory=one.signatory.strip(),
        signatory_title=one.signatory_title.strip(),
    )  # fmt: skip
    return enter_act(
        actor=actor, vault=vault, instrument=instrument, party=one.party, act_id=one.act_id,
        entry=Entry(one.kind, day, received_on=day, words=words),
    )  # fmt: skip


def waiting_signatures(instrument: Instrument) -> QuerySet[Act]:
    """The signatures that wait for a second person, as they were entered."""
    return acts_of(instrument).filter(kind__in=SIGNATURES, state=ActState.ENTERED, electronic=False)


@dataclass(slots=True)
class Confirmed:
    """What became of each: confirmed, answered by somebody else meanwhile, or not what was
    signed."""

    done: list[Act]
    answered: list[Act]
    broken: list[Act]


def confirm_signatures(
    *, actor: Actor, vault: Vault, instrument: Instrument, acts: Iterable[Act]
) -> Confirmed:
    """Each in a transaction of its own, so that one that somebody has answered meanwhile, or that
    is not what was signed, does not keep the others."""
    may_hold(actor, instrument)
    result = Confirmed([], [], [])
    for act in acts:
        try:
            result.done.append(confirm_act(actor=actor, vault=vault, act=act))
        except Refused:
            act.refresh_from_db(fields=["state"])
            if act.is_waiting:
                raise
            result.answered.append(act)
        except SealBroken:
            result.broken.append(act)
    return result


def may_hold(actor: Actor, instrument: Instrument) -> None:
    """Return if this person enters signatures for everybody; else the policy's refusal."""
    require(actor, Action.ENTER_ACT, Wanted("", instrument.depositary_id))
