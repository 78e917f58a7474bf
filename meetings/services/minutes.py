"""The minutes: drawn up from what the system knows, edited, circulated, commented on, adopted.

Attendance, the quorum's line and the results of votes are worked out from the rows whenever the
minutes are shown; what people write stands beside them, item by item, in both languages.
"""

from __future__ import annotations

import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from access.actors import Actor
from access.policy import Action, people_who_can, require
from accounts.queries import administration_of
from activity.events import Event
from activity.record import record
from meetings import writings
from meetings.adopted import ADOPTION, MINUTES, adoption_facts, record_of
from meetings.facts import minutes_target, notice_facts, target_of, topics_of
from meetings.holding import held, held_item
from meetings.models import (
    Adoption,
    AgendaItem,
    Field,
    Meeting,
    MinutesComment,
    MinutesState,
    State,
    Writing,
)
from meetings.services.series import NotPossible
from vault.sessions import Vault
from vault.statements import sign_statement


@transaction.atomic
def begin_minutes(*, actor: Actor, vault: Vault, meeting: Meeting) -> Meeting:
    """A first draft of each item from the notes that were taken; begun twice, it is begun."""
    meeting = held(meeting)
    require(actor, Action.RUN_MEETING, meeting)
    if meeting.minutes_state != MinutesState.NONE:
        return meeting
    if meeting.state != State.HELD:
        raise NotPossible({"state": _("Minutes are drawn up when the meeting is over.")})
    notes = writings.read(vault, meeting, fields=[Field.NOTES])
    for item in meeting.items.filter(dropped_at=None):
        item.meeting = meeting
        taken = notes.get((item.uuid, Field.NOTES))
        if taken is not None and taken.words:
            writings.write(
                actor, vault, meeting, item.uuid, Field.MINUTES_EN, taken.words, base=0, item=item
            )
    return _moved(actor, meeting, MinutesState.DRAFT)


def _moved(actor: Actor, meeting: Meeting, state: MinutesState) -> Meeting:
    meeting.minutes_state = state
    meeting.save(update_fields=["minutes_state", "comments_until"])
    told = state in {MinutesState.CIRCULATED, MinutesState.REVISED}
    record(
        actor,
        Event.MINUTES_CIRCULATED if told else Event.MINUTES_WRITTEN,
        target_of(meeting),
        detail={"state": state, "until": meeting.comments_until},
        audience=people_who_can(Action.READ_MEETING, meeting) if told else None,
        notice=notice_facts(
            meeting, due_on=meeting.comments_until, merged=True, about=minutes_target(meeting)
        ),
        topics=topics_of(meeting),
    )
    return meeting


@transaction.atomic
def write_minutes(
    *, actor: Actor, vault: Vault, item: AgendaItem, language: str, words: str, base: int
) -> Writing | None:
    """The minutes of one item in one language. writings.Overtaken if somebody saved meanwhile."""
    meeting = held(item.meeting)
    row = held_item(item, meeting)
    require(actor, Action.RUN_MEETING, meeting)
    require(actor, Action.READ_ITEM, row)
    must_not_be_adopted(meeting)
    if meeting.minutes_state == MinutesState.NONE:
        raise NotPossible({"state": _("Begin the minutes first.")})
    written = writings.write(
        actor, vault, meeting, row.uuid, MINUTES[language], words, base=base, item=row
    )
    if written is not None:
        record(
            actor,
            Event.MINUTES_WRITTEN,
            target_of(meeting),
            detail={"item": row.uuid, "language": language == "fr", "revision": written.revision},
            topics=topics_of(meeting)[:1],
        )
    return written


@transaction.atomic
def write_communique(
    *, actor: Actor, vault: Vault, meeting: Meeting, words: str, base: int
) -> Writing | None:
    """The text for the public. writings.Overtaken if somebody saved meanwhile."""
    meeting = held(meeting)
    require(actor, Action.RUN_MEETING, meeting)
    written = writings.write(
        actor, vault, meeting, meeting.uuid, Field.COMMUNIQUE, words, base=base
    )
    if written is not None:
        record(
            actor,
            Event.MINUTES_WRITTEN,
            target_of(meeting),
            detail={"communique": True, "revision": written.revision},
            topics=topics_of(meeting)[:1],
        )
    return written


def must_not_be_adopted(meeting: Meeting) -> None:
    """For whatever changes a line that the adoption signs: it is over with the adoption."""
    # The signed adoption counts, too: a hand that only turns the state back opens nothing.
    adopted = Adoption.objects.filter(meeting=meeting).exists()
    if adopted or meeting.minutes_state == MinutesState.ADOPTED:
        raise NotPossible({"state": _("These minutes were adopted. Nothing in them changes.")})


@transaction.atomic
def circulate_minutes(*, actor: Actor, meeting: Meeting, until: datetime.date) -> Meeting:
    """Send the draft round for comments until a day; again after a revision."""
    meeting = held(meeting)
    require(actor, Action.RUN_MEETING, meeting)
    must_not_be_adopted(meeting)
    if meeting.minutes_state == MinutesState.NONE:
        raise NotPossible({"state": _("Begin the minutes first.")})
    if until < timezone.localdate():
        raise NotPossible({"until": _("Choose a day to come.")})
    meeting.comments_until = until
    return _moved(actor, meeting, MinutesState.CIRCULATED)


@transaction.atomic
def revise_minutes(*, actor: Actor, meeting: Meeting) -> Meeting:
    """The comments were worked in: the revised draft is for the next meeting to adopt."""
    meeting = held(meeting)
    require(actor, Action.RUN_MEETING, meeting)
    if meeting.minutes_state != MinutesState.CIRCULATED:
        raise NotPossible({"state": _("Only circulated minutes are revised.")})
    return _moved(actor, meeting, MinutesState.REVISED)


# Comments -------------------------------------------------------------------------------------


@transaction.atomic
def comment_on_minutes(
    *, actor: Actor, vault: Vault, item: AgendaItem, words: str, comment_id: Any = None
) -> MinutesComment:
    """What this administration asks to be changed. Sent twice with one id, it is there once."""
    meeting = held(item.meeting)
    row = held_item(item, meeting)
    require(actor, Action.COMMENT_MINUTES, row)
    known = MinutesComment.objects.filter(uuid=comment_id, item=row).first() if comment_id else None
    if known is not None:
        return known
    if comments_are_over(meeting, administration_of(actor).zone):
        raise NotPossible({"words": _("The day for comments on these minutes is over.")})
    if not words.strip():
        raise NotPossible({"words": _("Write something first.")})
    chosen = {"uuid": comment_id} if comment_id else {}
    comment = MinutesComment.objects.create(
        item=row, administration_id=actor.administration, user_id=actor.user_id, **chosen
    )
    writings.write(
        actor, vault, meeting, comment.uuid, Field.COMMENT, words.strip(), base=0, item=row
    )
    record(
        actor,
        Event.MINUTES_COMMENTED,
        target_of(meeting),
        detail={"item": row.uuid, "comment": comment.uuid},
        topics=topics_of(meeting)[:1],
    )
    return comment


def comments_are_over(meeting: Meeting, zone: str) -> bool:
    """Whether the last day for comments is over there: each has the whole of its own day."""
    today = timezone.now().astimezone(ZoneInfo(zone)).date()
    return meeting.comments_until is not None and today > meeting.comments_until


@transaction.atomic
def settle_comment(*, actor: Actor, comment: MinutesComment) -> MinutesComment:
    """The comment was dealt with; it stays in the record."""
    meeting = held(comment.item.meeting)
    require(actor, Action.RUN_MEETING, meeting)
    row = MinutesComment.objects.select_for_update().get(pk=comment.pk, item__meeting=meeting)
    row.item.meeting = meeting
    require(actor, Action.READ_ITEM, row.item)
    if row.settled_at is None:
        row.settled_at = timezone.now()
        row.save(update_fields=["settled_at"])
        record(
            actor,
            Event.MINUTES_COMMENTED,
            target_of(meeting),
            detail={"comment": row.uuid, "settled": True},
            topics=topics_of(meeting)[:1],
        )
    return row


# Adoption -------------------------------------------------------------------------------------


@transaction.atomic
def adopt_minutes(*, actor: Actor, vault: Vault, meeting: Meeting, adopted_in: Meeting) -> Adoption:
    """A later meeting, while it is under way, adopts the minutes of this one: from here on no
    word of them changes, and whoever opens them sees that none did."""
    later = held(adopted_in)
    meeting = held(meeting)
    require(actor, Action.RUN_MEETING, later)
    require(actor, Action.RUN_MEETING, meeting)
    done = Adoption.objects.filter(meeting=meeting).first()
    if done is not None:
        return done
    if meeting.minutes_state not in {MinutesState.CIRCULATED, MinutesState.REVISED}:
        raise NotPossible({"state": _("Only minutes that were circulated are adopted.")})
    if not later.is_live or later.pk == meeting.pk:
        raise NotPossible({"state": _("A later meeting adopts them, while it is under way.")})
    adoption = Adoption(
        meeting=meeting,
        adopted_in=later,
        at=timezone.now(),
        author_id=actor.user_id,
        administration_id=actor.administration,
        texts=record_of(meeting),
    )
    adoption.signature = sign_statement(vault, ADOPTION, adoption_facts(adoption))
    adoption.save(force_insert=True)
    meeting.minutes_state = MinutesState.ADOPTED
    meeting.save(update_fields=["minutes_state"])
    record(
        actor,
        Event.MINUTES_ADOPTED,
        target_of(meeting),
        detail={"adopted_in": later.ref, "signature": bytes(adoption.signature)},
        audience=people_who_can(Action.READ_MEETING, meeting),
        notice=notice_facts(meeting, about=minutes_target(meeting)),
        topics=topics_of(meeting),
    )
    return adoption
