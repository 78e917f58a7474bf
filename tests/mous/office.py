"""People at their pages of the register: what they send, and what they read there."""

from __future__ import annotations

import io
import re
import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

SLUG = "oco-mou"
BODY = b"The wexelbird signed at dawn.\n"


def page(*rest: object, slug: str = SLUG) -> str:
    return "/".join(["/mous", slug, *map(str, rest), ""])


def words(answer: Any) -> str:
    """What a person reads on the page."""
    shown = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", shown).replace("&#x27;", "'").replace("&quot;", '"')


def hidden(answer: Any, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode())
    assert found, f"no field {name}"
    return found[1]


def typed(**more: Any) -> dict[str, Any]:
    """An act as its form sends it."""
    return {
        "act": str(uuid.uuid4()), "party": "FJ", "kind": "SIGNED_DEFINITIVE",
        "done_on": "2024-05-01", "received_on": "", "effective_on": "", "place": "",
        "signatory": "", "signatory_title": "", "capacity": "", "full_powers": "", "text": "",
        "scope": "", "note": "", **more,
    }  # fmt: skip


def enters(client: Client, *files: tuple[str, bytes], slug: str = SLUG, **more: Any) -> Any:
    """As without scripts: the page is fetched, the form with its files is sent."""
    place = page("enter", slug=slug)
    data = typed(**{"act": hidden(client.get(place), "act"), **more})
    if files:
        data["file"] = [SimpleUploadedFile(name, body) for name, body in files]
    return client.post(place, data)


def photograph(colour: str = "navy") -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (48, 32), colour).save(made, "JPEG")
    return made.getvalue()


def links(answer: Any, part: str) -> list[str]:
    return re.findall(rf'href="(/mous/[^"]*{part}[^"]*)"', answer.content.decode())
