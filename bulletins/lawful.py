"""On what each recipient may lawfully receive a bulletin.

Asked when it is checked, and once more in the transaction that issues it. Every answer stands in
the journal: of what was issued with the issue, of what was refused as a refusal.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.actors import Actor
from access.policy import Action
from access.switchboard import Basis, Ground, described, judge, stated
from activity.events import Event
from activity.models import JournalEntry
from activity.queries import detail_of
from activity.record import record_refusal
from bulletins.content import Content, DraftContent
from bulletins.facts import target_of
from bulletins.models import Bulletin, Place, Recipient, State
from vault.sessions import Vault
from wording.markings import Tlp
from wording.sharing import DataKind, Purpose


@dataclass(frozen=True)
class Lawfulness:
    """The basis for each recipient, by code."""

    bases: dict[str, Basis] = field(default_factory=dict)

    @property
    def refused(self) -> dict[str, Basis]:
        return {code: one for code, one in self.bases.items() if one.refuses}

    @property
    def warned(self) -> dict[str, Basis]:
        return {code: one for code, one in self.bases.items() if one.warns}

    @property
    def sentence(self) -> str:
        """Why it does not go, and the way out; one reason is said once."""
        reasons = dict.fromkeys(one.reason for one in self.refused.values())
        ways = dict.fromkeys(one.way_out for one in self.refused.values())
        return " ".join([*reasons, *ways])

    def unanswered(self, answered: Iterable[str]) -> str:
        """What is still to be ticked, in a sentence; nothing if all is."""
        left = set(self.warned) - set(answered)
        if not left:
            return ""
        return ngettext(
            "For %(count)d administration nothing is recorded: tick that you answer for it.",
            "For %(count)d administrations nothing is recorded: tick each that you answer for.",
            len(left),
        ) % {"count": len(left)}

    def traced(self) -> dict[str, str]:
        """For the journal; nothing where no register decides."""
        if all(one.traced == Ground.NOT_RECORDED for one in self.bases.values()):
            return {}
        return {
            code: Ground.ANSWERED if one.warns else _as_word(one.traced)
            for code, one in sorted(self.bases.items())
        }

    def record_refusal(self, actor: Actor, draft_id: Any) -> None:
        """Who was refused, and on which ground, after the roll-back of what was refused."""
        if not self.refused:
            return
        grounds = {code: _as_word(one.traced) for code, one in sorted(self.refused.items())}
        record_refusal(
            actor,
            Action.PUBLISH_BULLETIN.name.lower(),
            f"bulletins.draft:{draft_id}",
            reason=str(next(iter(grounds.values()))),
            about={"bases": grounds},
        )


def _as_word(traced: str) -> str:
    """A ground as a word of our own; a row of the register as its name."""
    return Ground(traced) if traced in set(Ground) else traced


def lawfulness(actor: Actor, content: DraftContent, codes: Iterable[str]) -> Lawfulness:
    """The bases for these recipients of the draft, as of now."""
    wanted = sorted(set(codes) - {actor.administration})
    if content.tlp not in Tlp.values or not wanted:
        return Lawfulness()
    day = timezone.now().date()
    return Lawfulness(judge(actor.administration, wanted, content.tlp, day, content.data_kinds))


def reasons_against(actor: Actor, content: DraftContent, codes: Iterable[str]) -> dict[str, str]:
    """Beside whom the composer says why it may not go there, or only after a warning."""
    bases = lawfulness(actor, content, codes).bases
    return {code: one.reason for code, one in bases.items() if one.refuses or one.warns}


def kinds_in(content: Content) -> list[str]:
    """The kinds of data in it, in words; what another version called otherwise is left out."""
    return [str(DataKind(one).label) for one in content.data_kinds if one in DataKind.values]


def laws_of(vault: Vault | None, administrations: Iterable[Any]) -> list[dict[str, Any]]:
    """What these have stated of their own law, for whoever sends to them."""
    listed = list(administrations)
    found = stated(vault, [one.code for one in listed])
    return [
        {
            "administration": one,
            "said": said,
            "purposes": [str(Purpose(p).label) for p in said.purposes if p in Purpose.values],
            "excluded": [str(DataKind(k).label) for k in said.excluded if k in DataKind.values],
        }
        for one in listed
        if (said := found.get(one.code))
    ]


def bases_of(bulletin: Bulletin) -> list[tuple[str, str]]:
    """For its originator: on what each recipient received it, as the journal has it."""
    line = (
        JournalEntry.objects.filter(target=target_of(bulletin), event=Event.BULLETIN_ISSUED)
        .order_by("-seq")
        .first()
    )
    traced = detail_of(line).get("bases", {}) if line is not None else {}
    words = described(traced.values()) if traced else {}
    return [(code, words.get(said, _("Not recorded"))) for code, said in sorted(traced.items())]


def senders_to(code: str, day: datetime.date) -> set[str]:
    """Who has issued to this administration what has not lapsed on that day."""
    rows = Recipient.objects.filter(
        administration=code, place=Place.TO, bulletin__state=State.ISSUED
    ).exclude(bulletin__valid_until__lt=day)
    return set(rows.values_list("bulletin__origin", flat=True))
