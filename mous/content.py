"""What is typed into the register: the words that are sealed, as plain data."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar

from vault.crypto.errors import CannotOpen
from vault.files import AdoptedFile

SHORT_LIMIT = 160
TEXT_LIMIT = 8_000
FLOOR = 512


@dataclass(frozen=True, slots=True)
class FileFact:
    """A document as its entry names it; `sha256` is of its plain bytes."""

    id: str
    name: str
    size: int
    media_type: str
    sha256: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ActWords:
    """What is said of an act beside its kind and its dates."""

    place: str = ""
    signatory: str = ""
    signatory_title: str = ""
    capacity: str = ""
    full_powers: str = ""
    text: str = ""  # of the declaration, reservation, objection or correction
    scope: str = ""  # the territories that it extends to, or leaves out
    note: str = ""
    signed: str = ""  # the signature file, of an act that was signed here (mous/signature.py)
    files: tuple[FileFact, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """A short text with its documents: a note on a step, a reason, a legal basis."""

    text: str = ""
    act: str = ""  # of a legal basis: the law
    section: str = ""
    conditions: str = ""
    files: tuple[FileFact, ...] = ()


Words = TypeVar("Words", ActWords, Said)


def to_bytes(words: ActWords | Said) -> bytes:
    return json.dumps(asdict(words), ensure_ascii=False).encode()


def read(shape: type[Words], raw: bytes) -> Words:
    """Strict about types, generous about fields that an older version did not have."""
    try:
        data: dict[str, Any] = json.loads(raw)
        known = {one.name for one in fields(shape)}
        told = {name: value for name, value in data.items() if name in known}
        files = tuple(
            FileFact(**{**one, "notes": tuple(one["notes"])}) for one in told.pop("files", [])
        )
        if not all(isinstance(value, str) for value in told.values()):
            raise CannotOpen
        return shape(**told, files=files)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise CannotOpen from None


def named(files: Iterable[AdoptedFile]) -> tuple[FileFact, ...]:
    """The documents that were handed over to an entry."""
    return tuple(
        FileFact(
            str(one.id), one.facts.name, one.facts.size, one.facts.media_type, one.facts.sha256,
            tuple((one.facts.verdict or {}).get("notes", ())),
        )
        for one in files
    )  # fmt: skip
