"""Everything that is judged, by name. Two lines apart in the table are two different questions."""

from __future__ import annotations

from enum import StrEnum


class Action(StrEnum):
    """Everything that is judged, in the words of the access table."""

    READ_BULLETIN = "read a bulletin"
    LIST_BULLETINS = "list bulletins"
    ACKNOWLEDGE_BULLETIN = "acknowledge a bulletin"
    WRITE_DRAFT = "write a draft"
    EDIT_DRAFT = "open and change a draft"
    PUBLISH_BULLETIN = "publish a bulletin"
    READ_THREAD = "read a thread"
    OPEN_THREAD = "open a thread"
    POST_MESSAGE = "post a message"
    EDIT_MESSAGE = "edit a message, within fifteen minutes"
    WITHDRAW_MESSAGE = "withdraw a message"
    RESOLVE_THREAD = "mark a thread as resolved"
    CLOSE_THREAD = "close and reopen a thread"
    CHANGE_AUDIENCE = "add or remove participants of a thread"
    EDIT_THREAD_DRAFT = "open and change an unsent message"
    READ_ADMINISTRATION = "read an administration's page"
    READ_PEOPLE = "see the people of an administration"
    READ_FINGERPRINTS = "compare key fingerprints"
    INVITE = "invite a person"
    ENTER_KEY = "enter a person's key in the directory"
    GRANT_KEYS = "grant the administration's key"
    MAKE_EPOCH = "make a new key of the administration"
    WITNESS_EPOCH = "witness another administration's new beginning"
    SEAL_ENVELOPE = "seal the administration's key for its own safe"
    OPEN_ENVELOPE = "open the envelope of the administration"
    SUSPEND_PERSON = "suspend a person"
    WAKE_PERSON = "wake a sleeping account"
    READ_JOURNAL = "read the journal of an administration"
    READ_NOTICE = "read a notice"
