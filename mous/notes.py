"""Notes on the steps at home, as they are sealed, signed and read.

What a note says, and what each of its documents is, to the sum of its bytes, lies under the key
between one administration and the Secretariat, and is signed by who wrote it. Clear are the
step, with whom the next one lies and since when: who waits for what is asked without a key.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import SECRETARIAT
from mous.content import FLOOR, FileFact, Said, read, to_bytes
from mous.facts import day
from mous.models import Party, StepNote
from mous.sealing import OpenKey, open_keys, sealed_for
from vault import files
from vault.crypto.errors import CannotOpen
from vault.directory import Directory, directory
from vault.manifests import SealBroken
from vault.models import SealedFile
from vault.objects import DataKey
from vault.sessions import Vault
from vault.statements import check_statement, sign_statement

LABEL = "iswg/v1/register step note"
DOCUMENT_KIND = "register step"


@dataclass(frozen=True, slots=True)
class OpenNote:
    """A note as its reader sees it: its words, or why there are none."""

    note: StepNote
    words: Said | None = None
    broken: bool = False
    locked: bool = False


def desk_of(party: Party) -> str:
    """Under whose key the notes lie; of a partner outside the portal, the Secretariat's own."""
    return str(party.administration_id or SECRETARIAT)


# Sealing --------------------------------------------------------------------------------------


def note_key(opened: OpenKey, note: StepNote) -> DataKey:
    """The key of one note; those of its documents hang on it."""
    return sealed_for(opened, "step", note.uuid)


def statement(note: StepNote) -> dict[str, Any]:
    """What the one who writes it signs: every clear column, and the sum of the sealed one."""
    return {
        "v": 1,
        "instrument": note.party.instrument.uuid.hex,
        "party": note.party.code,
        "note": note.uuid.hex,
        "step": note.step,
        "waits_for": note.waits_for,
        "since": day(note.since),
        "key": note.key.uuid.hex,
        "digest": digest(note),
        "author": note.author_id,
        "administration": note.administration_id,
        "written_at": note.written_at.isoformat(timespec="microseconds"),
    }


def digest(note: StepNote) -> str:
    return hashlib.sha256(bytes(note.sealed)).hexdigest()


def seal(vault: Vault, key: DataKey, note: StepNote, words: Said) -> None:
    """Put the words into the note, and its author's signature over all of it."""
    note.sealed = key.seal_field("words", to_bytes(words), floor=FLOOR)
    note.signature = sign_statement(vault, LABEL, statement(note))


# Reading --------------------------------------------------------------------------------------


def notes_of(party: Party) -> QuerySet[StepNote]:
    """The notes on one administration's steps, in the order in which they were written."""
    rows = StepNote.objects.filter(party=party)
    related = ("party", "party__instrument", "key", "author", "administration")
    return rows.select_related(*related).order_by("written_at", "pk")


def open_notes(vault: Vault | None, notes: Iterable[StepNote]) -> list[OpenNote]:
    """With their words, in one query for the keys."""
    rows = list(notes)
    keys = open_keys(vault, {one.key_id: one.key for one in rows}.values())
    view = directory()
    return [_opened(one, keys.get(one.key_id), view) for one in rows]


def _opened(note: StepNote, opened: OpenKey | None, view: Directory) -> OpenNote:
    try:
        check_note(note, view)
        if opened is None:
            return OpenNote(note, locked=True)
        raw = note_key(opened, note).open_field("words", bytes(note.sealed))
        return OpenNote(note, read(Said, raw))
    except CannotOpen:
        return OpenNote(note, broken=True)


def check_note(note: StepNote, view: Directory) -> None:
    """The signature of who wrote it, under a key of that very desk; else SealBroken."""
    if note.key.desk != desk_of(note.party):
        raise SealBroken
    check_statement(
        view, LABEL, statement(note), note.signature,
        author=note.author_id, administration=note.administration_id,
    )  # fmt: skip


def stored_documents(notes: Iterable[StepNote]) -> Mapping[UUID, dict[str, files.StoredFile]]:
    """The documents that lie here, by note and id, in one query."""
    found: dict[UUID, dict[str, files.StoredFile]] = defaultdict(dict)
    rows = SealedFile.objects.filter(kind=DOCUMENT_KIND, object_id__in=[n.uuid for n in notes])
    for row in rows:
        found[row.object_id][str(row.id)] = files.StoredFile(row.id, row)
    return found


def verified(
    opened: OpenKey, note: StepNote, stored: Mapping[str, files.StoredFile], fact: FileFact
) -> files.OpenFile:
    """A document with every piece verified, and compared with what its author signed; else
    SealBroken, or what vault.files raises."""
    if fact.id not in stored:
        raise SealBroken
    ready = files.open_for_reading(note_key(opened, note), stored[fact.id])
    said = fact.name, fact.size, fact.media_type, fact.sha256
    if said != (ready.name, ready.size, ready.media_type, ready.sha256):
        raise SealBroken
    return ready
