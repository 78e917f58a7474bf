"""An officer who attaches files by the services that the pages use, and a witness of the disk."""

import threading

from django.db import connection

from bulletins.services import DRAFT_KIND
from tests.bulletins.attaching import on_disk, pieces, text_of
from vault import storage, uploads
from vault.crypto.reader import SealedReader
from vault.crypto.stream import CHUNK, HEADER, SEALED_CHUNK
from vault.file_facts import open_draft_key, open_facts, stream_context
from vault.models import SealedFile

BODY, OTHER = text_of(3 * CHUNK + 1000), text_of(3 * CHUNK + 1000, seed=7)


class Author:
    """Fiji's coordinator with a draft, by the services that the pages use."""

    def __init__(self, world, desk):
        self.draft = desk.draft(world.fj)
        self.vault, self.acting = world.vault(world.fj), desk.acting(world.fj)
        self.desk = desk

    def begin(self, body=BODY, name="crates.txt"):
        return uploads.begin(
            **self.acting, kind=DRAFT_KIND, object_id=self.draft.pk, name=name, size=len(body)
        )

    def put(self, file, at, body=BODY):
        piece = body[at : at + CHUNK]
        return uploads.receive_piece(vault=self.vault, file=file, offset=at, body=piece)

    def send(self, body=BODY, name="crates.txt"):
        file = self.begin(body, name)
        for at, _piece in pieces(body):
            file = self.put(file, at, body)
        return file

    def all_but_checked(self, body=BODY, name="crates.txt"):
        """A file whose process died after its last piece was kept and before it was checked."""
        file = self.begin(body, name)
        for at, piece in pieces(body):
            file = uploads._place(self.vault, file, at, piece)
        assert (file.state, file.received) == ("arriving", len(body))
        return file

    def go_on(self, file):
        fresh = SealedFile.objects.get(pk=file.pk)
        return uploads.go_on(vault=self.vault, file=fresh)

    def plain(self, file) -> bytes:
        key = open_draft_key(self.vault, file)
        with storage.open_kept(file.disk_name) as sealed:
            size = open_facts(key, file).size
            return SealedReader(sealed, key, stream_context(file.id), size=size).read()


class Witness:
    """Somebody who copies the disk again and again."""

    def __init__(self):
        self.seen: dict[tuple[bytes, int], bytes] = {}

    def look(self):
        for path in on_disk():
            raw = path.read_bytes()
            for at in range(HEADER, len(raw), SEALED_CHUNK):
                place = (raw[:HEADER], at)
                now, before = raw[at : at + SEALED_CHUNK], self.seen.get(place, b"")
                short = min(len(now), len(before))
                assert now[:short] == before[:short], "one nonce, two pieces"
                self.seen[place] = max(now, before, key=len)
            assert b"crate" not in raw


def in_thread(act, *arguments) -> threading.Thread:
    """Started, in a thread of its own, with a connection of its own that does not stay open."""

    def acts():
        try:
            act(*arguments)
        finally:
            connection.close()

    thread = threading.Thread(target=acts)
    thread.start()
    return thread
