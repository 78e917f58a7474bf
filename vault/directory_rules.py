"""Whose key is this? The rules of the key directory, and nothing about where it is stored.

The directory is a list of signed lines, each naming the hash of the one before. Whoever holds
the hash of the first line (the pin) can check every later one. So the server cannot hand out a
key of its own, add a silent member, or make an epoch for an administration:

    user     a colleague of the same administration vouches, or the Secretariat
    epoch    a member of the administration makes it, and the former epoch countersigns;
             without that (a break) a member of a *third* administration witnesses, and nothing
             is sealed to it for 72 hours, unless the fingerprints were compared
    revoke   a colleague of the same administration, or the Secretariat
    client   a machine's key: a member of its administration vouches
    envelope the key of a code on paper: a member, and the present epoch countersigns, which
             only who holds its secret can do; not while somebody who left still knows it

Whoever is revoked signs nothing any more. What remains possible, and is why fingerprints are
read aloud at the meetings: the Secretariat can vouch for a false colleague, who then appears in
the list for all to see, and still holds no epoch.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from vault.crypto.box import BoxPublic
from vault.crypto.canonical import canonical, read_canonical
from vault.crypto.context import context
from vault.crypto.errors import CannotOpen
from vault.crypto.keys import EpochPublic, PersonPublic
from vault.directory_entries import (
    SECRETARIAT,
    ClientEntry,
    DirectoryBroken,
    DirectoryShortened,
    EnvelopeEntry,
    EpochEntry,
    PersonEntry,
)

__all__ = [
    "SECRETARIAT",
    "ClientEntry",
    "DirectoryBroken",
    "DirectoryShortened",
    "EnvelopeEntry",
    "EpochEntry",
    "Ledger",
    "Line",
    "PersonEntry",
    "envelope_statement",
    "epoch_statement",
    "line_hash",
]

START = bytes(32)

LINE_LABEL = "iswg/v1/directory line"
NEXT_LABEL = "iswg/v1/directory next epoch"
WITNESS_LABEL = "iswg/v1/directory witness"
ENVELOPE_LABEL = "iswg/v1/directory envelope"


@dataclass(frozen=True, slots=True)
class Line:
    """One stored line, as bytes."""

    seq: int
    prev: bytes
    body: bytes
    signature: bytes
    hash: bytes
    kept_at: datetime.datetime | None = None


def line_hash(body: bytes, signature: bytes) -> bytes:
    return hashlib.sha256(context("iswg/v1/directory hash", body, signature)).digest()


def epoch_statement(facts: Mapping[str, Any]) -> bytes:
    """What the former epoch, or a witness, signs: which key, whose, which number, made by whom.

    After a break also when it was witnessed, because the 72 hours are counted from there: the
    maker of the line alone could date it back.
    """
    names = ("administration", "number", "public", "by", "witnessed_at")
    return canonical({name: facts[name] for name in names})


def envelope_statement(facts: Mapping[str, Any]) -> bytes:
    """What the present epoch signs about the key of a code on paper."""
    names = ("administration", "number", "epoch", "public", "salt", "by")
    return canonical({name: facts[name] for name in names})


class Ledger:
    """The directory as far as it has been read. `read` takes a line that keeps the rules, or
    raises DirectoryBroken and leaves this ledger useless: a new one is begun."""

    def __init__(self, pin: bytes) -> None:
        self._pin = pin
        self.hashes: list[bytes] = []
        self.last_at = datetime.datetime.min.replace(tzinfo=datetime.UTC)
        self.people: dict[int, tuple[PersonEntry, ...]] = {}
        self.keys: dict[bytes, PersonEntry] = {}
        self.epochs: dict[str, tuple[EpochEntry, ...]] = {}
        self.clients: dict[bytes, ClientEntry] = {}
        self.envelopes: dict[str, tuple[EnvelopeEntry, ...]] = {}
        self._kept_at: datetime.datetime | None = None

    def copy(self) -> Ledger:
        other = Ledger(self._pin)
        other.hashes, other.last_at = list(self.hashes), self.last_at
        other.people, other.keys = dict(self.people), dict(self.keys)
        other.epochs, other.clients = dict(self.epochs), dict(self.clients)
        other.envelopes = dict(self.envelopes)
        return other

    @property
    def size(self) -> int:
        return len(self.hashes)

    @property
    def head(self) -> bytes:
        return self.hashes[-1] if self.hashes else START

    def read(self, line: Line) -> None:
        try:
            self._read(line)
        except (CannotOpen, KeyError, ValueError, TypeError):
            raise DirectoryBroken(line.seq) from None

    def _read(self, line: Line) -> None:
        facts = read_canonical(line.body)
        _hold(line.seq == facts["seq"] == self.size and facts["v"] == 1)
        _hold(line.prev == self.head and facts["prev"] == self.head.hex())
        _hold(line.hash == line_hash(line.body, line.signature))
        at = _moment(facts["at"])
        _hold(at >= self.last_at)
        signer = self._signer(facts, line)
        signer.public.identity.verify(LINE_LABEL, line.body, line.signature)
        self._kept_at = line.kept_at
        _KINDS[facts["kind"]](self, facts, signer)
        self.hashes.append(line.hash)
        self.last_at = at

    def _signer(self, facts: Mapping[str, Any], line: Line) -> PersonEntry:
        if line.seq == 0:
            _hold(line.hash == self._pin)
            first = _person(facts)
            _hold(first.is_secretariat and facts["by"] == first.key_id.hex())
            return first
        signer = self.keys[bytes.fromhex(facts["by"])]
        _hold(not signer.revoked)
        return signer

    def _enter_user(self, facts: Mapping[str, Any], signer: PersonEntry) -> None:
        person = _person(facts)
        _hold(_answers_for(signer, person.administration))
        # A key is entered once and for one person; a person has one key at a time.
        _hold(person.key_id not in self.keys and self.active(person.user_id) is None)
        self.people[person.user_id] = (*self.people.get(person.user_id, ()), person)
        self.keys[person.key_id] = person

    def _enter_epoch(self, facts: Mapping[str, Any], signer: PersonEntry) -> None:
        code = _code(facts["administration"])
        former = self.epochs.get(code, ())
        epoch = EpochEntry(
            seq=facts["seq"],
            at=_moment(facts["at"]),
            administration=code,
            number=_whole(facts["number"]),
            public=EpochPublic.from_bytes(bytes.fromhex(facts["public"])),
            made_by=signer.key_id,
            witness=bytes.fromhex(facts["witness"]),
            witnessed_at=_moment(facts["witnessed_at"]) if facts["witnessed_at"] else None,
            kept_at=self._kept_at,
        )
        _hold(signer.administration == code and epoch.number == len(former) + 1)
        _hold(all(epoch.key_id != e.key_id for known in self.epochs.values() for e in known))
        self._vouched(epoch, former[-1] if former else None, facts)
        self.epochs[code] = (*former, epoch)

    def _vouched(
        self, epoch: EpochEntry, former: EpochEntry | None, facts: Mapping[str, Any]
    ) -> None:
        """A first epoch needs nobody else; a later one its predecessor, or a witness."""
        signature = bytes.fromhex(facts["voucher"])
        if former is None:
            _hold(not epoch.broken and not signature)
        elif epoch.witnessed_at is None:
            former.public.signing.verify(NEXT_LABEL, epoch_statement(facts), signature)
        else:
            witness = self.keys[epoch.witness]
            _hold(not witness.revoked and not witness.is_secretariat)
            _hold(witness.administration != epoch.administration)
            _hold(epoch.witnessed_at <= epoch.at)
            witness.public.identity.verify(WITNESS_LABEL, epoch_statement(facts), signature)

    def _revoke(self, facts: Mapping[str, Any], signer: PersonEntry) -> None:
        key_id = bytes.fromhex(facts["key"])
        if key_id in self.clients:
            machine = self.clients[key_id]
            _hold(machine.revoked_at is None and _answers_for(signer, machine.administration))
            self.clients[key_id] = replace(machine, revoked_at=facts["seq"])
            return
        person = self.keys[key_id]
        _hold(not person.revoked and _answers_for(signer, person.administration))
        gone = replace(person, revoked_at=facts["seq"])
        self.keys[key_id] = gone
        self.people[person.user_id] = (*self.people[person.user_id][:-1], gone)

    def _enter_client(self, facts: Mapping[str, Any], signer: PersonEntry) -> None:
        machine = ClientEntry(
            seq=facts["seq"],
            client=facts["client"],
            administration=_code(facts["administration"]),
            public=BoxPublic.from_bytes(bytes.fromhex(facts["public"])),
        )
        _hold(signer.administration == machine.administration)
        _hold(machine.public.key_id not in self.clients)
        self.clients[machine.public.key_id] = machine

    def _enter_envelope(self, facts: Mapping[str, Any], signer: PersonEntry) -> None:
        code = _code(facts["administration"])
        former, present = self.envelopes.get(code, ()), self.epochs[code][-1]
        envelope = EnvelopeEntry(
            seq=facts["seq"],
            at=_moment(facts["at"]),
            administration=code,
            number=_whole(facts["number"]),
            epoch=_whole(facts["epoch"]),
            public=BoxPublic.from_bytes(bytes.fromhex(facts["public"])),
            salt=bytes.fromhex(facts["salt"]),
            made_by=signer.key_id,
        )
        _hold(signer.administration == code and envelope.number == len(former) + 1)
        _hold(envelope.epoch == present.number and not self.is_behind(code))
        _hold(all(envelope.key_id != e.key_id for known in self.envelopes.values() for e in known))
        signature = bytes.fromhex(facts["voucher"])
        present.public.signing.verify(ENVELOPE_LABEL, envelope_statement(facts), signature)
        self.envelopes[code] = (*former, envelope)

    def is_behind(self, code: str) -> bool:
        """Whether somebody of this administration left since its present epoch was made."""
        known = self.epochs.get(code, ())
        return bool(known) and any(
            entry.revoked_at is not None and entry.revoked_at > known[-1].seq
            for entry in self.keys.values()
            if entry.administration == code
        )

    def active(self, user_id: int) -> PersonEntry | None:
        known = self.people.get(user_id, ())
        return known[-1] if known and not known[-1].revoked else None


# Read down: what a line may be, and who judges it.
_KINDS = {
    "user": Ledger._enter_user,
    "epoch": Ledger._enter_epoch,
    "revoke": Ledger._revoke,
    "client": Ledger._enter_client,
    "envelope": Ledger._enter_envelope,
}


def _person(facts: Mapping[str, Any]) -> PersonEntry:
    return PersonEntry(
        seq=facts["seq"],
        at=_moment(facts["at"]),
        user_id=_whole(facts["user"]),
        administration=_code(facts["administration"]),
        public=PersonPublic.from_bytes(bytes.fromhex(facts["public"])),
        entered_by=bytes.fromhex(facts["by"]),
    )


def _moment(written: Any) -> datetime.datetime:
    at = datetime.datetime.fromisoformat(written)
    _hold(at.tzinfo is not None)
    return at


def _whole(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise CannotOpen
    return value


def _code(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise CannotOpen
    return value


def _answers_for(signer: PersonEntry, administration: str) -> bool:
    return signer.administration == administration or signer.is_secretariat


def _hold(condition: bool) -> None:
    if not condition:
        raise CannotOpen
