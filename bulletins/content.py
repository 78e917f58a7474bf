"""What a bulletin says: the words that are sealed, as plain data.

The same shape serves a draft (with the choices that become clear columns at publication)
and an issued revision. Reading is strict about types and generous about missing fields, so
that what an older version of the portal sealed still opens.
"""

from __future__ import annotations

import datetime
import json
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from vault.crypto.errors import CannotOpen

TITLE_LIMIT = 150
KEY_LINE_LIMIT = 280
BODY_LIMIT = 40_000
ENTITY_LIMIT = 20  # things that one bulletin names
NAME_LIMIT, NUMBERS_LIMIT, NOTE_LIMIT = 150, 500, 300
NOTE_SHOWN = 80  # of a remark, where it stands for a name


@dataclass(frozen=True, slots=True)
class FileFact:
    """An attachment as its bulletin names it. Sealed with the words, for search and lists."""

    id: str
    name: str
    size: int
    media_type: str
    sha256: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EntityFact:
    """Something that a bulletin names: a vessel, a person, a container. `numbers` as typed, one
    in a line; what they are and whether they hold is read anew each time
    (wording/identifiers.py)."""

    kind: str
    name: str = ""
    numbers: str = ""
    note: str = ""
    id: str = ""  # of its row, once it is issued

    @property
    def title(self) -> str:
        """What it is called; a container is mostly called by its number, and somebody of whom
        little is known by that little. Empty for what names nothing."""
        return self.name or self.numbers.partition("\n")[0].strip() or self.note[:NOTE_SHOWN]


@dataclass(frozen=True, slots=True)
class Content:
    """The sealed words of an issued revision."""

    title: str = ""
    key_line: str = ""
    body: str = ""
    language: str = "en"
    pap: str = "PAP:GREEN"
    source_reliability: str = ""
    information_credibility: str = ""
    likelihood: str = ""
    confidence: str = ""
    requested_action: str = "information"
    purpose: str = ""
    legal_basis: str = ""
    caveats: str = ""
    places: tuple[str, ...] = ()
    data_kinds: tuple[str, ...] = ()  # values of wording.sharing.DataKind
    entities: tuple[EntityFact, ...] = ()
    files: tuple[FileFact, ...] = ()

    @property
    def grading(self) -> str:
        """Two characters, for example B2; empty when it was not graded."""
        return f"{self.source_reliability}{self.information_credibility}"


@dataclass(frozen=True, slots=True)
class DraftContent(Content):
    """A draft: the words, and the choices that publication turns into clear columns."""

    product_type: str = "bulletin"
    tlp: str = ""
    urgency: str = "routine"
    due_on: datetime.date | None = None
    valid_until: datetime.date | None = None
    recipients: tuple[str, ...] = ()
    officers: tuple[int, ...] = ()
    extra: dict[str, str] = field(default_factory=dict)  # typed, but not yet valid: kept as typed


def to_bytes(content: Content) -> bytes:
    return json.dumps(asdict(content), default=str, ensure_ascii=False).encode()


def content_from(data: bytes) -> Content:
    return _read(Content, data)


def draft_from(data: bytes) -> DraftContent:
    return _read(DraftContent, data)


def _read(kind: type[Any], data: bytes) -> Any:
    try:
        raw = json.loads(data)
        known = {f.name for f in fields(kind)}
        values = {name: _value(name, value) for name, value in raw.items() if name in known}
        return kind(**values)
    except (ValueError, TypeError, AttributeError):
        raise CannotOpen from None


def _value(name: str, value: Any) -> Any:
    if name == "files":
        return tuple(FileFact(**{**one, "notes": tuple(one.get("notes", ()))}) for one in value)
    if name == "entities":
        known = EntityFact.__dataclass_fields__
        return tuple(EntityFact(**{k: v for k, v in one.items() if k in known}) for one in value)
    if name in {"due_on", "valid_until"}:
        return datetime.date.fromisoformat(value) if value else None
    if isinstance(value, list):
        return tuple(value)
    return value
