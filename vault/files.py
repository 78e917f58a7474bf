"""Attachments: what they are attached to, and how they are opened.

A file belongs to a draft until the draft is published; until then its key is wrapped for the
author alone. Publication (`adopt`) wraps the key under the data key of what it is attached
to. How a file arrives is in `uploads.py`; nothing of it is ever on the disk in clear, and its
name lies inside a seal. What is attached is checked to the last byte before the first one goes
out, because a reader who has half a file cannot be told that the other half was damaged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from vault import scanning, storage
from vault.crypto.errors import CannotOpen
from vault.crypto.reader import SealedReader
from vault.crypto.stream import opened_pieces, sealed_size, verify_stream
from vault.file_facts import FileFacts, open_draft_key, open_facts, stream_context
from vault.inspection import Note, NoteCode, Verdict
from vault.models import FileState, SealedFile
from vault.objects import DataKey
from vault.sessions import Vault

# Of a draft -----------------------------------------------------------------------------------


def attached_to(kind: str, object_id: UUID) -> QuerySet[SealedFile]:
    """The files of an object, in the order in which they were attached."""
    return SealedFile.objects.filter(kind=kind, object_id=object_id).order_by("position", "made_at")


def listed(vault: Vault, kind: str, object_id: UUID) -> list[dict[str, Any]]:
    """The files of one's own draft, as its page shows them."""
    return [shown(vault, file) for file in attached_to(kind, object_id)]


def shown(vault: Vault, file: SealedFile) -> dict[str, Any]:
    """One of them. `again` says whether its page offers to go on with the checks, `unfinished`
    whether it goes on from `received` when the same file is chosen again."""
    try:
        facts = open_facts(open_draft_key(vault, file), file)
    except CannotOpen:
        # Not passed over: it stands against publishing, so its author must be able to remove it.
        facts = FileFacts(name=_("a file whose name cannot be read"), size=0)
        state, words = "refused", _damaged_words()
    else:
        state, words = _state_words(file, facts)
    return {
        "id": str(file.id),
        "name": facts.name,
        "size": facts.size,
        "state": state,
        "words": words,
        "digest": facts.sha256,
        "again": state == "waiting" and _is_complete(file, facts),
        "received": file.received,
        "unfinished": file.state == FileState.ARRIVING and 0 < facts.size != file.received,
    }


def _is_complete(file: SealedFile, facts: FileFacts) -> bool:
    return file.received == facts.size


def _state_words(file: SealedFile, facts: FileFacts) -> tuple[str, str]:
    if file.state == FileState.REFUSED:
        return "refused", refusal_words(facts)
    if file.state == FileState.ARRIVING:
        if _is_complete(file, facts):
            return "waiting", _("received, not checked yet")
        return "waiting", _("not received in full: choose it again, or remove it")
    if not _is_stored(file):
        return "refused", _damaged_words()
    if file.state == FileState.SCAN_PENDING:
        return "waiting", _("waiting for the malware scanner; readers cannot fetch it until then")
    state = "sealed" if facts.media_type == "application/age" else "ready"
    return state, ready_words(facts.verdict["notes"] if facts.verdict else ())


def _damaged_words() -> str:
    return _("damaged on the server: remove it and attach it again")


def refusal_words(facts: FileFacts) -> str:
    if facts.verdict and facts.verdict.get("refused"):
        return str(Verdict.from_data(facts.verdict).sentence)
    return scanner_words()


def scanner_words() -> str:
    return _("The malware scanner refused this file, and it was removed.")


def ready_words(codes: Iterable[str]) -> str:
    """What is said beside a file that can be fetched: its checks, and what was taken out."""
    known = [Note(NoteCode(code)) for code in codes if code in set(NoteCode)]
    if any(note.code == NoteCode.SEALED_BY_SENDER for note in known):
        return " ".join(str(note.sentence) for note in known)
    checked = _("checked, encrypted")
    return " ".join([f"{checked}.", *(str(note.sentence) for note in known)]) if known else checked


def unfinished(kind: str, object_id: UUID) -> bool:
    """Whether a file has not arrived in full, was refused and not yet removed, or is gone."""
    done = (FileState.READY, FileState.SCAN_PENDING)
    files = attached_to(kind, object_id)
    return any(file.state not in done or not _is_stored(file) for file in files)


def _is_stored(file: SealedFile) -> bool:
    """A look at the disk without any key; whether the seals hold is found by whoever has it."""
    return storage.is_kept(file.disk_name, sealed_size(file.padded_size))


@transaction.atomic
def discard(file: SealedFile) -> None:
    """Remove a file of a draft; its bytes go once the removal is certain.

    Only as long as it is that draft's: what was published meanwhile stays.
    """
    rows = attached_to(file.kind, file.object_id).select_for_update()
    row = rows.filter(pk=file.pk).first()
    if row is None:
        return
    name = row.disk_name
    row.delete()
    transaction.on_commit(lambda: storage.remove(name), robust=True)


def discard_all(kind: str, object_id: UUID) -> None:
    for file in attached_to(kind, object_id):
        discard(file)


# Of something published -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StoredFile:
    """An attachment of something published. Its facts come from what it is attached to."""

    id: UUID
    row: SealedFile

    @property
    def is_ready(self) -> bool:
        return self.row.state == FileState.READY

    @property
    def is_refused(self) -> bool:
        return self.row.state == FileState.REFUSED

    def signed_bytes(self) -> bytes:
        """What the author's manifest vouches for. The facts hold the sum of the plain bytes, so
        this fixes every one of them, even against other readers, who hold the key as well."""
        size = int(self.row.padded_size).to_bytes(8, "big")
        return bytes(self.row.header) + size + bytes(self.row.facts)


@dataclass(frozen=True, slots=True)
class AdoptedFile(StoredFile):
    facts: FileFacts


def adopt(vault: Vault, draft_kind: str, kind: str, data_key: DataKey) -> list[AdoptedFile]:
    """Hand the draft's files over to what is being published, in the caller's transaction."""
    adopted = []
    for file in attached_to(draft_kind, data_key.object_id).select_for_update():
        if file.state == FileState.ARRIVING:
            raise CannotOpen  # the caller has judged that; half a file is never handed over
        key = open_draft_key(vault, file)
        file.kind = kind
        file.object_key = data_key.seal_field(f"file key:{file.id}", key)
        file.draft_key = None
        file.save(update_fields=["kind", "object_key", "draft_key"])
        adopted.append(AdoptedFile(file.id, file, open_facts(key, file)))
    return adopted


def stored(kind: str, object_id: UUID) -> list[StoredFile]:
    return [StoredFile(file.id, file) for file in attached_to(kind, object_id)]


class FileDamaged(CannotOpen):
    """A stored piece is not what was sealed. Met before the first byte goes out."""


class FileNotReleased(Exception):
    """The scanner has not answered for this file yet, or refuses it (`just_now`: in this call)."""

    def __init__(self, *, refused: bool, just_now: bool = False) -> None:
        super().__init__()
        self.refused, self.just_now = refused, just_now


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A verified attachment, to be sent in pieces."""

    name: str
    size: int
    media_type: str
    sha256: str  # of all its bytes, as they were just verified
    pieces: Callable[[], Iterator[bytes]]


def open_for_reading(data_key: DataKey, file: StoredFile) -> OpenFile:
    """Verify every piece; then give the pieces, opened again one by one, in constant memory.

    A file that waits for the scanner is put to it again, since whoever asks has brought the key.
    """
    if file.row.state == FileState.REFUSED:
        raise FileNotReleased(refused=True)
    key = data_key.open_field(f"file key:{file.id}", bytes(file.row.object_key or b""))
    facts = open_facts(key, file.row)
    try:
        _verify(file.row, key, facts)
        if not file.is_ready:
            _ask_scanner(file.row, key, facts)
    except (CannotOpen, OSError):
        _refuse_if_removed(file.row)
        raise FileDamaged from None

    def pieces() -> Iterator[bytes]:
        with storage.open_kept(file.row.disk_name) as sealed:
            yield from opened_pieces(sealed, key, stream_context(file.row.id), facts.size)

    return OpenFile(facts.name, facts.size, facts.media_type, facts.sha256, pieces)


def _reader(file: SealedFile, sealed: BinaryIO, key: bytes, facts: FileFacts) -> SealedReader:
    return SealedReader(sealed, key, stream_context(file.id), size=facts.size)


def _verify(file: SealedFile, key: bytes, facts: FileFacts) -> None:
    """The seals, and the sum that the author signed with the facts.

    The seals alone would let a reader, who holds the key too, put other words in its place.
    """
    digest = hashlib.sha256()
    with storage.open_kept(file.disk_name) as sealed:
        verify_stream(sealed, key, stream_context(file.id), facts.size, digest=digest.update)
    if digest.hexdigest() != facts.sha256:
        raise FileDamaged


def _ask_scanner(file: SealedFile, key: bytes, facts: FileFacts) -> None:
    with storage.open_kept(file.disk_name) as sealed:
        changed = scanning.scan_again(file, _reader(file, sealed, key, facts))
    if file.state != FileState.READY:
        raise FileNotReleased(refused=file.state == FileState.REFUSED, just_now=changed)


def _refuse_if_removed(file: SealedFile) -> None:
    """Another reader's question to the scanner may have taken the file away in this moment."""
    file.refresh_from_db(fields=["state"])
    if file.state == FileState.REFUSED:
        raise FileNotReleased(refused=True)
