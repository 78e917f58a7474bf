"""How a file arrives: in pieces of 64 KiB, each sealed before it touches the disk.

The page may lose its link, the process may die, two tabs may send the same piece: the row
says how far the file has come, and every step can be asked for again. A piece that may
already have been sealed is compared with what lies there, never sealed anew in other words
(see vault/crypto/stream.py on why). What happens when the last piece is there is in
`finishing.py`.
"""

from __future__ import annotations

import errno
import hashlib
import hmac
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from access.actors import Actor
from vault import ports, storage
from vault.crypto.errors import CannotOpen
from vault.crypto.padding import padme
from vault.crypto.stream import (
    CHUNK,
    HEADER,
    SEALED_CHUNK,
    StreamOpener,
    StreamSealer,
    sealed_size,
)
from vault.file_facts import FileFacts, open_draft_key, open_facts, stream_context
from vault.files import attached_to, discard
from vault.finishing import NotChecked, begin_on_disk, check_again, finish
from vault.inspection import safe_name
from vault.inspection.names import check_name
from vault.inspection.verdict import Reason, Refused, Verdict
from vault.models import FileState, SealedFile
from vault.sessions import Vault

log = logging.getLogger("iswg.files")

MOST_FILES = 20
# A name that no content can make good is refused before a large file crosses a thin link. A small
# one is sent and looked at, because the sentence about its content says more.
SMALL = 1024 * 1024
# How long a request waits for its turn to have a file checked, before it answers "being
# checked": pieces come from a script that asks again, a form has nobody who would.
PATIENCE, PATIENCE_OF_A_FORM = 1.0, 20.0


class NotAccepted(Exception):
    """An upload that cannot go on as it is, with the sentence for the person.

    Like in HTTP, from 500 on it may be tried again just as it was.
    """

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__()
        self.sentence, self.status = sentence, status


class OutOfStep(Exception):
    """The piece does not follow what has arrived; the file says how far that is."""

    def __init__(self, file: SealedFile) -> None:
        super().__init__()
        self.file = file


def begin(
    *, actor: Actor, vault: Vault, kind: str, object_id: UUID, name: str, size: int
) -> SealedFile:
    """A place for a file that is about to arrive. Its name is made harmless and sealed.

    ObjectDoesNotExist if what it is to be attached to is not there (any more).
    """
    assert actor.user_id is not None  # commands attach nothing
    _accept(name, size)
    with _disk_in_words(), transaction.atomic():
        ports.hold(actor, kind, object_id)
        held = attached_to(kind, object_id).count()
        if held >= MOST_FILES:
            raise NotAccepted(_("Up to %(n)d files can be attached.") % {"n": MOST_FILES})
        _refuse_beyond_quota(actor.user_id, size)
        file = SealedFile(
            id=uuid4(),
            owner_id=actor.user_id,
            kind=kind,
            object_id=object_id,
            position=held,
            disk_name=storage.make_name(),
            padded_size=padme(size),
        )
        begin_on_disk(vault, file, FileFacts(name=safe_name(name), size=size))
        file.save(force_insert=True)
    return file


def _refuse_beyond_quota(person: int, size: int) -> None:
    """So many bytes in all the drafts of one person. What is published counts no more.

    The person's row is held, so that files that begin in the same moment are added up.
    """
    people = get_user_model()._default_manager.select_for_update(no_key=True)
    list(people.filter(pk=person).values_list("pk"))
    unsent = SealedFile.objects.filter(owner=person, draft_key__isnull=False)
    kept = unsent.exclude(state=FileState.REFUSED).aggregate(sum=Sum("padded_size"))["sum"] or 0
    most = settings.MAX_UNSENT_BYTES
    if kept + padme(size) > most:
        words = _(
            "The files of your drafts come to %(n)d MB, as much as one person may keep unsent. "
            "Publish a draft or remove a file first. Nothing of yours was removed."
        )
        raise NotAccepted(words % {"n": round(kept / 2**20)}, 413)


def _accept(name: str, size: int) -> None:
    """What can be told before anything is sent over a thin link."""
    most = settings.MAX_ATTACHMENT_BYTES
    if size < 1:
        raise NotAccepted(_("This file is empty."))
    if size > most:
        words = _("A file may have up to %(n)d MB.")
        raise NotAccepted(words % {"n": most // (1024 * 1024)}, 413)
    try:
        check_name(name)
    except Refused as refused:
        if size <= SMALL and refused.reason != Reason.NAME_HIDDEN_CHARACTERS:
            return
        verdict = Verdict(kind="", media_type="", refused=refused.reason.value)
        raise NotAccepted(str(verdict.sentence)) from None


def receive_piece(*, vault: Vault, file: SealedFile, offset: int, body: bytes) -> SealedFile:
    """Seal one piece and put it in its place; the last one finishes the file."""
    with _disk_in_words():
        file = _place(vault, file, offset, body)
    return go_on(vault=vault, file=file)


def go_on(*, vault: Vault, file: SealedFile, patience: float = PATIENCE) -> SealedFile:
    """What is left to do for a file that is there: check it, or ask the scanner again.

    Can be asked for at any time and as often as one likes. Nothing is left undone by a process
    that died in the middle: the next question goes on from the row.
    """
    try:
        with _disk_in_words():
            if file.state == FileState.ARRIVING and _is_complete(vault, file):
                return finish(vault, file, patience=patience)
            if file.state == FileState.SCAN_PENDING:
                return check_again(vault, file)
    except NotChecked:
        words = _("The server could not check this file. Remove it, and tell the operator.")
        raise NotAccepted(words, 422) from None
    return file


def _is_complete(vault: Vault, file: SealedFile) -> bool:
    return file.received == _facts(vault, file).size


def _facts(vault: Vault, file: SealedFile) -> FileFacts:
    return open_facts(open_draft_key(vault, file), file)


def begins_with(*, vault: Vault, file: SealedFile, offset: int, digest: str) -> bool:
    """Whether somebody who chose a file again holds the one of which this much has arrived.

    `digest` is the SHA-256 (hex) of the SHA-256 of each piece up to `offset`. All of them are
    compared, not only the first, so that no file is ever put together from two.
    """
    if file.state != FileState.ARRIVING or offset != file.received:
        raise OutOfStep(file)
    try:
        with _disk_in_words():
            found = _digest_of_pieces(vault, file)
    except CannotOpen:  # damaged, or gone: what is chosen has to be sent from its beginning
        return False
    return hmac.compare_digest(found.encode(), digest.encode())


def _digest_of_pieces(vault: Vault, file: SealedFile) -> str:
    context = stream_context(file.id)
    opener = StreamOpener(open_draft_key(vault, file), context, bytes(file.header))
    whole = hashlib.sha256()
    try:
        with storage.open_part(file.disk_name) as part:
            part.seek(HEADER)
            for index in range(file.received // CHUNK):
                piece = opener.open_chunk(index, False, part.read(SEALED_CHUNK))
                whole.update(hashlib.sha256(piece).digest())
    except FileNotFoundError:
        raise CannotOpen from None
    return whole.hexdigest()


def receive_whole(
    *, actor: Actor, vault: Vault, kind: str, object_id: UUID, name: str, body: bytes
) -> SealedFile:
    """A small file that came with a form, without scripts: wholly there, or not at all."""
    file = begin(
        actor=actor, vault=vault, kind=kind, object_id=object_id, name=name, size=len(body)
    )
    try:
        with _disk_in_words():
            for at in range(0, len(body), CHUNK):
                file = _place(vault, file, at, body[at : at + CHUNK])
        return go_on(vault=vault, file=file, patience=PATIENCE_OF_A_FORM)
    except NotAccepted:
        discard(file)
        raise
    except OutOfStep:  # its beginning was lost between two pieces
        discard(file)
        raise NotAccepted(_("The server could not keep this. Send the file again."), 503) from None


# One piece ------------------------------------------------------------------------------------


@transaction.atomic
def _place(vault: Vault, file: SealedFile, offset: int, body: bytes) -> SealedFile:
    file = SealedFile.objects.select_for_update().get(pk=file.pk)
    if file.state != FileState.ARRIVING or offset != file.received:
        raise OutOfStep(file)
    key = open_draft_key(vault, file)
    facts = open_facts(key, file)
    if offset == facts.size:
        raise OutOfStep(file)
    last = offset + len(body) == facts.size
    if not (len(body) == CHUNK or last) or offset + len(body) > facts.size:
        raise NotAccepted(_("This piece does not fit the file that was announced."))
    sealer = StreamSealer.resume(key, stream_context(file.id), bytes(file.header))
    if _write(sealer, file, offset // CHUNK, last, body):
        file.received = offset + len(body)
        file.save(update_fields=["received"])
    else:
        begin_on_disk(vault, file, facts)
        file.save(update_fields=["header", "facts", "draft_key", "received"])
    return file


def _write(sealer: StreamSealer, file: SealedFile, index: int, last: bool, body: bytes) -> bool:
    """Put the piece in its place; False if the file on the disk cannot be gone on with.

    That is so if less lies there than the row says (a power cut, a copy that was put back), or
    if another piece was once sealed in this place: the process died, or the disk was full,
    before the row knew of it.
    """
    place = HEADER + index * SEALED_CHUNK
    end = sealed_size(file.padded_size) if last else place + SEALED_CHUNK
    try:
        with storage.open_part(file.disk_name) as part:
            if part.read(HEADER) != sealer.header or not place <= part.seek(0, os.SEEK_END) <= end:
                return False
            part.seek(place)
            return _complete(sealer, part, index, last, body)
    except FileNotFoundError:
        return False


def _complete(sealer: StreamSealer, part: BinaryIO, index: int, last: bool, body: bytes) -> bool:
    there = part.read()
    if there and sealer.holds(index, last, body, there):
        return True
    # A torn beginning is gone on with if it is of this very piece: key, place and words being
    # the same, its seal comes out the same, byte by byte. Of any other piece the seal made here
    # is thrown away unseen, so that no two pieces under one nonce ever leave this function.
    sealed = sealer.seal_chunk(index, last, body)
    if not sealed.startswith(there):
        return False
    part.write(sealed[len(there) :])
    return True


@contextmanager
def _disk_in_words() -> Iterator[None]:
    """A disk that is full or failing is no fault of the file, which can go on later."""
    try:
        yield
    except OSError as trouble:
        log.error(
            "a piece of a file could not be kept: %s", errno.errorcode.get(trouble.errno or 0)
        )
        if trouble.errno in (errno.ENOSPC, errno.EDQUOT):
            words = _("The server's disk is full. What was sent is kept; tell the operator.")
        else:
            words = _("The server could not keep this. What was sent is kept; try again later.")
        raise NotAccepted(words, 503) from None
