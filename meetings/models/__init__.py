"""Meetings: clear are dates, numbers, who takes part and states; sealed is every word.

So quorum, reminders and calendar feeds need no key, and nobody reads an agenda, a note or a
decision who does not take part. By theme: `series` (which meeting, when, who), `words` (what is
sealed, revision by revision), `agenda`, `invitations`, `room` (what happens while it is live)
and `outcome` (decisions, actions, minutes).
"""

from meetings.models.agenda import (
    AgendaItem,
    ItemKind,
    ItemState,
    Look,
    PackTaken,
    Paper,
    PaperDraft,
)
from meetings.models.invitations import (
    Answer,
    Candidate,
    Delegate,
    FeedKey,
    Poll,
    PollAnswer,
    Reply,
)
from meetings.models.outcome import (
    ActionPoint,
    ActionState,
    Adoption,
    Decision,
    DecisionState,
    MinutesComment,
    MinutesState,
)
from meetings.models.room import Attendance, Ballot, Choice, Hand, Method, Part, Proposal, Result
from meetings.models.series import (
    Counting,
    Format,
    Group,
    Kind,
    Meeting,
    MeetingOfficer,
    Participant,
    Role,
    State,
)
from meetings.models.words import Field, MeetingKey, Writing

__all__ = [
    "ActionPoint",
    "ActionState",
    "Adoption",
    "AgendaItem",
    "Answer",
    "Attendance",
    "Ballot",
    "Candidate",
    "Choice",
    "Counting",
    "Decision",
    "DecisionState",
    "Delegate",
    "FeedKey",
    "Field",
    "Format",
    "Group",
    "Hand",
    "ItemKind",
    "ItemState",
    "Kind",
    "Look",
    "Meeting",
    "MeetingKey",
    "MeetingOfficer",
    "Method",
    "MinutesComment",
    "MinutesState",
    "PackTaken",
    "Paper",
    "PaperDraft",
    "Part",
    "Participant",
    "Poll",
    "PollAnswer",
    "Proposal",
    "Reply",
    "Result",
    "Role",
    "State",
    "Writing",
]
