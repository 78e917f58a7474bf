"""How a file arrives: in pieces of 64 KiB, each sealed before it touches the disk.

The page may lose its link, the process may die, two tabs may send the same piece: the row
says how far the file has come, and every step can be asked for again. A piece that may
already have been sealed is compared with what lies there, never sealed anew in other words
(see vault/crypto/stream.py on why).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from access.actors import Actor
from vault import storage
from vault.crypto.derive import make_secret
from vault.crypto.padding import padme
from vault.crypto.stream import CHUNK, HEADER, SEALED_CHUNK, SealedReader, StreamSealer
from vault.files import (
    FileFacts,
    of_draft,
    open_draft_key,
    open_facts,
    seal_draft_key,
    seal_facts,
    stream_context,
)
from vault.inspection import Verdict, clean, inspect, safe_name
from vault.models import FileState, SealedFile
from vault.scanner import ScannerUnavailable, scan
from vault.sessions import Vault

MOST_FILES = 20


class NotAccepted(Exception):
    """An upload that cannot go on, with the sentence for the person."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__()
        self.sentence, self.status = sentence, status


class OutOfStep(Exception):
    """The piece does not follow what has arrived: go on from `offset`."""

    def __init__(self, offset: int) -> None:
        super().__init__()
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Made:
    """A finished file before its row says so."""

    disk_name: str
    key: bytes
    header: bytes
    facts: FileFacts
    state: str


@transaction.atomic
def begin(
    *, actor: Actor, vault: Vault, kind: str, object_id: UUID, name: str, size: int
) -> SealedFile:
    """A place for a file that is about to arrive. Its name is made harmless and sealed."""
    if not 0 < size <= settings.MAX_ATTACHMENT_BYTES:
        limit = settings.MAX_ATTACHMENT_BYTES // (1024 * 1024)
        words = _("The file is empty.") if size == 0 else _("A file may have up to %(n)d MB.")
        raise NotAccepted(words % {"n": limit} if size else words, 413 if size else 400)
    held = of_draft(kind, object_id)
    if len(held) >= MOST_FILES:
        raise NotAccepted(_("Up to %(n)d files can be attached.") % {"n": MOST_FILES})
    file = SealedFile(
        id=uuid4(),
        owner_id=actor.user_id,
        kind=kind,
        object_id=object_id,
        position=len(held),
        disk_name=storage.make_name(),
        padded_size=padme(size),
    )
    _start(vault, file, FileFacts(name=safe_name(name), size=size))
    file.save(force_insert=True)
    return file


def _start(vault: Vault, file: SealedFile, facts: FileFacts) -> None:
    """Begin, or begin again: a new key and header, and nothing received."""
    key = make_secret()
    file.header = StreamSealer.start(key, stream_context(file.id)).header
    file.facts = seal_facts(key, file.id, facts)
    file.draft_key = seal_draft_key(vault, file, key)
    file.received = 0
    storage.create_part(file.disk_name, bytes(file.header))


def receive_piece(*, vault: Vault, file: SealedFile, offset: int, body: bytes) -> SealedFile:
    """Seal one piece and put it in its place; the last one finishes the file."""
    try:
        file = _place(vault, file, offset, body)
    except OSError:
        raise NotAccepted(
            _("The server could not keep the piece. Try again in a minute."), 503
        ) from None
    if file.state == FileState.ARRIVING and file.received == _facts(vault, file).size:
        return finish(vault=vault, file=file)
    return file


def _facts(vault: Vault, file: SealedFile) -> FileFacts:
    return open_facts(open_draft_key(vault, file), file)


@transaction.atomic
def _place(vault: Vault, file: SealedFile, offset: int, body: bytes) -> SealedFile:
    file = SealedFile.objects.select_for_update().get(pk=file.pk)
    key = open_draft_key(vault, file)
    facts = open_facts(key, file)
    if file.state != FileState.ARRIVING or offset != file.received:
        raise OutOfStep(file.received)
    last = offset + len(body) == facts.size
    if offset + len(body) > facts.size or not body or (len(body) != CHUNK and not last):
        raise NotAccepted(_("This piece does not fit the file that was announced."))
    sealer = StreamSealer.resume(key, stream_context(file.id), bytes(file.header))
    if not _write(sealer, file, offset // CHUNK, last, body):
        _start(vault, file, facts)
        file.save(update_fields=["header", "facts", "draft_key", "received"])
        return file
    file.received = offset + len(body)
    file.save(update_fields=["received"])
    return file


def _write(sealer: StreamSealer, file: SealedFile, index: int, last: bool, body: bytes) -> bool:
    """Put the piece in its place; False if another piece was sealed there and then lost."""
    with storage.open_part(file.disk_name) as part:
        part.seek(HEADER + index * SEALED_CHUNK)
        if there := part.read():
            return sealer.holds(index, last, body, there)
        part.write(sealer.seal_chunk(index, last, body))
        return True


def receive_whole(
    *, actor: Actor, vault: Vault, kind: str, object_id: UUID, name: str, body: bytes
) -> SealedFile:
    """A small file that came with a form, without scripts."""
    file = begin(
        actor=actor, vault=vault, kind=kind, object_id=object_id, name=name, size=len(body)
    )
    for at in range(0, len(body), CHUNK):
        file = receive_piece(vault=vault, file=file, offset=at, body=body[at : at + CHUNK])
    return file


# The end of an upload -------------------------------------------------------------------------


def finish(*, vault: Vault, file: SealedFile) -> SealedFile:
    """Inspect what has arrived, take out what tells about its author, and keep it.

    Outside any transaction: it reads the whole file, and nobody shall wait for that. Whoever
    finishes second (two tabs) finds the row changed and throws the own work away.
    """
    key = open_draft_key(vault, file)
    facts = open_facts(key, file)
    with storage.open_part(file.disk_name) as part:
        made = _judged(file, part, key, facts)
    if made.disk_name == file.disk_name and made.state != FileState.REFUSED:
        storage.keep(file.disk_name)
    return _settle(vault, file, made)


def _judged(file: SealedFile, part: BinaryIO, key: bytes, facts: FileFacts) -> Made:
    """What becomes of the file that has arrived."""
    reader = SealedReader(part, key, stream_context(file.id), size=facts.size)
    verdict = inspect(reader, facts.name)
    facts = replace(facts, media_type=verdict.media_type, verdict=verdict.as_data())
    if verdict.refused:
        return Made(file.disk_name, key, bytes(file.header), facts, FileState.REFUSED)
    if verdict.needs_cleaning:
        name, key, header, facts = _cleaned(file, reader, verdict, facts)
        with storage.open_kept(name) as kept:
            reader = SealedReader(kept, key, stream_context(file.id), size=facts.size)
            return Made(name, key, header, facts, _scanned(reader))
    facts = replace(facts, sha256=_digest(reader))
    return Made(file.disk_name, key, bytes(file.header), facts, _scanned(reader))


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


def _digest(reader: SealedReader) -> str:
    digest = hashlib.sha256()
    for piece in _all(reader):
        digest.update(piece)
    return digest.hexdigest()


def _all(reader: SealedReader) -> Iterator[bytes]:
    reader.seek(0)
    while piece := reader.read(CHUNK):
        yield piece


def _scanned(reader: SealedReader) -> str:
    """Closed until the scanner has spoken, if there is one."""
    try:
        answer = scan(_all(reader), settings.CLAMD_URL)
    except ScannerUnavailable:
        return FileState.SCAN_PENDING
    return FileState.READY if answer is None or answer.clean else FileState.REFUSED


@transaction.atomic
def _settle(vault: Vault, file: SealedFile, made: Made) -> SealedFile:
    fresh = SealedFile.objects.select_for_update().get(pk=file.pk)
    if fresh.state != FileState.ARRIVING or bytes(fresh.header) != bytes(file.header):
        if made.disk_name != fresh.disk_name:
            storage.remove(made.disk_name)
        return fresh
    former = fresh.disk_name
    fresh.disk_name, fresh.header, fresh.state = made.disk_name, made.header, made.state
    fresh.padded_size = padme(made.facts.size)
    fresh.received = made.facts.size
    fresh.facts = seal_facts(made.key, fresh.id, made.facts)
    fresh.draft_key = seal_draft_key(vault, fresh, made.key)
    fresh.save()
    if made.state == FileState.REFUSED or former != made.disk_name:
        transaction.on_commit(lambda: storage.remove(former), robust=True)
    return fresh


def sweep() -> int:
    """Take away what a crash left on the disk. Needs no key: names and dates only."""
    known = set(SealedFile.objects.values_list("disk_name", flat=True))
    gone = list(storage.leftovers(known))
    for name in gone:
        storage.remove(name)
    return len(gone)
