"""Who answered what, as pages show it, line by line. Counting is for meetings/outlook.py."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from accounts.models import Administration
from meetings.models import Answer, Delegate, Field, Meeting, Reply
from meetings.outlook import STATES
from meetings.queries import replies_of
from meetings.services.invitations import names_subject
from meetings.writings import Text, read
from vault.sessions import Vault


@dataclass(frozen=True, slots=True)
class Line:
    """One administration's answer, or that there is none."""

    administration: Administration
    words: str
    state: str
    me: bool
    reply: Reply | None = None
    lapsed: bool = False
    delegates: list[Delegate] = field(default_factory=list)
    names: Text | None = None

    # What the tag `cells` draws.

    @property
    def code(self) -> str:
        return str(self.administration.code)

    @property
    def name(self) -> str:
        return self.administration.label


def lines_of(meeting: Meeting, vault: Vault | None, own: str) -> list[Line]:
    """Everybody who takes part, by name, but who prepares the meeting."""
    replies = replies_of(meeting)
    names = read(vault, meeting, fields=[Field.DELEGATES])
    rows = []
    for row in meeting.participants.all():
        code = row.administration_id
        if code == meeting.origin_id and code not in replies:
            continue
        rows.append(
            _line(
                meeting,
                row.administration,
                replies.get(code),
                names.get((names_subject(meeting, code), Field.DELEGATES)),
                me=code == own,
            )
        )
    return rows


def _line(
    meeting: Meeting,
    administration: Administration,
    reply: Reply | None,
    names: Text | None,
    *,
    me: bool,
) -> Line:
    if reply is None:
        return Line(administration, _("Not answered"), "none", me)
    lapsed = reply.sequence < meeting.time_sequence
    label = Answer(reply.answer).label
    words = _("%(answer)s, for the former time") % {"answer": label} if lapsed else str(label)
    state = "none" if lapsed else STATES[Answer(reply.answer)]
    delegates = sorted(reply.delegates.all(), key=lambda one: (one.is_alternate, one.user.name))
    return Line(administration, words, state, me, reply, lapsed, delegates, names)
