"""On what sharing rests, as it is signed, checked and read: gates, authorities, legal bases.

Clear are codes and dates, so that the switchboard needs no key; each row bears the signature of
who entered it, and the words lie under the key of the register.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from accounts.models import SECRETARIAT
from mous.content import Said, read
from mous.facts import day
from mous.models import AuthorityEnd, GateSetting, LegalBasis, OtherAuthority
from mous.sealing import open_keys, sealed_for
from vault.crypto.canonical import canonical
from vault.crypto.errors import CannotOpen
from vault.directory import Directory, directory
from vault.sessions import Vault
from vault.statements import check_statement

BASIS = "iswg/v1/legal basis"
AUTHORITY = "iswg/v1/other authority"
AUTHORITY_END = "iswg/v1/end of an authority"
GATE = "iswg/v1/gate of an instrument"


def bases_target(code: str) -> str:
    """Under which the journal keeps what an administration says of its own law."""
    return f"mous.bases:{code}"


def authorities_target(code: str) -> str:
    """Under which the journal keeps the authorities that an administration records."""
    return f"mous.authorities:{code}"


def authority_trace(authority: OtherAuthority) -> str:
    """How a line of the journal names the authority that a decision rested on."""
    return f"mous.otherauthority:{authority.uuid}"


def moment(value: Any) -> str:
    return str(value.isoformat(timespec="microseconds"))


def basis_facts(row: LegalBasis) -> dict[str, Any]:
    return {
        "v": 1,
        "basis": row.uuid.hex,
        "administration": row.administration_id,
        "revision": row.revision,
        "purposes": sorted(row.purposes),
        "excluded": sorted(row.excluded),
        "key": row.key.uuid.hex,
        "digest": hashlib.sha256(bytes(row.sealed)).hexdigest(),
        "author": row.author_id,
        "written_at": moment(row.written_at),
    }


def authority_facts(row: OtherAuthority) -> dict[str, Any]:
    return {
        "v": 1,
        "authority": row.uuid.hex,
        "sender": row.sender_id,
        "recipient": row.recipient_id,
        "kind": row.kind,
        "up_to": row.up_to,
        "data_kinds": sorted(row.data_kinds),
        "since": day(row.since),
        "until": day(row.until),
        "key": row.key.uuid.hex,
        "digest": hashlib.sha256(bytes(row.sealed)).hexdigest(),
        "author": row.author_id,
        "recorded_at": moment(row.recorded_at),
    }


def end_facts(row: AuthorityEnd) -> dict[str, Any]:
    return {
        "v": 1,
        "authority": row.authority.uuid.hex,
        "ends_on": day(row.ends_on),
        "author": row.author_id,
        "recorded_at": moment(row.recorded_at),
    }


def gate_facts(row: GateSetting) -> dict[str, Any]:
    return {
        "v": 1,
        "instrument": row.instrument.uuid.hex,
        "marking": row.marking,
        "gate": row.gate,
        "author": row.set_by_id,
        "set_at": moment(row.set_at),
    }


def digest_of(facts: Mapping[str, Any], signature: bytes) -> str:
    """What ties a line of the journal to exactly this row."""
    return hashlib.sha256(canonical(dict(facts)) + bytes(signature)).hexdigest()


# Checking ---------------------------------------------------------------------------------------
# Each returns, or raises SealBroken.


def check_basis(row: LegalBasis, view: Directory) -> None:
    check_statement(
        view, BASIS, basis_facts(row), row.signature,
        author=row.author_id, administration=row.administration_id,
    )  # fmt: skip


def check_authority(row: OtherAuthority, view: Directory) -> None:
    check_statement(
        view, AUTHORITY, authority_facts(row), row.signature,
        author=row.author_id, administration=row.sender_id,
    )  # fmt: skip


def check_end(row: AuthorityEnd, view: Directory) -> None:
    check_statement(
        view, AUTHORITY_END, end_facts(row), row.signature,
        author=row.author_id, administration=row.authority.sender_id,
    )  # fmt: skip


def check_gate(row: GateSetting, view: Directory) -> None:
    check_statement(
        view, GATE, gate_facts(row), row.signature,
        author=row.set_by_id, administration=SECRETARIAT,
    )  # fmt: skip


# Reading ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OpenBasis:
    """What an administration stated, with its words or why there are none."""

    row: LegalBasis
    words: Said | None = None
    broken: bool = False


@dataclass(frozen=True, slots=True)
class OpenAuthority:
    """An authority with its words, or why there are none."""

    row: OtherAuthority
    words: Said | None = None
    broken: bool = False

    @property
    def end(self) -> AuthorityEnd | None:
        return getattr(self.row, "end", None)


def open_bases(vault: Vault | None, rows: Iterable[LegalBasis]) -> list[OpenBasis]:
    """With their words, in one query for the keys."""
    listed, view = list(rows), directory()
    keys = open_keys(vault, {one.key_id: one.key for one in listed}.values())
    found = []
    for row in listed:
        try:
            check_basis(row, view)
            found.append(OpenBasis(row, _words(keys.get(row.key_id), "basis", row)))
        except CannotOpen:
            found.append(OpenBasis(row, broken=True))
    return found


def open_authorities(vault: Vault | None, rows: Iterable[OtherAuthority]) -> list[OpenAuthority]:
    listed, view = list(rows), directory()
    keys = open_keys(vault, {one.key_id: one.key for one in listed}.values())
    found = []
    for row in listed:
        try:
            check_authority(row, view)
            if (end := getattr(row, "end", None)) is not None:
                check_end(end, view)
            found.append(OpenAuthority(row, _words(keys.get(row.key_id), "authority", row)))
        except CannotOpen:
            found.append(OpenAuthority(row, broken=True))
    return found


def _words(opened: Any, kind: str, row: LegalBasis | OtherAuthority) -> Said | None:
    if opened is None:
        return None
    key = sealed_for(opened, kind, row.uuid)
    return read(Said, key.open_field("words", bytes(row.sealed)))
