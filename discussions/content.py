"""What a message says: the words that are sealed, as plain data."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from vault.crypto.errors import CannotOpen

TOPIC_LIMIT = 150
TEXT_LIMIT = 8_000


@dataclass(frozen=True, slots=True)
class FileFact:
    """An attachment as its message names it. Sealed with the words, for search and lists."""

    id: str
    name: str
    size: int
    media_type: str
    sha256: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """The sealed words of one revision of a message. `reply_to` is the number it answers."""

    text: str = ""
    language: str = "en"
    reply_to: int = 0
    files: tuple[FileFact, ...] = ()

    def to_bytes(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False).encode()

    @classmethod
    def from_bytes(cls, raw: bytes) -> Words:
        try:
            data: dict[str, Any] = json.loads(raw)
            files = tuple(
                FileFact(**{**one, "notes": tuple(one["notes"])}) for one in data["files"]
            )
            return cls(data["text"], data["language"], data["reply_to"], files)
        except (ValueError, TypeError, KeyError):
            raise CannotOpen from None
