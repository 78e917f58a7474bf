"""What the depositary certifies on paper: true copies of texts, and notifications in both
languages. Each page says who took it; each ends with the newest checkpoint of the journal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from access.actors import Actor
from accounts.models import Administration
from accounts.queries import administration_of
from activity.queries import newest_checkpoint
from mous.models import Instrument, Notification, TextVersion
from mous.notified import Telling
from mous.services.texts import checked_for_certificate, note_certified
from papers.content import Block, Fact, Paper
from papers.printing import print_paper
from papers.prose import plain
from vault.sessions import Vault


def certified_copy(actor: Actor, vault: Vault | None, row: TextVersion) -> bytes:
    """The text that lies here was read to its last byte, and has the sum that is stated; recorded
    once the paper is made."""
    ready = checked_for_certificate(vault, row)
    drawn = print_paper(_copy(actor, row, ready.name, ready.size))
    note_certified(actor=actor, row=row)
    return drawn


def _copy(actor: Actor, row: TextVersion, name: str, size: int) -> Paper:
    instrument = row.instrument
    facts = [
        Fact(_("Instrument"), f"{instrument.title} / {instrument.title_fr}"),
        Fact(_("Version"), str(row.number)),
        Fact(_("Language"), language_name(row.language)),
        Fact(_("File"), _("%(name)s, %(size)d bytes") % {"name": name, "size": size}),
        Fact("SHA-256", row.sha256),
        Fact(_("Deposited"), moment(row.entered_at)),
        Fact(_("Deposited by"), f"{row.entered_by.name}, {row.entered_for.label}"),
    ]
    blocks: list[Block] = [
        {"kind": "rule"},
        {"kind": "sides", "parts": [_spoken(one, _statement(row, one)) for one in ("en", "fr")]},
    ]
    return _paper(actor, instrument, _("Certified true copy"), facts, blocks)


def _statement(row: TextVersion, language: str) -> list[Block]:
    with translation.override(language):
        facts = {"row": row, "instrument": row.instrument, "depositary": row.instrument.depositary}
        return _paragraphs(render_to_string("mous/_certified.txt", facts))


def notification_paper(
    actor: Actor, notification: Notification, telling: Iterable[Telling]
) -> bytes:
    """A notification as it stands on its page, in both languages side by side."""
    sides = [_spoken(one.language, _paragraphs("\n\n".join(one.paragraphs))) for one in telling]
    facts = [
        Fact(_("Notification"), f"{notification.instrument.slug} {notification.number}"),
        Fact(_("Sent"), moment(notification.sent_at)),
    ]
    title = _("Depositary notification %(n)d") % {"n": notification.number}
    blocks: list[Block] = [{"kind": "rule"}, {"kind": "sides", "parts": sides}]
    return print_paper(_paper(actor, notification.instrument, title, facts, blocks))


def _paper(
    actor: Actor, instrument: Instrument, title: str, facts: list[Fact], blocks: list[Block]
) -> Paper:
    home: Administration = administration_of(actor)
    return Paper(
        title=title,
        language=(get_language() or "en")[:2],
        marking=_("Depositary"),
        meaning=instrument.depositary.label,
        reference=instrument.slug,
        taken_by=[f"{home.label} ({home.code})", moment(timezone.now())],
        of_pages=_("Page %(page)s of %(pages)s"),
        facts=facts,
        blocks=blocks,
        closing=checkpoint_words(),
    )


def _spoken(language: str, blocks: list[Block]) -> Block:
    return {"kind": "spoken", "language": language, "parts": blocks}


def _paragraphs(text: str) -> list[Block]:
    pieces = (" ".join(one.split()) for one in text.split("\n\n"))
    return [block for piece in pieces if piece for block in plain(piece)]


def language_name(code: str) -> str:
    return str({"en": _("English"), "fr": _("French")}.get(code, code))


def checkpoint_words() -> str:
    """What of the journal this paper can be held against, years later."""
    row = newest_checkpoint()
    if row is None:
        return _("No checkpoint of the journal had been made when this was printed.")
    facts: dict[str, Any] = {
        "size": row.size, "made": moment(row.made_at),
        "head": bytes(row.head).hex(), "root": bytes(row.root).hex(),
    }  # fmt: skip
    words = _(
        "Newest checkpoint of the portal's journal, made %(made)s: %(size)d lines, newest hash "
        "%(head)s, Merkle root %(root)s. Compare it with the mail of that day."
    )
    return words % facts


def moment(value: Any) -> str:
    return render_to_string("mous/_moment.txt", {"moment": value}).strip()
