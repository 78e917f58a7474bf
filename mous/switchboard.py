"""The port of `access/switchboard.py`, answered from the register."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from access.switchboard import Basis, Ground, Group, Stated
from accounts.models import Administration
from activity.words import detail_value
from mous.bases import authority_trace, open_bases
from mous.facts import target_of
from mous.judging import Arrangement, Verdict, decide
from mous.lifecycle import State
from mous.models import AuthorityKind, Gate, Instrument, LegalBasis, OtherAuthority
from mous.queries import Picture
from mous.trusted import Recorded, Trusted, gates_of, gating, recorded_by
from vault.sessions import Vault
from wording.sharing import DataKind

AGAINST = (
    Ground.NOT_TAKING_PART, Ground.SENDER_NOT_TAKING_PART, Ground.OWN_LAW, Ground.NOT_VERIFIED,
)  # fmt: skip


def source_of(instrument: Instrument) -> str:
    return f"instrument:{instrument.slug}"


class Register:
    """`access.switchboard.Switchboard`. Nothing here opens a word, but for `stated`."""

    def judge(
        self,
        sender: str,
        recipients: Iterable[str],
        marking: str,
        day: datetime.date,
        kinds: Iterable[str],
    ) -> dict[str, Basis]:
        wanted = [code for code in recipients if code != sender]
        instruments, recorded = gating(), recorded_by(sender, wanted)
        arrangements = [
            Arrangement(source_of(one.instrument), one.taking_part(day)) for one in instruments
        ]
        gates = gates_of(instruments) if instruments else {}
        verdicts = {
            code: decide(
                sender, code, marking, day, kinds, arrangements=arrangements,
                authorities=recorded.authorities, excluded=recorded.excluded, gates=gates,
            )
            for code in wanted
        }  # fmt: skip
        words = _Words(sender, verdicts, instruments, arrangements, recorded, day)
        return {code: words.basis(code, verdict) for code, verdict in verdicts.items()}

    def participating(self, day: datetime.date) -> list[Group]:
        return [
            Group(
                f"in-effect-{one.instrument.slug}",
                _("In effect: %(instrument)s") % {"instrument": one.instrument.short_label},
                tuple(sorted(one.taking_part(day))),
            )
            for one in gating()
        ]

    def stated(self, vault: Vault | None, codes: Iterable[str]) -> dict[str, Stated]:
        newest: dict[str, LegalBasis] = {}
        rows = LegalBasis.objects.filter(administration__in=list(codes)).select_related("key")
        for row in rows.order_by("revision"):
            newest[row.administration_id] = row
        found = {}
        for one in open_bases(vault, newest.values()):
            if one.broken:
                continue
            words, code = one.words, one.row.administration_id
            found[code] = Stated(
                code, tuple(one.row.purposes), tuple(one.row.excluded),
                *((words.act, words.section, words.conditions) if words else ()),
            )  # fmt: skip
        return found

    def described(self, traced: Iterable[str]) -> dict[str, str]:
        wanted = set(traced)
        by_kind: dict[str, set[str]] = {"mous.instrument": set(), "mous.otherauthority": set()}
        for one in wanted:
            kind, _colon, identity = one.partition(":")
            by_kind.setdefault(kind, set()).add(identity)
        found = {
            target_of(one): str(one.short_label)
            for one in Instrument.objects.filter(uuid__in=by_kind["mous.instrument"])
        }
        found |= {
            authority_trace(one): authority_words(one)
            for one in OtherAuthority.objects.filter(uuid__in=by_kind["mous.otherauthority"])
        }
        grounds = ground_words() | {one: detail_value("reason", one) for one in AGAINST}
        return found | {one: words for one, words in grounds.items() if one in wanted}


def authority_words(authority: OtherAuthority) -> str:
    return _("%(kind)s, since %(day)s") % {
        "kind": AuthorityKind(authority.kind).label,
        "day": spelt(authority.since),
    }


def ground_words() -> dict[str, str]:
    return {
        Ground.SECRETARIAT: _("Secretariat of the instrument"),
        Ground.OPEN: _("Marking that goes to everybody"),
        Ground.WARNED: _("No basis recorded; the sender was warned"),
        Ground.ANSWERED: _("Another basis, for which the sender answers"),
        Ground.NOT_RECORDED: _("Not recorded"),
    }


def spelt(day: datetime.date) -> str:
    return date_format(day, "j F Y")


class _Words:
    """The bases of one question in words; names are looked up once, and only if one is wanted."""

    def __init__(
        self,
        sender: str,
        verdicts: dict[str, Verdict],
        instruments: Sequence[Trusted],
        arrangements: Sequence[Arrangement],
        recorded: Recorded,
        day: datetime.date,
    ) -> None:
        self.sender, self.day, self.recorded = sender, day, recorded
        self.instruments, self.arrangements = instruments, arrangements
        self.by_source = {source_of(one.instrument): one.instrument for one in instruments}
        refused = {code for code, one in verdicts.items() if one.gate != Gate.OPEN}
        rows = Administration.objects.filter(pk__in={*refused, sender}) if refused else ()
        self.names = {one.pk: str(one.label) for one in rows}

    def basis(self, code: str, verdict: Verdict) -> Basis:
        if verdict.source in self.by_source:
            instrument = self.by_source[verdict.source]
            return _granted(verdict.source, instrument.short_label, target_of(instrument))
        if verdict.source:
            row = self.recorded.rows[verdict.source]
            return _granted(verdict.source, authority_words(row), authority_trace(row))
        ground = verdict.ground or Ground.NOT_RECORDED
        if verdict.gate != Gate.OPEN:
            return self._against(code, verdict, ground)
        source = "secretariat" if ground == Ground.SECRETARIAT else ""
        return Basis(bool(source), source=source, label=ground_words()[ground], traced=ground)

    def _against(self, code: str, verdict: Verdict, ground: Ground) -> Basis:
        warns = verdict.gate == Gate.WARN
        if ground == Ground.OWN_LAW:
            reason, way_out = self._own_law(verdict)
        else:
            ours = ground == Ground.SENDER_NOT_TAKING_PART
            reason, way_out = self._stands(self.sender if ours else code), _way_out(warns)
            if (self.sender if ours else code) in self._trusted().broken:
                ground = Ground.NOT_VERIFIED
        return Basis(refuses=not warns, warns=warns, reason=reason, way_out=way_out, traced=ground)

    def _own_law(self, verdict: Verdict) -> tuple[str, str]:
        kinds = [str(DataKind(one).label) for one in sorted(verdict.withheld)]
        return (
            _("Your own law as stated does not let you share: %(kinds)s.")
            % {"kinds": get_text_list(kinds, _("and"))},
            _("Take that out of the bulletin, or state your legal basis anew if the law changed."),
        )

    def _trusted(self) -> Trusted:
        """The instrument in which the sender takes part, or the first."""
        for trusted, arrangement in zip(self.instruments, self.arrangements, strict=True):
            if self.sender in arrangement.taking_part:
                return trusted
        return self.instruments[0]

    def _stands(self, code: str) -> str:
        """Which administration it is, the state that it is in, and since when."""
        trusted = self._trusted()
        facts = {
            "instrument": trusted.instrument.short_label,
            "name": self.names.get(code, code),
        }
        if code in trusted.broken:
            broken = _(
                "%(instrument)s: what the register holds of %(name)s is not what was signed."
            )
            return broken % facts
        state = trusted.picture.state(code, self.day)
        since = since_when(trusted.picture, code, self.day)
        sentence = stands()[state] % facts
        if since is None:
            return sentence
        return _("%(sentence)s (Since %(day)s.)") % {"sentence": sentence, "day": spelt(since)}


def _granted(source: str, label: str, traced: str) -> Basis:
    return Basis(recorded=True, source=source, label=str(label), traced=traced)


def _way_out(warns: bool) -> str:
    if warns:
        return _("Record a bilateral agreement, leave it out, or answer for another basis.")
    return _("Record a bilateral agreement, or leave it out.")


def stands() -> dict[State, str]:
    """What stands in the way, for each state in which nobody takes part."""
    return {
        State.NOT_ELIGIBLE: _("%(instrument)s: %(name)s is not among those who may take part."),
        State.NOT_STARTED: _("%(instrument)s: %(name)s has not received the text yet."),
        State.TEXT_RECEIVED: _("%(instrument)s: %(name)s has the text, but has not signed it."),
        State.UNDER_REVIEW: _("%(instrument)s: %(name)s has the text under review, not signed."),
        State.APPROVED_TO_SIGN: _("%(instrument)s: %(name)s may sign, but has not signed yet."),
        State.SIGNED_PENDING: _(
            "%(instrument)s: %(name)s has signed, but its procedures are not complete."
        ),
        State.SUSPENDED: _("%(instrument)s: %(name)s does not take part, it is suspended."),
        State.WITHDRAWN: _("%(instrument)s: %(name)s has withdrawn."),
        State.PROVISIONAL: _("%(instrument)s: %(name)s takes part provisionally."),
        State.IN_EFFECT: _("%(instrument)s: %(name)s takes part."),
        State.WITHDRAWAL_PENDING: _("%(instrument)s: %(name)s takes part until it withdraws."),
    }


def since_when(picture: Picture, code: str, day: datetime.date) -> datetime.date | None:
    """Since which day it has stood where it stands; None if it always did."""
    state, began = picture.state(code, day), None
    days: set[Any] = {
        one for act in picture.acts(code) for one in (act.done_on, act.effective_on) if one <= day
    }
    days |= {span.until + datetime.timedelta(days=1) for span in picture.spans.get(code, [])
             if span.until and span.until < day}  # fmt: skip
    for one in sorted(days, reverse=True):
        if picture.state(code, one) != state:
            break
        began = one
    return began
