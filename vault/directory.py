"""The key directory as it is stored, read from the pin (directory_lines.py writes it).

`directory()` is asked before anything is sealed or checked. It reads the stored lines under
the rules of directory_rules.py, and remembers the result of this process by the hash of the
newest line, so that usually one small query is all it takes. A line edited by hand is met by
the next process that reads it; this one goes on with what it verified.
"""

from __future__ import annotations

import datetime
import threading
from typing import Any

from django.conf import settings
from django.utils import timezone

from access.questions import Question
from vault import breaks
from vault.directory_rules import (
    SECRETARIAT,
    ClientEntry,
    DirectoryBroken,
    DirectoryShortened,
    EnvelopeEntry,
    EpochEntry,
    Ledger,
    Line,
    PersonEntry,
)
from vault.models import DirectoryEntry

__all__ = [
    "SECRETARIAT",
    "ClientEntry",
    "Directory",
    "DirectoryBroken",
    "DirectoryShortened",
    "EnvelopeEntry",
    "EpochEntry",
    "PersonEntry",
    "directory",
    "is_founded",
    "pin",
]


class Directory:
    """A verified directory, as of one moment. It never changes; a longer one is another."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    @property
    def size(self) -> int:
        return self._ledger.size

    @property
    def head(self) -> bytes:
        """The hash of the newest line."""
        return self._ledger.head

    @property
    def last_at(self) -> datetime.datetime:
        return self._ledger.last_at

    def copy_of_ledger(self) -> Ledger:
        """What the next line is read under; this directory itself never changes."""
        return self._ledger.copy()

    def extends(self, size: int, head: bytes) -> bool:
        """Whether a directory of that length and head is the beginning of this one."""
        if size == 0:
            return True
        return size <= self.size and self._ledger.hashes[size - 1] == head

    def person(self, user_id: int) -> PersonEntry | None:
        """The keys that are this person's now."""
        return self._ledger.active(user_id)

    def history(self, user_id: int) -> tuple[PersonEntry, ...]:
        """Every key the person ever had, for signatures of those days."""
        return self._ledger.people.get(user_id, ())

    def person_at(self, key_id: bytes) -> PersonEntry | None:
        """Whose key this is or was."""
        return self._ledger.keys.get(bytes(key_id))

    def people(self, code: str) -> list[PersonEntry]:
        """Who holds a key of their own for this administration now."""
        return [
            known[-1]
            for known in self._ledger.people.values()
            if known[-1].administration == code and not known[-1].revoked
        ]

    def epoch(self, code: str, number: int | None = None) -> EpochEntry | None:
        """The administration's present epoch, or the one of that number."""
        known = self._ledger.epochs.get(code, ())
        if number is None:
            return known[-1] if known else None
        return known[number - 1] if 1 <= number <= len(known) else None

    def epochs(self, code: str) -> tuple[EpochEntry, ...]:
        return self._ledger.epochs.get(code, ())

    @property
    def codes(self) -> frozenset[str]:
        """The administrations that have a key."""
        return frozenset(self._ledger.epochs)

    def sealable_epoch(
        self, code: str, *, confirmed: frozenset[bytes] = frozenset()
    ) -> EpochEntry | None:
        """The epoch that things may be sealed to at this moment.

        None if there is none, or if it began with a break less than 72 hours ago and its
        fingerprint is not among those this person has compared (`confirmed`, by key id).
        """
        epoch = self.epoch(code)
        # Only a break waits: a server whose clock is behind must not shut everybody else out.
        if epoch is None or not epoch.broken or epoch.key_id in confirmed:
            return epoch
        if timezone.now() < epoch.sealable_from:
            return None
        return epoch if breaks.has_waited(epoch) else None

    def is_behind(self, code: str) -> bool:
        """Whether somebody of this administration left since its present epoch was made."""
        return self._ledger.is_behind(code)

    def envelope(self, code: str) -> EnvelopeEntry | None:
        """The newest envelope of the administration, for whoever brings its code."""
        known = self._ledger.envelopes.get(code, ())
        return known[-1] if known else None

    def envelope_in_force(self, code: str) -> EnvelopeEntry | None:
        """The envelope that new epochs are sealed to.

        None if there is none; if whoever made it, and so has read the code, left; or if the
        administration began anew since: then nobody vouches for it any more.
        """
        envelope = self.envelope(code)
        if envelope is None or any(e.broken and e.seq > envelope.seq for e in self.epochs(code)):
            return None
        maker = self._ledger.keys[envelope.made_by]
        present = self.person(maker.user_id)
        return envelope if present and present.administration == code else None

    def client(self, key_id: bytes) -> ClientEntry | None:
        found = self._ledger.clients.get(bytes(key_id))
        return found if found and found.revoked_at is None else None


# The pin --------------------------------------------------------------------------------------


def pin() -> str:
    """The hash of the first line, in hex; empty before the directory is founded.

    In production it stands in the settings and nowhere else: a file beside the data could be
    exchanged together with the directory. In development such a file does, because the first
    line is made after the settings are read.
    """
    if settings.DIRECTORY_PIN or settings.PRODUCTION:
        return str(settings.DIRECTORY_PIN).strip()
    try:
        return str(_pin_file().read_text(encoding="ascii")).strip()
    except (FileNotFoundError, NotADirectoryError):
        return ""


def keep_pin(value: str) -> bool:
    """Write the pin beside the other secrets of a development installation."""
    if settings.PRODUCTION or settings.DIRECTORY_PIN:
        return False
    path = _pin_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(value + "\n", encoding="ascii")
    return True


def _pin_file() -> Any:
    return settings.DATA_DIR / "secrets" / "directory_pin"


def is_founded() -> bool:
    """Whether there is a first line, or a pin that says there must be one."""
    return bool(pin()) or DirectoryEntry.objects.exists()


# Reading --------------------------------------------------------------------------------------

_NEWEST = Question(lambda: DirectoryEntry.objects.order_by("-seq").values_list("seq", "hash")[:1])
_lock = threading.Lock()
_known: tuple[str, Directory] | None = None


def directory() -> Directory:
    """The directory, verified from the pin; DirectoryBroken if it cannot be believed."""
    pinned = pin()
    if not pinned:
        raise DirectoryBroken
    newest = _NEWEST.rows()
    if not newest:
        raise DirectoryBroken
    known = _known
    if known and known[0] == pinned and _is_same(known[1], newest[0][0], bytes(newest[0][1])):
        return known[1]
    return _read(pinned)


def forget() -> None:
    """Begin again as a fresh process would."""
    global _known
    _known = None


def _is_same(view: Directory, seq: int, head: bytes) -> bool:
    return view.size == seq + 1 and view.head == head


def _read(pinned: str) -> Directory:
    """Read on from what this process knows, or from the first line if that does not fit."""
    global _known
    with _lock:
        start = _start(pinned)
        for row in DirectoryEntry.objects.filter(seq__gte=start.size).order_by("seq"):
            start.read(_line(row))
        view = Directory(start)
        _known = (pinned, view)
        return view


def _start(pinned: str) -> Ledger:
    if _known and _known[0] == pinned:
        known = _known[1]
        same = DirectoryEntry.objects.filter(seq=known.size - 1, hash=known.head).exists()
        if same:
            return known.copy_of_ledger()
    try:
        return Ledger(bytes.fromhex(pinned))
    except ValueError:
        raise DirectoryBroken from None


def _line(row: DirectoryEntry) -> Line:
    parts = (bytes(row.prev), bytes(row.body), bytes(row.signature), bytes(row.hash))
    return Line(row.seq, *parts, kept_at=row.at)
