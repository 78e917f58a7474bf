"""What the malware scanner says about a stored file, and asking it again.

Closed until it has spoken: without an answer a file waits, and nobody can fetch it. Whoever
opens it next brings the key, so the question is put again then. A file in which something is
found is taken off the disk; its row stays, so that its page can say why it is gone.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from uuid import UUID

from django.conf import settings
from django.db import transaction

from vault import storage
from vault.crypto.reader import SealedReader
from vault.crypto.stream import CHUNK
from vault.models import FileState, SealedFile
from vault.scanner import ScannerUnavailable, scan

log = logging.getLogger("iswg.files")


def in_pieces(reader: SealedReader) -> Iterator[bytes]:
    """The whole plain file from its beginning, a chunk at a time."""
    reader.seek(0)
    while piece := reader.read(CHUNK):
        yield piece


def state_by_scanner(file_id: UUID, reader: SealedReader) -> FileState:
    """Ready, refused, or waiting for an answer. Ready without a scanner: then none is claimed."""
    try:
        answer = scan(in_pieces(reader), settings.CLAMD_URL)
    except ScannerUnavailable:
        log.warning("the scanner gave no answer about file %s", file_id)
        return FileState.SCAN_PENDING
    if answer is None or answer.clean:
        return FileState.READY
    log.warning("the scanner refuses file %s: %s", file_id, answer.found)
    return FileState.REFUSED


def scan_again(file: SealedFile, reader: SealedReader) -> bool:
    """Ask again about a file that waits, and keep the answer; True if this call changed it.

    Outside any transaction, because a scan takes its time. Two readers may ask at once: the
    first answer counts, and both see it in `file.state`.
    """
    state = state_by_scanner(file.id, reader)
    if state == FileState.SCAN_PENDING:
        return False
    with transaction.atomic():
        waiting = SealedFile.objects.filter(pk=file.pk, state=FileState.SCAN_PENDING)
        changed = bool(waiting.update(state=state))
        file.refresh_from_db(fields=["state"])
        if changed and state == FileState.REFUSED:
            transaction.on_commit(lambda: storage.remove(file.disk_name), robust=True)
    return changed
