"""What waits on an administration, from every noun, in the order in which it is due."""

from __future__ import annotations

import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from access.actors import Actor
from bulletins import opening, queries
from discussions.opening import open_topics
from discussions.queries import unread_mentions
from iswg.mou_needs import register_needs
from iswg.need import Need
from meetings.owed import minutes_to_read, open_silences, owed_actions
from meetings.registers import with_words
from meetings.titles import item_titles, titles_of
from meetings.wanted import papers_owed_by, unanswered_by, unanswered_polls
from vault.sessions import Vault
from vault.waiting import waiting_for_key

SHOWN = 50


def needs_of(actor: Actor, vault: Vault | None) -> list[Need]:
    """Late first, then by date, then what has no date."""
    needs = [
        *_bulletins(actor, vault),
        *_expiring(actor, vault),
        *_named(actor, vault),
        *_invitations(actor, vault),
        *_polls(actor, vault),
        *_papers(actor, vault),
        *_actions(actor, vault),
        *_silences(actor, vault),
        *_minutes(actor, vault),
        *register_needs(actor),
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


def _actions(actor: Actor, vault: Vault | None) -> list[Need]:
    """What a meeting gave this administration to do."""
    entries = with_words(vault, owed_actions(actor)[:SHOWN])
    return [
        Need(
            id=f"action-{one.row.number}",
            title=one.words.words
            or _("%(ref)s: does not open with your key") % {"ref": one.row.number},
            url=reverse("registers:action", args=[one.row.uuid]),
            verb=_("Report"),
            due_on=one.row.due_on,
            facts=(_("Action"), one.row.number, one.row.meeting.ref),
        )
        for one in entries
    ]


def _silences(actor: Actor, vault: Vault | None) -> list[Need]:
    """Texts that stand if this seat says nothing."""
    rows = open_silences(actor)[:SHOWN]
    titles = titles_of(vault, [row.meeting for row in rows])
    return [
        Need(
            id=f"silence-{row.meeting.ref}",
            title=titles[row.meeting_id],
            url=reverse("meetings:silence", args=[row.meeting.ref]),
            verb=_("Read, and object or not"),
            due_on=timezone.localtime(row.deadline).date() if row.deadline else None,
            facts=(_("Decision out of session"), row.meeting.ref),
        )
        for row in rows
    ]


def _invitations(actor: Actor, vault: Vault | None) -> list[Need]:
    """Invitations that this administration has not answered, or answered for another time."""
    rows = unanswered_by(actor)[:SHOWN]
    titles = titles_of(vault, rows)
    return [
        Need(
            id=f"invited-{row.ref}",
            title=_("Reply to the invitation: %(title)s") % {"title": titles[row.pk]},
            url=reverse("meetings:invitation", args=[row.ref]),
            verb=_("Reply"),
            due_on=row.replies_due_on,
            facts=(row.ref,),
        )
        for row in rows
    ]


def _polls(actor: Actor, vault: Vault | None) -> list[Need]:
    """Polls about a date to which this administration has not said anything."""
    rows = unanswered_polls(actor)[:SHOWN]
    titles = titles_of(vault, [poll.meeting for poll in rows])
    return [
        Need(
            id=f"poll-{poll.pk}",
            title=_("Say when it suits: %(title)s") % {"title": titles[poll.meeting_id]},
            url=reverse("meetings:poll", args=[poll.meeting.ref]),
            verb=_("Answer the poll"),
            due_on=poll.closes_on,
            facts=(poll.meeting.ref,),
        )
        for poll in rows
    ]


def _papers(actor: Actor, vault: Vault | None) -> list[Need]:
    """Papers for items that this administration presents."""
    rows = papers_owed_by(actor)[:SHOWN]
    titles = item_titles(vault, rows)
    return [
        Need(
            id=f"paper-{item.uuid}",
            title=_("Paper wanted: %(title)s") % {"title": titles.get(item.pk, item.meeting.ref)},
            url=reverse("meetings:submit", args=[item.meeting.ref, item.uuid]),
            verb=_("Submit the paper"),
            due_on=item.meeting.papers_due_on,
            facts=(item.meeting.ref,),
        )
        for item in rows
    ]


def _minutes(actor: Actor, vault: Vault | None) -> list[Need]:
    """Minutes that wait for this administration's comments."""
    rows = minutes_to_read(actor)[:SHOWN]
    titles = titles_of(vault, rows)
    return [
        Need(
            id=f"minutes-{row.ref}",
            title=_("Minutes: %(title)s") % {"title": titles[row.pk]},
            url=reverse("meetings:minutes", args=[row.ref]),
            verb=_("Read and comment"),
            due_on=row.comments_until,
            facts=(row.ref,),
        )
        for row in rows
    ]


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
