"""The end of an upload: the file is inspected, cleaned, put to the scanner, and kept.

All of that reads the whole file, some of it writes another, and none of it is in a transaction:
nobody waits for a large file. The row changes last, in one step, so that after a crash the next
question finds either everything done or the same work to do.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO
from uuid import UUID

from django.db import transaction

from vault import scanning, storage
from vault.crypto.derive import make_secret
from vault.crypto.errors import CannotOpen
from vault.crypto.padding import padme
from vault.crypto.reader import SealedReader
from vault.crypto.stream import CHUNK, StreamSealer
from vault.file_facts import (
    FileFacts,
    open_draft_key,
    open_facts,
    seal_draft_key,
    seal_facts,
    stream_context,
)
from vault.inspection import Verdict, clean, inspect, safe_name
from vault.models import FileState, SealedFile
from vault.sessions import Vault

log = logging.getLogger("iswg.files")

# A check may take seconds of a processor, and a scanner may be slow. The pages of this process
# have four threads; so many of them, and no more, may be busy with files.
AT_ONCE = 2
MOST_LEFTOVERS = 100


class NotChecked(Exception):
    """The checks themselves failed on this file; the log has the place."""


@dataclass(frozen=True, slots=True)
class Made:
    """A finished file before its row says so."""

    disk_name: str
    key: bytes
    header: bytes
    facts: FileFacts
    state: str


def begin_on_disk(vault: Vault, file: SealedFile, facts: FileFacts) -> None:
    """Begin, or begin again: a new key and header, and nothing received. Saves no row.

    Nothing sealed under the former key is ever gone on with, so no nonce is used twice.
    """
    key = make_secret()
    file.header = StreamSealer.start(key, stream_context(file.id)).header
    file.facts = seal_facts(key, file.id, facts)
    file.draft_key = seal_draft_key(vault, file, key)
    file.received = 0
    storage.create_part(file.disk_name, bytes(file.header))


def finish(vault: Vault, file: SealedFile, *, patience: float) -> SealedFile:
    """Inspect what has arrived, take out what tells about its author, and keep it.

    Gives the file back as it was if somebody is at it already, or if there was no turn to be
    had within `patience` seconds: ask again. Gives it back with nothing received if what lies
    on the disk is damaged: send it again.
    """
    with _turn(file.id, patience) as ours:
        if not ours:
            return file
        return _finished(vault, file)


def _finished(vault: Vault, file: SealedFile) -> SealedFile:
    key = open_draft_key(vault, file)
    facts = open_facts(key, file)
    try:
        with storage.open_arrived(file.disk_name) as part:
            made = _checked(file, part, key, facts)
        if made.disk_name == file.disk_name and made.state != FileState.REFUSED:
            storage.keep(file.disk_name)
    except (CannotOpen, FileNotFoundError):
        return _begin_again(vault, file, facts)
    return _settle(vault, file, made)


def check_again(vault: Vault, file: SealedFile) -> SealedFile:
    """Put a file that waits for the scanner to it once more."""
    key = open_draft_key(vault, file)
    size = open_facts(key, file).size
    # A file that is gone from the disk is shown as damaged, whatever the scanner would say.
    with contextlib.suppress(FileNotFoundError), storage.open_kept(file.disk_name) as kept:
        scanning.scan_again(file, _reader(file, kept, key, size))
    return file


# One at a time --------------------------------------------------------------------------------

_turns = threading.BoundedSemaphore(AT_ONCE)
_busy: set[UUID] = set()
_busy_lock = threading.Lock()


@contextlib.contextmanager
def _turn(file_id: UUID, patience: float) -> Iterator[bool]:
    """Whether this file may be checked now, by us. Another process may do the same work twice:
    whoever settles second throws the own result away."""
    with _busy_lock:
        free = file_id not in _busy
        if free:
            _busy.add(file_id)
    if not free:
        yield False
        return
    try:
        if _turns.acquire(timeout=patience):
            try:
                yield True
            finally:
                _turns.release()
        else:
            yield False
    finally:
        with _busy_lock:
            _busy.discard(file_id)


# The checks -----------------------------------------------------------------------------------


def _checked(file: SealedFile, part: BinaryIO, key: bytes, facts: FileFacts) -> Made:
    try:
        return _judged(file, part, key, facts)
    except (CannotOpen, OSError):
        raise
    except Exception:  # a file that upsets the checks must not upset the portal
        log.exception("file %s could not be checked", file.pk)
        raise NotChecked from None


def _judged(file: SealedFile, part: BinaryIO, key: bytes, facts: FileFacts) -> Made:
    """What becomes of the file that has arrived."""
    reader = _reader(file, part, key, facts.size)
    verdict = inspect(reader, facts.name)
    facts = replace(facts, media_type=verdict.media_type, verdict=verdict.as_data())
    if verdict.refused:
        return Made(file.disk_name, key, bytes(file.header), facts, FileState.REFUSED)
    facts = replace(facts, name=safe_name(facts.name, verdict.kind))
    if verdict.needs_cleaning:
        return _cleaned_and_scanned(file, reader, verdict, facts)
    facts = replace(facts, sha256=_digest(reader))
    state = scanning.state_by_scanner(file.id, reader)
    return Made(file.disk_name, key, bytes(file.header), facts, state)


def _reader(file: SealedFile, sealed: BinaryIO, key: bytes, size: int) -> SealedReader:
    return SealedReader(sealed, key, stream_context(file.id), size=size)


def _digest(reader: SealedReader) -> str:
    digest = hashlib.sha256()
    for piece in scanning.in_pieces(reader):
        digest.update(piece)
    return digest.hexdigest()


def _cleaned_and_scanned(
    file: SealedFile, reader: SealedReader, verdict: Verdict, facts: FileFacts
) -> Made:
    """What is kept, and so what is scanned, is the cleaned file."""
    name, key, header, facts = _cleaned(file, reader, verdict, facts)
    try:
        with storage.open_kept(name) as kept:
            state = scanning.state_by_scanner(file.id, _reader(file, kept, key, facts.size))
    except BaseException:
        storage.remove(name)
        raise
    return Made(name, key, header, facts, state)


def _cleaned(
    file: SealedFile, reader: SealedReader, verdict: Verdict, facts: FileFacts
) -> tuple[str, bytes, bytes, FileFacts]:
    """The cleaned bytes sealed as a new file under a new key, without a clear copy anywhere."""
    name, key = storage.make_name(), make_secret()
    sealer = StreamSealer.start(key, stream_context(file.id))
    digest = hashlib.sha256()
    size = 0

    def sealed() -> Iterator[bytes]:
        nonlocal size
        yield sealer.header
        for index, last, piece in _chunks(clean(reader, verdict)):
            digest.update(piece)
            size += len(piece)
            yield sealer.seal_chunk(index, last, piece)

    storage.write_kept(name, sealed())
    return name, key, sealer.header, replace(facts, size=size, sha256=digest.hexdigest())


def _chunks(pieces: Iterable[bytes]) -> Iterator[tuple[int, bool, bytes]]:
    """Pieces of any length as full chunks; the last one, which may be short, is told apart."""
    buffer, index = bytearray(), 0
    for piece in pieces:
        buffer += piece
        while len(buffer) > CHUNK:
            yield index, False, bytes(buffer[:CHUNK])
            del buffer[:CHUNK]
            index += 1
    yield index, True, bytes(buffer)


# The row --------------------------------------------------------------------------------------


SETTLED = ["disk_name", "header", "state", "padded_size", "received", "facts", "draft_key"]


def _settle(vault: Vault, file: SealedFile, made: Made) -> SealedFile:
    """Say in the row what became of the file; then take off the disk what is not it."""
    with transaction.atomic():
        fresh = _still_arriving(file)
        if fresh is not None:
            fresh.disk_name, fresh.header, fresh.state = made.disk_name, made.header, made.state
            fresh.padded_size = padme(made.facts.size)
            fresh.received = made.facts.size
            fresh.facts = seal_facts(made.key, fresh.id, made.facts)
            fresh.draft_key = seal_draft_key(vault, fresh, made.key)
            fresh.save(update_fields=SETTLED)
            useless = {file.disk_name, made.disk_name}
            if made.state != FileState.REFUSED:
                useless -= {made.disk_name}
            transaction.on_commit(lambda: _remove(useless), robust=True)
            return fresh
    if made.disk_name != file.disk_name:
        storage.remove(made.disk_name)
    return SealedFile.objects.get(pk=file.pk)


def _remove(names: Iterable[str]) -> None:
    for name in names:
        storage.remove(name)


def _begin_again(vault: Vault, file: SealedFile, facts: FileFacts) -> SealedFile:
    """What lies there cannot be read: nothing has arrived, send it again."""
    with transaction.atomic():
        fresh = _still_arriving(file)
        if fresh is not None:
            log.warning("file %s was damaged on the disk and begins again", file.pk)
            begin_on_disk(vault, fresh, facts)
            fresh.save(update_fields=["header", "facts", "draft_key", "received"])
    return fresh or SealedFile.objects.get(pk=file.pk)


def _still_arriving(file: SealedFile) -> SealedFile | None:
    """The row, locked, if nobody finished it or began it again meanwhile."""
    fresh = SealedFile.objects.select_for_update().filter(pk=file.pk).first()
    if fresh is None or fresh.state != FileState.ARRIVING:
        return None
    return fresh if bytes(fresh.header) == bytes(file.header) else None


def sweep() -> int:
    """Take away what a crash left on the disk. Needs no key: names and dates only.

    Never most of what is there: then it is not the files that are wrong but the database (an
    empty one, or an old one put back), and the operator must look first.
    """
    known = set(SealedFile.objects.values_list("disk_name", flat=True))
    gone = list(storage.leftovers(known))
    if len(gone) > max(MOST_LEFTOVERS, len(known)):
        log.error("%d stored files have no row; none was removed, look at the database", len(gone))
        return 0
    _remove(gone)
    return len(gone)
