"""Attachments: what they are attached to, and how they are opened.

A file belongs to a draft until the draft is published; until then its key is wrapped for the
author alone. Publication (`adopt`) wraps the key under the data key of what it is attached
to. How a file arrives is in `uploads.py`; nothing of it is ever on the disk in clear, and its
name lies inside a seal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from vault import storage
from vault.crypto.canonical import canonical, read_canonical
from vault.crypto.context import context
from vault.crypto.envelope import open_sealed, seal
from vault.crypto.errors import CannotOpen
from vault.crypto.padding import pad, unpad
from vault.crypto.stream import CHUNK, SealedReader, verify_stream
from vault.inspection import Verdict
from vault.models import FileState, SealedFile
from vault.objects import DataKey
from vault.sessions import Vault

FACTS_FLOOR = 512


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is known about a file; sealed beside it under the file's own key."""

    name: str
    size: int
    media_type: str = "application/octet-stream"
    sha256: str = ""
    notes: tuple[str, ...] = ()
    verdict: dict[str, Any] | None = None

    def to_bytes(self) -> bytes:
        return canonical(
            {
                "name": self.name,
                "size": self.size,
                "media_type": self.media_type,
                "sha256": self.sha256,
                "notes": list(self.notes),
                "verdict": self.verdict or {},
            }
        )

    @classmethod
    def from_bytes(cls, raw: bytes) -> FileFacts:
        data = read_canonical(raw)
        return cls(**{**data, "notes": tuple(data["notes"]), "verdict": data["verdict"] or None})


def stream_context(file_id: UUID) -> bytes:
    return context("iswg/v1/file", file_id)


def seal_facts(key: bytes, file_id: UUID, facts: FileFacts) -> bytes:
    return seal(
        key, context("iswg/v1/file facts", file_id), pad(facts.to_bytes(), floor=FACTS_FLOOR)
    )


def open_facts(key: bytes, file: SealedFile) -> FileFacts:
    where = context("iswg/v1/file facts", file.id)
    return FileFacts.from_bytes(unpad(open_sealed(key, where, bytes(file.facts))))


def _draft_key_context(file: SealedFile) -> bytes:
    return context("iswg/v1/file draft key", file.id, file.owner_id, file.object_id)


def seal_draft_key(vault: Vault, file: SealedFile, key: bytes) -> bytes:
    return seal(vault.draft_key, _draft_key_context(file), key)


def open_draft_key(vault: Vault, file: SealedFile) -> bytes:
    if file.draft_key is None:
        raise CannotOpen
    return open_sealed(vault.draft_key, _draft_key_context(file), bytes(file.draft_key))


# Of a draft -----------------------------------------------------------------------------------


def of_draft(kind: str, object_id: UUID) -> list[SealedFile]:
    return list(
        SealedFile.objects.filter(kind=kind, object_id=object_id).order_by("position", "made_at")
    )


def listed(vault: Vault, kind: str, object_id: UUID) -> list[dict[str, Any]]:
    """The files of one's own draft, as its page shows them."""
    return [one for file in of_draft(kind, object_id) if (one := shown(vault, file))]


def shown(vault: Vault, file: SealedFile) -> dict[str, Any] | None:
    try:
        facts = open_facts(open_draft_key(vault, file), file)
    except CannotOpen:
        return None
    state, words = _state_words(file, facts)
    return {
        "id": str(file.id),
        "name": facts.name,
        "size": facts.size,
        "state": state,
        "words": words,
        "digest": facts.sha256,
    }


def _state_words(file: SealedFile, facts: FileFacts) -> tuple[str, str]:
    if file.state == FileState.REFUSED:
        return "refused", refusal_words(facts)
    if file.state == FileState.ARRIVING:
        return "waiting", _("not complete: send it again to go on")
    if file.state == FileState.SCAN_PENDING:
        return "waiting", _("waiting to be scanned")
    notes = note_words(facts)
    return "ready", ", ".join([_("checked, encrypted"), *notes])


def refusal_words(facts: FileFacts) -> str:
    if facts.verdict and facts.verdict.get("refused"):
        return str(Verdict.from_data(facts.verdict).sentence)
    return _("The malware scanner refuses this file.")


def note_words(facts: FileFacts) -> list[str]:
    if not facts.verdict:
        return []
    return [str(note.sentence) for note in Verdict.from_data(facts.verdict).notes]


def unfinished(kind: str, object_id: UUID) -> bool:
    """Whether a file has not arrived in full, or was refused and not yet removed."""
    return SealedFile.objects.filter(
        kind=kind, object_id=object_id, state__in=[FileState.ARRIVING, FileState.REFUSED]
    ).exists()


def discard(file: SealedFile) -> None:
    """Remove a file of a draft; its bytes go once the removal is certain."""
    name = file.disk_name
    file.delete()
    transaction.on_commit(lambda: storage.remove(name), robust=True)


def discard_all(kind: str, object_id: UUID) -> None:
    for file in of_draft(kind, object_id):
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

    def signed_bytes(self) -> bytes:
        """What the author's manifest vouches for: with the key, this fixes every byte."""
        size = int(self.row.padded_size).to_bytes(8, "big")
        return bytes(self.row.header) + size + bytes(self.row.facts)


@dataclass(frozen=True, slots=True)
class AdoptedFile(StoredFile):
    facts: FileFacts


def adopt(vault: Vault, draft_kind: str, kind: str, data_key: DataKey) -> list[AdoptedFile]:
    """Hand the draft's files over to what is being published, in the caller's transaction."""
    adopted = []
    for file in of_draft(draft_kind, data_key.object_id):
        key = open_draft_key(vault, file)
        file.kind = kind
        file.object_key = data_key.seal_field(f"file key:{file.id}", key)
        file.draft_key = None
        file.save(update_fields=["kind", "object_key", "draft_key"])
        adopted.append(AdoptedFile(file.id, file, open_facts(key, file)))
    return adopted


def stored(kind: str, object_id: UUID) -> list[StoredFile]:
    return [StoredFile(file.id, file) for file in of_draft(kind, object_id)]


class FileDamaged(CannotOpen):
    """A stored piece is not what was sealed. Met before the first byte goes out."""


class FileNotReleased(Exception):
    """The scanner has not answered for this file yet, or refuses it."""


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A verified attachment, to be sent in pieces."""

    name: str
    size: int
    media_type: str
    pieces: Callable[[], Iterator[bytes]]


def open_for_reading(data_key: DataKey, file: StoredFile) -> OpenFile:
    """Verify every piece; then give the pieces, opened again one by one, in constant memory."""
    if not file.is_ready:
        raise FileNotReleased
    key = data_key.open_field(f"file key:{file.id}", bytes(file.row.object_key or b""))
    facts = open_facts(key, file.row)
    where = stream_context(file.id)
    try:
        with storage.open_kept(file.row.disk_name) as sealed:
            if sealed.read(len(bytes(file.row.header))) != bytes(file.row.header):
                raise FileDamaged
            verify_stream(sealed, key, where, facts.size)
    except (CannotOpen, OSError):
        raise FileDamaged from None

    def pieces() -> Iterator[bytes]:
        with storage.open_kept(file.row.disk_name) as sealed:
            reader = SealedReader(sealed, key, where, size=facts.size)
            while piece := reader.read(CHUNK):
                yield piece

    return OpenFile(facts.name, facts.size, facts.media_type, pieces)
