"""What is known about an attachment, and the key of a draft's file: sealed beside its bytes.

A file has a key of its own. Under it lie its pieces (vault/crypto/stream.py) and its facts, so
that a name on the disk or in the database never says what the file is called.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from vault.crypto.canonical import canonical, read_canonical
from vault.crypto.context import context
from vault.crypto.envelope import open_sealed, seal
from vault.crypto.errors import CannotOpen
from vault.crypto.padding import pad, unpad
from vault.models import SealedFile
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
        try:
            told = {"notes": tuple(data["notes"]), "verdict": data["verdict"] or None}
            return cls(**{**data, **told})
        except (KeyError, TypeError):
            raise CannotOpen from None


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
