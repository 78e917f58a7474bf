"""Somebody who attaches and fetches files, as the scripts of the page do it."""

import re
import uuid
from pathlib import Path
from types import SimpleNamespace

from django.conf import settings
from django.test import Client
from django.urls import reverse

from bulletins.models import Bulletin, Draft
from tests.factories import sign_in
from vault.crypto.stream import CHUNK

FIELDS = {
    "title": "Manifest of the Ziphrannet", "key_line": "See the file.", "body": "See the file.",
    "product_type": "alert", "urgency": "routine", "tlp": "TLP:AMBER", "pap": "PAP:GREEN",
    "source_reliability": "B", "information_credibility": "2", "requested_action": "sighting",
    "purpose": "Finding the crew", "language": "en", "recipients": ["VU"],
}  # fmt: skip


def text_of(size: int, seed: int = 0) -> bytes:
    """A harmless text of exactly this size, in which no two pieces are alike."""
    lines = (b"%d crate %d of the wharf at Neiafu\n" % (seed, n) for n in range(size // 20 + 1))
    return b"".join(lines)[:size]


def pieces(body: bytes) -> list[tuple[int, bytes]]:
    return [(at, body[at : at + CHUNK]) for at in range(0, len(body), CHUNK)]


def words(answer) -> str:
    """What a person reads on the page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def on_disk() -> list[Path]:
    """Every file that lies in the folder of sealed files."""
    return sorted(path for path in Path(settings.FILES_DIR).rglob("*") if path.is_file())


def the_file() -> Path:
    (path,) = on_disk()
    return path


class Officer:
    """A person with a browser, whose page has a draft of its own."""

    def __init__(self, user, **details):
        self.user = user
        self.client = Client(**details)
        self.draft_id = uuid.uuid4()
        if user is not None:
            sign_in(self.client, user)

    @property
    def files_url(self) -> str:
        return reverse("bulletins:files", args=[self.draft_id])

    def announce(self, name: str, size: int):
        return self.client.post(
            self.files_url,
            {"name": name, "size": str(size)},
            headers={"Accept": "application/json"},
        )

    def put(self, url: str, offset: int | str, body: bytes):
        return self.client.put(
            url, body, content_type="application/octet-stream",
            headers={"Upload-Offset": str(offset), "Accept": "application/json"},
        )  # fmt: skip

    def begin(self, name: str, body: bytes, *, upto: int = 0) -> str:
        """Announce a file and send it up to this byte; the address of its pieces."""
        answer = self.announce(name, len(body))
        assert answer.status_code == 201, answer.content
        url = answer.json()["url"]
        for at, piece in pieces(body):
            if at < upto:
                assert self.put(url, at, piece).status_code == 200
        return url

    def send(self, name: str, body: bytes) -> SimpleNamespace:
        """The whole way of a file; what the page was told at the end."""
        answer = self.announce(name, len(body))
        if answer.status_code != 201:
            return SimpleNamespace(status=answer.status_code, url="", **answer.json())
        said, url = {"offset": 0, "done": False}, answer.json()["url"]
        while not said["done"]:
            at = said["offset"]
            answer = self.put(url, at, body[at : at + CHUNK])
            assert answer.status_code == 200, answer.content
            said = answer.json()
        return SimpleNamespace(status=200, url=url, **{"error": "", **said})

    def page(self):
        return self.client.get(reverse("bulletins:draft", args=[self.draft_id]))

    def post_form(self, **more):
        """Without scripts: the text and the small files in one form."""
        return self.client.post(
            reverse("bulletins:new"),
            {**FIELDS, "draft": str(self.draft_id), "version": "0", **more},
        )

    def publish(self) -> Bulletin:
        """Type the rest, check, and send it to Vanuatu."""
        draft = Draft.objects.get(pk=self.draft_id)
        address = reverse("bulletins:draft", args=[self.draft_id])
        self.client.post(address, {**FIELDS, "version": str(draft.version), "save": "1"})
        draft.refresh_from_db()
        answer = self.client.post(
            reverse("bulletins:publish", args=[self.draft_id]), {"version": draft.version}
        )
        assert answer.status_code == 302
        return Bulletin.objects.get(uuid=self.draft_id)

    # As a reader

    def open(self, bulletin):
        return self.client.get(reverse("bulletins:detail", args=[bulletin.ref]))

    def files_of(self, bulletin) -> list[dict]:
        return self.open(bulletin).context["files"]

    def fetch(self, bulletin, number: int = 0):
        return self.client.get(self.files_of(bulletin)[number]["url"])


def fetched(answer) -> bytes:
    assert answer.status_code == 200, words(answer)
    return b"".join(answer.streaming_content)


def issued_with(fiji: Officer, body: bytes, name: str = "crates.txt") -> Bulletin:
    """A bulletin of Fiji to Vanuatu with this file."""
    said = fiji.send(name, body)
    assert said.done, said
    return fiji.publish()
