"""The table of role and action, worked out by asking the policy, never written by hand.

For each action there are a few situations (an own thing, another administration's, one that
names the person); each is put to the rule for every role. What is printed is what the rule
answers today.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.utils import timezone

from access.actors import Actor
from access.policy import Action, can
from access.roles import Role

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "access.md"
OURS, THEIRS = "AA", "BB"
ME, COLLEAGUE, STRANGER = 1, 2, 3

INTRODUCTION = """# Who may do what

Printed by `manage.py show_access --write` from `access/policy.py`, and held by a test. A mark
means that the rule says yes to somebody who holds only that role, for administration AA. Keys
decide as well: a rule that was wrong would still not open anything for whom it was not sealed.

Nothing is allowed to whoever is suspended or asleep, holds no role today, or whose
administration is suspended.
"""


@dataclass(frozen=True, slots=True)
class Situation:
    """A question to the policy: an action on a thing, said in words."""

    action: Action
    words: str
    target: Callable[[Role], Any]


def bulletin(
    holders: tuple[str, ...], addressees: tuple[str, ...], named: tuple[int, ...] | None = None
) -> Callable[[Role], Any]:
    return lambda _role: SimpleNamespace(
        holder_codes=frozenset(holders),
        addressee_codes=frozenset(addressees),
        named_ids=None if named is None else frozenset(named),
    )


def row(of: Callable[[Role], Any], code: str = OURS) -> Callable[[Role], Any]:
    return lambda role: SimpleNamespace(bulletin=of(role), administration_id=code)


def draft(author: int, code: str) -> Callable[[Role], Any]:
    return lambda _role: SimpleNamespace(author_id=author, administration_id=code)


def thread(
    holders: tuple[str, ...],
    named: tuple[int, ...] = (),
    *,
    origin: str = OURS,
    is_open: bool = True,
) -> Callable[[Role], Any]:
    return lambda _role: SimpleNamespace(
        holder_codes=frozenset(holders),
        named_ids=frozenset(named),
        origin_id=origin,
        is_open=is_open,
    )


def message(
    of: Callable[[Role], Any], author: int, code: str = OURS, *, minutes: int = 1
) -> Callable[[Role], Any]:
    """`minutes`: how long it can still be edited."""
    return lambda role: SimpleNamespace(
        thread=of(role),
        author_id=author,
        administration_id=code,
        is_note=False,
        withdrawn=False,
        may_change_until=timezone.now() + datetime.timedelta(minutes=minutes),
    )


def thread_draft(of: Callable[[Role], Any], author: int) -> Callable[[Role], Any]:
    return lambda role: SimpleNamespace(thread=of(role), author_id=author, administration_id=OURS)


def meeting(
    holders: tuple[str, ...] = (OURS, THEIRS),
    *,
    origin: str = THEIRS,
    chair: str = THEIRS,
    named: tuple[int, ...] = (),
    over: bool = False,
    comments: bool = True,
) -> Callable[[Role], Any]:
    return lambda _role: SimpleNamespace(
        holder_codes=frozenset(holders),
        named_ids=frozenset(named),
        origin_id=origin,
        chair_id=chair,
        is_over=over,
        is_live=not over,
        takes_comments=comments,
    )


def item(of: Callable[[Role], Any], closed_to: tuple[str, ...] = ()) -> Callable[[Role], Any]:
    return lambda role: SimpleNamespace(
        meeting=of(role), closed_to=list(closed_to), holder_codes=frozenset(closed_to)
    )


def proposal(of: Callable[[Role], Any], seats: tuple[str, ...]) -> Callable[[Role], Any]:
    return lambda role: SimpleNamespace(meeting=of(role), seat_codes=frozenset(seats), is_open=True)


def action_point(of: Callable[[Role], Any], owner: str) -> Callable[[Role], Any]:
    return lambda role: SimpleNamespace(meeting=of(role), owner_id=owner)


def administration(code: str) -> Callable[[Role], Any]:
    return lambda _role: SimpleNamespace(pk=code)


def person(user_id: int, code: str, role: Role = Role.READER) -> Callable[[Role], Any]:
    return lambda _role: Actor(user_id, code, frozenset({role}))


def invitation(code: str, role: Role) -> Callable[[Role], Any]:
    return lambda _role: SimpleNamespace(administration_id=code, role=role)


def safe(code: str, *, founder: int = COLLEAGUE, is_held: bool = False) -> Callable[[Role], Any]:
    return lambda _role: SimpleNamespace(administration=code, founder=founder, is_held=is_held)


RECEIVED = bulletin((OURS, THEIRS), (OURS,))
ISSUED = bulletin((OURS, THEIRS), (THEIRS,))
FOREIGN = bulletin((THEIRS,), ())
NAMING_ME = bulletin((OURS, THEIRS), (OURS,), (ME, STRANGER))
NAMING_OTHERS = bulletin((OURS, THEIRS), (OURS,), (COLLEAGUE, STRANGER))

TAKING_PART = thread((OURS, THEIRS))
OF_OTHERS = thread((THEIRS,), origin=THEIRS)
OPENED_BY_THEM = thread((OURS, THEIRS), origin=THEIRS)
CLOSED = thread((OURS, THEIRS), is_open=False)
BY_NAME = thread((), (ME, STRANGER))
NAMED_OTHERS = thread((), (COLLEAGUE, STRANGER))


def act(
    party: str,
    *,
    depositary: str = THEIRS,
    entered_by: int = COLLEAGUE,
    entered_for: str | None = None,
    step: bool = False,
    waiting: bool = True,
) -> Callable[[Role], Any]:
    """An act of `party`, entered for it unless `entered_for` says for whom else."""
    return lambda _role: SimpleNamespace(
        party_code=party,
        depositary_id=depositary,
        entered_by_id=entered_by,
        entered_for_id=entered_for or party,
        is_step=step,
        is_waiting=waiting,
    )


def instrument(depositary: str) -> Callable[[Role], Any]:
    return lambda _role: SimpleNamespace(depositary_id=depositary)


def receipt(code: str) -> Callable[[Role], Any]:
    return lambda _role: SimpleNamespace(administration_id=code)


ATTENDING = meeting()
PREPARED_BY_US = meeting(origin=OURS)
CHAIRED_BY_US = meeting(chair=OURS)
MEETING_OF_OTHERS = meeting((THEIRS,))
HELD = meeting(over=True, comments=False)

SITUATIONS = [
    Situation(Action.READ_BULLETIN, "received", RECEIVED),
    Situation(Action.READ_BULLETIN, "issued by us", ISSUED),
    Situation(Action.READ_BULLETIN, "sent to others", FOREIGN),
    Situation(Action.READ_BULLETIN, "TLP:RED, naming this person", NAMING_ME),
    Situation(Action.READ_BULLETIN, "TLP:RED, naming a colleague", NAMING_OTHERS),
    Situation(Action.LIST_BULLETINS, "received", row(RECEIVED)),
    Situation(Action.LIST_BULLETINS, "received, another's line of it", row(RECEIVED, THEIRS)),
    Situation(Action.LIST_BULLETINS, "sent to others", row(FOREIGN)),
    Situation(Action.ACKNOWLEDGE_BULLETIN, "received", RECEIVED),
    Situation(Action.ACKNOWLEDGE_BULLETIN, "TLP:RED, naming this person", NAMING_ME),
    Situation(Action.ACKNOWLEDGE_BULLETIN, "TLP:RED, naming a colleague", NAMING_OTHERS),
    Situation(Action.ACKNOWLEDGE_BULLETIN, "issued by us", ISSUED),
    Situation(Action.ACKNOWLEDGE_BULLETIN, "sent to others", FOREIGN),
    Situation(Action.WRITE_DRAFT, "", lambda _role: None),
    Situation(Action.EDIT_DRAFT, "own", draft(ME, OURS)),
    Situation(Action.EDIT_DRAFT, "of a colleague", draft(COLLEAGUE, OURS)),
    Situation(Action.EDIT_DRAFT, "written for a former administration", draft(ME, THEIRS)),
    Situation(Action.PUBLISH_BULLETIN, "own draft", draft(ME, OURS)),
    Situation(Action.PUBLISH_BULLETIN, "draft of a colleague", draft(COLLEAGUE, OURS)),
    Situation(Action.READ_THREAD, "we take part", TAKING_PART),
    Situation(Action.READ_THREAD, "of others", OF_OTHERS),
    Situation(Action.READ_THREAD, "naming this person", BY_NAME),
    Situation(Action.READ_THREAD, "naming a colleague", NAMED_OTHERS),
    Situation(Action.OPEN_THREAD, "", TAKING_PART),
    Situation(Action.POST_MESSAGE, "we take part", TAKING_PART),
    Situation(Action.POST_MESSAGE, "of others", OF_OTHERS),
    Situation(Action.POST_MESSAGE, "naming this person", BY_NAME),
    Situation(Action.POST_MESSAGE, "closed", CLOSED),
    Situation(Action.EDIT_MESSAGE, "own", message(TAKING_PART, ME)),
    Situation(Action.EDIT_MESSAGE, "own, 16 minutes old", message(TAKING_PART, ME, minutes=-1)),
    Situation(Action.EDIT_MESSAGE, "a colleague's", message(TAKING_PART, COLLEAGUE)),
    Situation(Action.WITHDRAW_MESSAGE, "own", message(TAKING_PART, ME, minutes=-1)),
    Situation(Action.WITHDRAW_MESSAGE, "a colleague's", message(TAKING_PART, COLLEAGUE)),
    Situation(Action.WITHDRAW_MESSAGE, "another's", message(TAKING_PART, STRANGER, THEIRS)),
    Situation(Action.RESOLVE_THREAD, "we take part", TAKING_PART),
    Situation(Action.CLOSE_THREAD, "opened by us", TAKING_PART),
    Situation(Action.CLOSE_THREAD, "opened by others", OPENED_BY_THEM),
    Situation(Action.CHANGE_AUDIENCE, "opened by us", TAKING_PART),
    Situation(Action.CHANGE_AUDIENCE, "opened by others", OPENED_BY_THEM),
    Situation(Action.EDIT_THREAD_DRAFT, "own", thread_draft(TAKING_PART, ME)),
    Situation(Action.EDIT_THREAD_DRAFT, "a colleague's", thread_draft(TAKING_PART, COLLEAGUE)),
    Situation(Action.READ_MEETING, "we take part", ATTENDING),
    Situation(Action.READ_MEETING, "of others", MEETING_OF_OTHERS),
    Situation(Action.READ_MEETING, "naming this person", meeting((THEIRS,), named=(ME,))),
    Situation(Action.PREPARE_MEETING, "a new one", lambda _role: None),
    Situation(Action.PREPARE_MEETING, "prepared by us", PREPARED_BY_US),
    Situation(Action.PREPARE_MEETING, "prepared by others", ATTENDING),
    Situation(Action.READ_ITEM, "open to all", item(ATTENDING)),
    Situation(Action.READ_ITEM, "closed, for us", item(ATTENDING, (OURS, THEIRS))),
    Situation(Action.READ_ITEM, "closed, for others", item(ATTENDING, (THEIRS,))),
    Situation(Action.REPLY_TO_INVITATION, "we take part", ATTENDING),
    Situation(Action.REPLY_TO_INVITATION, "over", HELD),
    Situation(Action.SUBMIT_PAPER, "we take part", item(ATTENDING)),
    Situation(Action.SUBMIT_PAPER, "closed, for others", item(ATTENDING, (THEIRS,))),
    Situation(Action.TAKE_PART, "under way", ATTENDING),
    Situation(Action.TAKE_PART, "over", HELD),
    Situation(Action.TAKE_NOTES, "under way", item(ATTENDING)),
    Situation(Action.TAKE_NOTES, "closed, for others", item(ATTENDING, (THEIRS,))),
    Situation(Action.RUN_MEETING, "prepared by us", PREPARED_BY_US),
    Situation(Action.RUN_MEETING, "in the chair", CHAIRED_BY_US),
    Situation(Action.RUN_MEETING, "we take part", ATTENDING),
    Situation(Action.VOTE, "our seat", proposal(ATTENDING, (OURS, THEIRS))),
    Situation(Action.VOTE, "no seat", proposal(ATTENDING, (THEIRS,))),
    Situation(Action.COMMENT_MINUTES, "circulated", item(ATTENDING)),
    Situation(Action.COMMENT_MINUTES, "adopted", item(HELD)),
    Situation(Action.UPDATE_ACTION, "ours", action_point(ATTENDING, OURS)),
    Situation(Action.UPDATE_ACTION, "another's", action_point(ATTENDING, THEIRS)),
    Situation(
        Action.UPDATE_ACTION, "another's, prepared by us", action_point(PREPARED_BY_US, THEIRS)
    ),
    Situation(Action.READ_REGISTER, "", instrument(THEIRS)),
    Situation(Action.KEEP_REGISTER, "a new instrument", lambda _role: None),
    Situation(Action.KEEP_REGISTER, "we are the depositary", instrument(OURS)),
    Situation(Action.KEEP_REGISTER, "another is the depositary", instrument(THEIRS)),
    Situation(Action.ENTER_ACT, "ours", act(OURS)),
    Situation(Action.ENTER_ACT, "another's", act(THEIRS)),
    Situation(Action.ENTER_ACT, "another's, we are the depositary", act(THEIRS, depositary=OURS)),
    Situation(Action.CONFIRM_ACT, "our step, entered by a colleague", act(OURS, step=True)),
    Situation(
        Action.CONFIRM_ACT, "our step, entered by oneself", act(OURS, step=True, entered_by=ME)
    ),
    Situation(Action.CONFIRM_ACT, "our signature, entered by a colleague", act(OURS)),
    Situation(
        Action.CONFIRM_ACT,
        "our signature, entered by the depositary",
        act(OURS, entered_for=THEIRS),
    ),
    Situation(Action.CONFIRM_ACT, "another's, we are the depositary", act(THEIRS, depositary=OURS)),
    Situation(Action.CONFIRM_ACT, "another's", act(THEIRS, depositary="CC")),
    Situation(Action.CONFIRM_ACT, "answered already", act(OURS, step=True, waiting=False)),
    Situation(Action.SIGN_INSTRUMENT, "for us", act(OURS)),
    Situation(Action.SIGN_INSTRUMENT, "for another", act(THEIRS)),
    Situation(Action.READ_STEPS, "ours", act(OURS)),
    Situation(Action.READ_STEPS, "another's", act(THEIRS)),
    Situation(Action.READ_STEPS, "another's, we are the depositary", act(THEIRS, depositary=OURS)),
    Situation(Action.WRITE_STEP, "ours", act(OURS)),
    Situation(Action.WRITE_STEP, "another's", act(THEIRS)),
    Situation(Action.RECEIVE_NOTIFICATION, "ours", receipt(OURS)),
    Situation(Action.RECEIVE_NOTIFICATION, "another's", receipt(THEIRS)),
    Situation(Action.STATE_LEGAL_BASIS, "ours", lambda _role: OURS),
    Situation(Action.STATE_LEGAL_BASIS, "another's", lambda _role: THEIRS),
    Situation(Action.RECORD_AUTHORITY, "as the sender", lambda _role: OURS),
    Situation(Action.RECORD_AUTHORITY, "for another sender", lambda _role: THEIRS),
    Situation(Action.READ_ADMINISTRATION, "own", administration(OURS)),
    Situation(Action.READ_ADMINISTRATION, "another", administration(THEIRS)),
    Situation(Action.READ_PEOPLE, "own", administration(OURS)),
    Situation(Action.READ_PEOPLE, "another", administration(THEIRS)),
    Situation(Action.READ_FINGERPRINTS, "", lambda _role: None),
    Situation(Action.INVITE, "a reader, own", invitation(OURS, Role.READER)),
    Situation(Action.INVITE, "a coordinator, own", invitation(OURS, Role.COORDINATOR)),
    Situation(Action.INVITE, "a coordinator, another", invitation(THEIRS, Role.COORDINATOR)),
    Situation(Action.INVITE, "a Secretariat officer, own", invitation(OURS, Role.SECRETARIAT)),
    Situation(Action.ENTER_KEY, "of a colleague", person(COLLEAGUE, OURS)),
    Situation(Action.ENTER_KEY, "of somebody elsewhere", person(STRANGER, THEIRS)),
    Situation(Action.GRANT_KEYS, "to a colleague", person(COLLEAGUE, OURS)),
    Situation(Action.GRANT_KEYS, "to somebody elsewhere", person(STRANGER, THEIRS)),
    Situation(Action.MAKE_EPOCH, "own", lambda _role: OURS),
    Situation(Action.MAKE_EPOCH, "another's", lambda _role: THEIRS),
    Situation(Action.WITNESS_EPOCH, "own", lambda _role: OURS),
    Situation(Action.WITNESS_EPOCH, "another's", lambda _role: THEIRS),
    Situation(Action.SEAL_ENVELOPE, "own", safe(OURS)),
    Situation(
        Action.SEAL_ENVELOPE, "own, whose first key this person made", safe(OURS, founder=ME)
    ),
    Situation(Action.SEAL_ENVELOPE, "another's", safe(THEIRS, founder=ME)),
    Situation(Action.OPEN_ENVELOPE, "own, and nobody holds the key", safe(OURS)),
    Situation(Action.OPEN_ENVELOPE, "own, and somebody holds it", safe(OURS, is_held=True)),
    Situation(Action.OPEN_ENVELOPE, "another's", safe(THEIRS)),
    Situation(Action.SUSPEND_PERSON, "a reader, own", person(COLLEAGUE, OURS)),
    Situation(
        Action.SUSPEND_PERSON,
        "a coordinator, own",
        person(COLLEAGUE, OURS, Role.COORDINATOR),
    ),
    Situation(Action.SUSPEND_PERSON, "a reader, another", person(STRANGER, THEIRS)),
    Situation(Action.SUSPEND_PERSON, "oneself", person(ME, OURS)),
    Situation(Action.WAKE_PERSON, "a colleague", person(COLLEAGUE, OURS)),
    Situation(Action.WAKE_PERSON, "somebody elsewhere", person(STRANGER, THEIRS)),
    Situation(Action.READ_JOURNAL, "own", lambda _role: OURS),
    Situation(Action.READ_JOURNAL, "another's", lambda _role: THEIRS),
    Situation(Action.READ_NOTICE, "own", lambda _role: SimpleNamespace(recipient_id=ME)),
    Situation(Action.READ_NOTICE, "another's", lambda _role: SimpleNamespace(recipient_id=2)),
]


def answers(situation: Situation) -> list[bool]:
    """What the policy says to each role, in the order of `Role`."""
    return [
        bool(can(Actor(ME, OURS, frozenset({role})), situation.action, situation.target(role)))
        for role in Role
    ]


def lines() -> Iterator[str]:
    yield "| Action | Situation | " + " | ".join(role.value for role in Role) + " |"
    yield "|---|---|" + "---|" * len(Role)
    for situation in SITUATIONS:
        marks = " | ".join("yes" if may else "–" for may in answers(situation))
        yield f"| {situation.action.value} | {situation.words} | {marks} |"


def document() -> str:
    """The whole of docs/access.md."""
    return INTRODUCTION + "\n" + "\n".join(lines()) + "\n"
