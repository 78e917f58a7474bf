"""Who answered what, as pages show it: cells, lines, and how the quorum would stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from accounts.models import Administration
from meetings.models import Answer, Delegate, Field, Meeting, Reply
from meetings.queries import counting_codes, quorum_of, replies_of
from meetings.services.invitations import names_subject
from meetings.writings import Text, read
from vault.sessions import Vault

STATES = {Answer.YES: "done", Answer.MAYBE: "part"}


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


@dataclass(frozen=True, slots=True)
class Outlook:
    """How many of those who count say what, against the quorum."""

    needed: int
    counting: int
    yes: int
    maybe: int
    no: int
    silent: int

    @property
    def state(self) -> str:
        """Reached by who says yes; possible with the others; or out of reach."""
        if self.yes >= self.needed:
            return "done"
        return "part" if self.yes + self.maybe + self.silent >= self.needed else "off"

    @property
    def words(self) -> str:
        sentences = {
            "done": _("Quorum: %(yes)d of %(counting)d say yes, %(needed)d are needed."),
            "part": _(
                "Quorum still open: %(yes)d of %(counting)d say yes, %(maybe)d if need be, "
                "%(silent)d have not answered; %(needed)d are needed."
            ),
            "off": _("No quorum: %(no)d of %(counting)d say no, %(needed)d are needed."),
        }
        facts = ("needed", "counting", "yes", "maybe", "no", "silent")
        return sentences[self.state] % {name: getattr(self, name) for name in facts}


def outlook(counting: Collection[str], needed: int, answers: Mapping[str, str]) -> Outlook:
    """Of those who count: yes, if need be, no, and who has said nothing."""
    said = Counter(answers[code] for code in counting if code in answers)
    return Outlook(
        needed=needed,
        counting=len(counting),
        yes=said[Answer.YES],
        maybe=said[Answer.MAYBE],
        no=said[Answer.NO],
        silent=len(counting) - said.total(),
    )


def outlook_of(meeting: Meeting, answers: Mapping[str, str]) -> Outlook:
    return outlook(counting_codes(meeting), quorum_of(meeting), answers)


def standing_answers(meeting: Meeting) -> dict[str, str]:
    """Those given for the present time."""
    return {
        code: one.answer
        for code, one in replies_of(meeting).items()
        if one.sequence >= meeting.time_sequence
    }


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
    state = "none" if lapsed else STATES.get(Answer(reply.answer), "off")
    delegates = sorted(reply.delegates.all(), key=lambda one: (one.is_alternate, one.user.name))
    return Line(administration, words, state, me, reply, lapsed, delegates, names)
