"""What waits on an administration, from every noun, in the order in which it is due."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from access.actors import Actor
from bulletins import opening, queries
from discussions.opening import open_topics
from discussions.queries import unread_mentions
from vault.sessions import Vault
from vault.waiting import waiting_for_key

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Need:
    """One row of the home page: the deadline in the margin, and one button with the real verb."""

    id: str
    title: str
    url: str
    verb: str
    due_on: datetime.date | None = None
    tlp: str = ""
    facts: tuple[str, ...] = ()


def needs_of(actor: Actor, vault: Vault | None) -> list[Need]:
    """Late first, then by date, then what has no date."""
    needs = [
        *_bulletins(actor, vault),
        *_expiring(actor, vault),
        *_named(actor, vault),
        *_keys(actor),
    ]
    far = datetime.date.max
    return sorted(needs, key=lambda need: need.due_on or far)


def _bulletins(actor: Actor, vault: Vault | None) -> list[Need]:
    rows = list(queries.waiting_rows(actor)[:SHOWN])
    titles = opening.open_titles(vault, [row.bulletin for row in rows])
    return [_acknowledge(row.bulletin, titles.get(row.bulletin_id)) for row in rows]


def _acknowledge(bulletin: Any, title: str | None) -> Need:
    return Need(
        id=f"waiting-{bulletin.pk}",
        title=title or _("%(ref)s: does not open with your key") % {"ref": bulletin.ref},
        url=reverse("bulletins:detail", args=[bulletin.ref]),
        verb=_("Read and acknowledge"),
        due_on=bulletin.due_on,
        tlp=bulletin.tlp,
        facts=(
            _("From %(name)s") % {"name": bulletin.origin.label},
            str(bulletin.get_product_type_display()),
            bulletin.ref,
        ),
    )


def _expiring(actor: Actor, vault: Vault | None) -> list[Need]:
    """Own bulletins that lapse within a week: worth a look before readers lose them."""
    rows = list(queries.expiring_soon(actor)[:SHOWN])
    titles = opening.open_titles(vault, [row.bulletin for row in rows])
    return [
        Need(
            id=f"expiring-{row.bulletin_id}",
            title=titles.get(row.bulletin_id) or row.bulletin.ref,
            url=reverse("bulletins:detail", args=[row.bulletin.ref]),
            verb=_("Look again"),
            due_on=row.bulletin.valid_until,
            tlp=row.bulletin.tlp,
            facts=(_("Issued by you, lapses on this day"), row.bulletin.ref),
        )
        for row in rows
    ]


def _named(actor: Actor, vault: Vault | None) -> list[Need]:
    """Where somebody called this person or the administration, and nobody here has looked yet."""
    mentions = list(unread_mentions(actor)[:SHOWN])
    topics = open_topics(vault, {mention.message.thread for mention in mentions})
    return [_read(mention.message, topics.get(mention.message.thread_id)) for mention in mentions]


def _read(message: Any, topic: str | None) -> Need:
    ref = message.thread.ref
    return Need(
        id=f"named-{message.pk}",
        title=topic or _("%(ref)s: does not open with your key") % {"ref": ref},
        url=f"{reverse('discussions:thread', args=[ref])}?at={message.number}#p-{message.number}",
        verb=_("Read and answer"),
        tlp=message.thread.tlp,
        facts=(_("%(name)s names you") % {"name": message.administration.label}, ref),
    )


def _keys(actor: Actor) -> list[Need]:
    """Colleagues who wait for the administration's key."""
    return [
        Need(
            id=f"key-{person.pk}",
            title=_("Grant the key to %(name)s") % {"name": person.name},
            url=reverse("vault:grant", args=[person.pk]),
            verb=_("Compare and grant"),
            facts=(_("Cannot read bulletins until then"),),
        )
        for person in waiting_for_key(actor)
    ]
