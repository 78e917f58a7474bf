"""Drafts: what the files of an act, a step or a text hang on until it is entered.

One holding for all three (vault/ports.py): which act of the policy is asked follows from the
draft's purpose. A draft that nobody goes on with is taken away with its files by the worker.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from access.actors import Actor
from access.policy import Action, require
from mous.facts import DRAFT_KIND
from mous.holding import held
from mous.models import Act, ActDraft, Instrument, Party, TextVersion
from vault import files
from vault.ports import register_attachable
from vault.uploads import NotAccepted

ACT, STEP, TEXT = "act", "step", "text"
DRAFT_KEPT = datetime.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Wanted:
    """An act that is to be entered, as far as the policy looks at it."""

    party_code: str
    depositary_id: str


def register_act_drafts() -> None:
    """Called once, when Django is ready."""
    register_attachable(DRAFT_KIND, hold_draft)


def may_attach(actor: Actor, instrument: Instrument, purpose: str, party: Party | None) -> None:
    """Return if files for this may be sent here; else the policy's refusal. Without a participant
    an act is one of the own administration, or the depositary's for anybody."""
    if purpose == TEXT:
        require(actor, Action.KEEP_REGISTER, instrument)
    elif purpose == STEP:
        require(actor, Action.WRITE_STEP, party)
    else:
        own = instrument.parties.filter(code=actor.administration).exists()
        code = party.code if party else (actor.administration if own else "")
        require(actor, Action.ENTER_ACT, Wanted(code, instrument.depositary_id))


def hold_draft(actor: Actor, draft_id: UUID) -> None:
    """Lock the draft and judge the locked row: while a file is added, nobody enters it."""
    rows = ActDraft.objects.filter(author=actor.user_id, administration=actor.administration)
    # The instrument first, as whoever enters does: else each could wait for the other.
    instrument = held(rows.select_related("instrument").get(pk=draft_id).instrument)
    row = rows.select_for_update(of=("self",)).select_related("party").get(pk=draft_id)
    if row.party is not None:
        row.party.instrument = instrument
    may_attach(actor, instrument, row.purpose, row.party)


def draft_of(
    actor: Actor, instrument: Instrument, purpose: str, party: Party | None = None
) -> ActDraft | None:
    """What this person has begun for it, so that files that were sent are not sent again."""
    rows = ActDraft.objects.filter(
        author=actor.user_id, administration=actor.administration, instrument=instrument,
        purpose=purpose, party=party,
    )  # fmt: skip
    return rows.order_by("-made_at").first()


@transaction.atomic
def begin_draft(
    *, actor: Actor, instrument: Instrument, purpose: str, party: Party | None, draft_id: UUID
) -> ActDraft:
    """The same draft again if it is there. NotAccepted if its id is taken by something else."""
    instrument = held(instrument)
    may_attach(actor, instrument, purpose, party)
    known = ActDraft.objects.filter(pk=draft_id).first()
    if known is not None and _is_for(known, actor, instrument, purpose, party):
        return known
    entered = Act.objects.filter(uuid=draft_id), TextVersion.objects.filter(uuid=draft_id)
    if known is not None or any(rows.exists() for rows in entered):
        raise NotAccepted(_("This was entered already. Load the page again."), 409)
    return ActDraft.objects.create(
        id=draft_id, instrument=instrument, party=party, purpose=purpose,
        author_id=actor.user_id, administration_id=actor.administration,
    )  # fmt: skip


def _is_for(
    draft: ActDraft, actor: Actor, instrument: Instrument, purpose: str, party: Party | None
) -> bool:
    said = draft.author_id, draft.administration_id, draft.instrument_id, draft.purpose
    wanted = actor.user_id, actor.administration, instrument.pk, purpose
    return said == wanted and draft.party_id == (party.pk if party else None)


def sweep_drafts(*, actor: Actor, now: datetime.datetime) -> int:
    """Take away what was begun a month ago and never entered, files first. Needs no key; `actor`
    is the worker, under whose name nothing has to be recorded: nobody else ever saw it."""
    assert actor.user_id is None, "only the worker sweeps"
    rows = ActDraft.objects.filter(made_at__lt=now - DRAFT_KEPT).select_related("instrument")
    return sum(_swept(draft) for draft in rows)


@transaction.atomic
def _swept(draft: ActDraft) -> bool:
    """Unless somebody entered it meanwhile; the instrument is held, as by whoever does."""
    held(draft.instrument)
    if not ActDraft.objects.select_for_update().filter(pk=draft.pk).exists():
        return False
    files.discard_all(DRAFT_KIND, draft.pk)
    ActDraft.objects.filter(pk=draft.pk).delete()
    return True
