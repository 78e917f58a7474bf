"""Words put into every field, file name and file are found nowhere on the server.

Looked for in the database file and its WAL, the files, the spool and mail folders, the
temporary folder and the logs: raw, UTF-16, base64 in its three alignments, hex, and deflated.
"""

import base64
import logging
import os
import tempfile
import uuid
import zlib
from pathlib import Path

import pytest
from django.core import management
from django.db import connection
from django.urls import reverse

from activity.models import OutgoingMail
from tests.factories import signed_in
from vault.uploads import CHUNK

pytestmark = pytest.mark.django_db(transaction=True)

FIELDS = {
    "title": "zanquilla title", "key_line": "vorpentine key line", "body": "## Brillowmast body",
    "purpose": "tuvanikel purpose", "legal_basis": "Act grumblewick 12",
    "caveats": "mind the sproketaan", "product_type": "alert", "urgency": "routine",
    "tlp": "TLP:AMBER", "pap": "PAP:GREEN", "source_reliability": "B",
    "information_credibility": "2", "requested_action": "sighting", "language": "en",
    "recipients": ["VU"], "entity-0-kind": "vessel", "entity-0-name": "Plondervik",
    "entity-0-numbers": "IMO 9074729\nregistration grubb-33x", "entity-0-note": "trivelsome hull",
}  # fmt: skip
FILE_NAME = "hoxterpane manifest.txt"
FILE_WORDS = ("kelpindorf crate list, " * 9000).encode()
CANARIES = [
    "zanquilla", "vorpentine", "rillowmast", "tuvanikel", "grumblewick", "sproketaan",
    "londervik", "rivelsome", "grubb-33x", "9074729",
    "hoxterpane", "kelpindorf", "quistaboom", "reef lantern copra",
]  # fmt: skip


def encodings(word: str) -> list[bytes]:
    """The ways in which a word usually lies about on a disk."""
    raw = word.encode()
    found = [raw, raw.upper(), word.encode("utf-16-le"), word.encode("utf-16-be"),
             raw.hex().encode(), raw.hex().upper().encode()]  # fmt: skip
    for shift in range(3):
        coded = base64.b64encode(bytes(shift) + raw)
        found.append(coded[4 if shift else 0 : -4])
    return found


def inflated(body: bytes) -> bytes:
    """Whatever in the body inflates, raw or with a header: a leak may be compressed."""
    pieces = []
    for at in range(len(body)):
        if body[at : at + 1] == b"\x78":
            try:
                pieces.append(zlib.decompressobj().decompress(body[at:], 1 << 16))
            except zlib.error:
                continue
    return b"".join(pieces)


def assert_absent(body: bytes, where: str) -> None:
    everything = body + inflated(body)
    for word in CANARIES:
        for form in encodings(word):
            assert form not in everything, f"{word} as {form[:20]!r} in {where}"


def test_the_scan_itself_finds_every_encoding():
    """Without this the other tests could pass because the scan is blind."""
    for word in CANARIES:
        samples = [*encodings(word), zlib.compress(word.encode() * 3)]
        for sample in samples:
            with pytest.raises(AssertionError):
                assert_absent(b"..." + sample + b"...", "here")


def database_dump() -> bytes:
    """Every byte that a thief of the database would have."""
    if connection.vendor == "sqlite":
        name = connection.settings_dict["NAME"]
        if "memory" in str(name):
            return "\n".join(connection.connection.iterdump()).encode() + raw_columns()
        return b"".join(p.read_bytes() for p in Path(name).parent.glob(Path(name).name + "*"))
    return raw_columns()


def raw_columns() -> bytes:
    from django.apps import apps

    found = []
    for model in apps.get_models():
        for row in model._base_manager.values_list():
            for value in row:
                raw = isinstance(value, bytes | memoryview)
                found.append(bytes(value) if raw else str(value).encode())
    return b"\n".join(found)


@pytest.fixture
def places(settings, tmp_path, monkeypatch):
    """Every folder that the server may write to, fresh and to be searched."""
    for name in ("FILES_DIR", "MAIL_DIR", "SPOOL_DIR"):
        setattr(settings, name, tmp_path / name.lower())
    settings.EMAIL_BACKEND = "activity.mail.EmlFileBackend"
    spool = tmp_path / "tmp"
    spool.mkdir()
    monkeypatch.setenv("TMPDIR", str(spool))
    monkeypatch.setattr(tempfile, "tempdir", str(spool))
    return tmp_path


class Kept(logging.Handler):
    def __init__(self):
        super().__init__(logging.DEBUG)
        self.text = ""

    def emit(self, record):
        from iswg.logs import QuietFormatter

        self.text += QuietFormatter("%(name)s %(message)s").format(record) + "\n"


@pytest.fixture
def logs():
    handler = Kept()
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


def upload(client, draft_id) -> None:
    start = client.post(
        reverse("bulletins:files", args=[draft_id]),
        {"name": FILE_NAME, "size": str(len(FILE_WORDS))},
    ).json()
    at = 0
    while at < len(FILE_WORDS):
        answer = client.put(
            start["url"], FILE_WORDS[at : at + CHUNK],
            content_type="application/octet-stream", headers={"Upload-Offset": str(at)},
        )  # fmt: skip
        at = answer.json()["offset"]
    assert answer.json()["done"], answer.json()


def test_no_word_of_a_bulletin_lies_anywhere_on_the_server(places, world, logs):
    fiji, vanuatu = signed_in(world.fj), signed_in(world.vu)
    draft_id = uuid.uuid4()
    autosave = reverse("bulletins:autosave", args=[draft_id])
    fiji.post(autosave, {**FIELDS, "title": "quistaboom half typed", "version": "0"})
    upload(fiji, draft_id)
    assert_absent(database_dump(), "the database while drafting")
    page = fiji.post(
        reverse("bulletins:draft", args=[draft_id]), {**FIELDS, "version": "1", "check": "1"}
    )
    fiji.get(page.url)
    sent = fiji.post(reverse("bulletins:publish", args=[draft_id]), {"version": "2"})
    assert sent.status_code == 302
    assert "/drafts/" not in sent.url
    shown = vanuatu.get(sent.url)
    assert all(word in shown.content.decode() for word in ("zanquilla", "hoxterpane"))
    file_url = next(p["url"] for p in shown.context["files"])
    assert b"".join(vanuatu.get(file_url).streaming_content) == FILE_WORDS
    vanuatu.get(reverse("search"), {"q": "kelpindorf zanquilla"})
    OutgoingMail.objects.update(not_before="2020-01-01T00:00Z")
    management.call_command("deliver_mail")
    management.call_command("tick")
    assert list(places.glob("mail_dir/*.eml")), "mails were sent"
    assert_absent(database_dump(), "the database")
    assert_absent(logs.text.encode(), "the logs")
    for path in places.rglob("*"):
        if path.is_file():
            assert_absent(path.read_bytes(), str(path.relative_to(places)))
            assert_absent(path.name.encode(), "a file's name")


def test_a_file_position_of_zero_is_all_the_disk_knows(places, world):
    """Names on the disk are random and say nothing of kind, order or owner."""
    client = signed_in(world.fj)
    upload(client, uuid.uuid4())
    files = [p for p in (places / "files_dir").rglob("*") if p.is_file()]
    assert len(files) == 1
    assert len(files[0].name) == 32
    assert int(files[0].name, 16) >= 0
    assert os.stat(files[0]).st_mode & 0o077 == 0
