"""Notes on the steps that an administration takes at home, and their documents."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from access.actors import Actor
from access.faces import appointed
from access.policy import Action, people_who_can, require
from access.roles import PUBLISHES, Role
from activity.events import Event
from activity.record import record
from mous.content import TEXT_LIMIT, Said, named
from mous.facts import DRAFT_KIND, notice_facts, steps_target, steps_topics
from mous.holding import held, held_party, hold_desk
from mous.models import ActDraft, Party, StepNote, WaitsFor
from mous.notes import (
    DOCUMENT_KIND,
    desk_of,
    digest,
    note_key,
    open_notes,
    seal,
    stored_documents,
    verified,
)
from mous.sealing import key_to_write_under, open_keys
from mous.services.acts import EARLIEST, NotPossible
from mous.services.drafts import STEP
from mous.steps import STAGE_KEYS
from vault import files
from vault.circles import Locked
from vault.manifests import SealBroken
from vault.sessions import Vault


@transaction.atomic
def write_note(
    *,
    actor: Actor,
    vault: Vault,
    party: Party,
    note_id: UUID,
    step: str,
    words: str = "",
    waits_for: str = "",
    since: date | None = None,
) -> StepNote:
    """Write a note on a step, with the documents of the draft of the same id, for the
    administration and the depositary alone. Sent twice under one id it is written once.
    NotPossible, by field."""
    instrument = held(party.instrument)
    party = held_party(party, instrument)
    require(actor, Action.WRITE_STEP, party)
    known = StepNote.objects.filter(uuid=note_id, author=actor.user_id, party=party).first()
    if known is not None:
        return known
    if faults := _faults(actor, party, note_id, step, words, waits_for, since):
        raise NotPossible(faults)
    desk = desk_of(party)
    hold_desk(desk)
    opened = key_to_write_under(actor, vault, desk)
    note = StepNote(
        uuid=note_id, party=party, step=step, waits_for=waits_for, since=since, key=opened.row,
        author_id=actor.user_id, administration_id=actor.administration,
        written_at=timezone.now(),
    )  # fmt: skip
    key = note_key(opened, note)
    documents = named(files.adopt(vault, DRAFT_KIND, DOCUMENT_KIND, key))
    seal(vault, key, note, Said(text=words.strip(), files=documents))
    note.save(force_insert=True)
    ActDraft.objects.filter(pk=note_id).delete()
    record(
        actor,
        Event.STEP_NOTED,
        steps_target(party),
        detail={
            "note": str(note.uuid),
            "participant": party.code,
            "digest": digest(note),
            **({"key": opened.made} if opened.made else {}),
        },
        audience=people_who_can(Action.READ_STEPS, party)
        & appointed(PUBLISHES | {Role.HEAD}, [party.code, instrument.depositary_id]),
        notice=notice_facts(instrument, about=steps_target(party), merged=True),
        topics=steps_topics(party),
    )
    return note


def _faults(
    actor: Actor, party: Party, note_id: UUID, step: str, words: str, waits_for: str,
    since: date | None,
) -> dict[str, str]:  # fmt: skip
    faults = {}
    tomorrow = timezone.now().date() + timezone.timedelta(days=1)  # it is tomorrow in Kiritimati
    if step not in STAGE_KEYS:
        faults["step"] = _("Choose one of the list.")
    if waits_for not in {"", *WaitsFor.values}:
        faults["waits_for"] = _("Choose one of the list.")
    if since and not waits_for:
        faults["waits_for"] = _("Say with whom it lies since then.")
    if since and not EARLIEST <= since <= tomorrow:
        faults["since"] = _("This day is still to come, or too long ago.")
    if len(words) > TEXT_LIMIT:
        limit = {"limit": TEXT_LIMIT}
        faults["words"] = _("Shorten this to %(limit)d characters, or attach it.") % limit
    attached = files.attached_to(DRAFT_KIND, note_id).exists()
    if not words.strip() and not waits_for and not attached:
        faults["words"] = _("Write a note, attach a document, or say with whom the step lies.")
    if not _is_free(actor, party, note_id):
        faults["files"] = _("This was entered already. Load the page again.")
    elif files.unfinished(DRAFT_KIND, note_id):
        faults["files"] = _("A file has not arrived in full, or was refused. Finish or remove it.")
    return faults


def _is_free(actor: Actor, party: Party, note_id: UUID) -> bool:
    """Whether no other note has this id, and no draft of somebody else or for something else."""
    if StepNote.objects.filter(uuid=note_id).exists():
        return False
    draft = ActDraft.objects.filter(pk=note_id).first()
    return draft is None or (
        (draft.author_id, draft.administration_id) == (actor.user_id, actor.administration)
        and (draft.party_id, draft.purpose) == (party.pk, STEP)
    )


# Taking away ----------------------------------------------------------------------------------


def open_document(
    *, actor: Actor, vault: Vault | None, note: StepNote, file_id: UUID
) -> files.OpenFile:
    """A document of a note, every piece verified before the first byte goes out; recorded. Locked
    without the key; SealBroken if the note or the document is not what was written."""
    require(actor, Action.READ_STEPS, note.party)
    shown = open_notes(vault, [note])[0]
    opened = open_keys(vault, [note.key]).get(note.key_id)
    if shown.locked or opened is None:
        raise Locked
    named_here = shown.words.files if shown.words else ()
    fact = next((one for one in named_here if one.id == str(file_id)), None)
    if fact is None:
        raise SealBroken
    ready = verified(opened, note, stored_documents([note])[note.uuid], fact)
    with transaction.atomic():
        detail = {"note": str(note.uuid), "file": str(file_id)}
        record(actor, Event.EVIDENCE_DOWNLOADED, steps_target(note.party), detail=detail)
    return ready


@transaction.atomic
def report_refused_document(*, actor: Actor, note: StepNote, file_id: UUID) -> None:
    """The scanner found something in a document that was attached, now gone: for the record."""
    require(actor, Action.READ_STEPS, note.party)
    record(actor, Event.FILE_REFUSED, steps_target(note.party), detail={"file": str(file_id)})


@transaction.atomic
def report_broken_note(*, actor: Actor, note: StepNote) -> None:
    """Somebody met a note or a document that is not what its author signed."""
    require(actor, Action.READ_STEPS, note.party)
    record(actor, Event.SEAL_BROKEN, steps_target(note.party))
