"""What of the register an answer may rest on: rows whose signatures hold, and as many of them as
the journal says there are.

A hand in the database can change a kind, put a row in or take one out. What does not verify counts
for nothing; and whoever has an act that does not, or that is missing, does not take part until it
is mended. Signatures are checked once per row and head of the directory, and remembered.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any

from activity.events import Event
from activity.models import JournalEntry
from mous.bases import (
    authorities_target,
    authority_facts,
    bases_target,
    basis_facts,
    check_authority,
    check_basis,
    check_end,
    check_gate,
    digest_of,
    end_facts,
    gate_facts,
)
from mous.facts import target_of
from mous.judging import DEFAULT_GATES, Authority, strictest
from mous.lifecycle import Fact
from mous.models import Act, ActState, Gate, GateSetting, Instrument, LegalBasis, OtherAuthority
from mous.queries import FACT_COLUMNS, Picture, acts_of_many, fact
from mous.reading import check_act
from vault.crypto.errors import CannotOpen
from vault.directory import Directory, directory

Line = dict[str, Any]
REMEMBERED = 20_000
_held: set[bytes] = set()  # rows that verified, each with the head of the directory it did under


def forget() -> None:
    """As in a new process."""
    _held.clear()


def _mark(view: Directory, what: str) -> bytes:
    return hashlib.sha256(view.head + what.encode()).digest()


def holds(what: str, view: Directory, check: Callable[[], None]) -> bool:
    """Whether a row bears its signature; `what` is everything of it that was signed."""
    mark = _mark(view, what)
    if mark in _held:
        return True
    try:
        check()
    except CannotOpen:
        return False
    if len(_held) >= REMEMBERED:
        _held.clear()
    _held.add(mark)
    return True


@lru_cache(maxsize=4096)
def _read(entry: bytes) -> Line:
    said: Line = json.loads(entry)
    return said


def lines(targets: Iterable[str], events: Iterable[Event]) -> list[Line]:
    """What the journal says about these, oldest first; in one query."""
    rows = JournalEntry.objects.filter(
        target__in=list(targets), event__in=[one.value for one in events]
    )
    return [_read(bytes(one)) for one in rows.order_by("seq").values_list("entry", flat=True)]


# Instruments and their acts ---------------------------------------------------------------------


@dataclass
class Trusted:
    """A gating instrument, read as far as it can be believed."""

    instrument: Instrument
    picture: Picture
    broken: set[str]  # participants of whom something does not verify
    gates: dict[str, str] = field(default_factory=lambda: dict(DEFAULT_GATES))

    def taking_part(self, day: datetime.date) -> frozenset[str]:
        return frozenset(self.picture.taking_part(day)) - self.broken


def gating() -> list[Trusted]:
    """Every instrument that decides, as the journal's line of its opening says: the column beside
    it can be changed by a hand. Constant queries, but for two of each instrument."""
    every = {target_of(one): one for one in Instrument.objects.select_related("depositary")}
    opened = lines(every, [Event.INSTRUMENT_OPENED])
    wanted = {one["target"]: every[one["target"]] for one in opened if one["detail"].get("gates")}
    if not wanted:
        return []
    told: dict[str, list[Line]] = defaultdict(list)
    for line in lines(wanted, [Event.ACT_CONFIRMED, Event.GATE_SET]):
        told[line["target"]].append(line)
    view = directory()
    acts = _acts(wanted.values(), view)
    gates = _settings(wanted.values(), view)
    return [
        _trusted(one, acts[one.pk], gates[one.pk], told[target]) for target, one in wanted.items()
    ]


@dataclass
class _Acts:
    facts: list[Fact] = field(default_factory=list)
    digests: set[tuple[str, str]] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)


SIGNED_COLUMNS = (
    "pk", "uuid", "state", "hash", "prev", "signature", "received_on", "electronic", "taken_over",
    "corrects__uuid", "text__sha256", "key__uuid", "sealed", "entered_by", "entered_for",
    "entered_at", "decided_by", "decided_for", "decision_signature", "decision_sealed",
    "instrument__uuid", "instrument__depositary",
)  # fmt: skip


def _acts(instruments: Iterable[Instrument], view: Directory) -> dict[int, _Acts]:
    """Confirmed acts that verify, in one query; in two when some are seen for the first time."""
    rows = list(
        Act.objects.filter(instrument__in=instruments, state=ActState.CONFIRMED).values_list(
            *SIGNED_COLUMNS, *FACT_COLUMNS
        )
    )
    known = {row[0]: _whole(row) for row in rows}
    unseen = [pk for pk, what in known.items() if _mark(view, what) not in _held]
    for act in acts_of_many(unseen) if unseen else ():
        holds(known[act.pk], view, partial(_check, act, view))
    found: dict[int, _Acts] = defaultdict(_Acts)
    for row in rows:
        short = row[len(SIGNED_COLUMNS) :]
        of = found[short[-1]]
        if _mark(view, known[row[0]]) in _held:
            of.facts.append(fact(*short[:-1]))
            of.digests.add((str(row[1]), bytes(row[3]).hex()))
        else:
            of.broken.add(short[1])
    return found


def _whole(row: tuple[Any, ...]) -> str:
    """Every column of an act, as one value to remember it by."""
    plain = tuple(bytes(one) if isinstance(one, memoryview) else one for one in row)
    return "act " + hashlib.sha256(repr(plain).encode()).hexdigest()


def _check(act: Act, view: Directory) -> None:
    """Both signatures, and from the signature on one of the two for the depositary."""
    check_act(act, view)
    if not act.is_step and act.depositary_id not in (act.entered_for_id, act.decided_for_id):
        raise CannotOpen


def _trusted(
    instrument: Instrument, acts: _Acts, settings: dict[str, dict[str, str]], told: list[Line]
) -> Trusted:
    broken = set(acts.broken)
    gates: dict[str, str] = dict(DEFAULT_GATES)
    for line in told:
        detail = line["detail"]
        if line["event"] == Event.GATE_SET:
            gates[detail["marking"]] = settings.get(detail["digest"], {}).get(
                detail["marking"], Gate.REFUSE
            )
        elif (detail["act"], detail["digest"]) not in acts.digests:
            broken.add(detail["party"])
    return Trusted(instrument, Picture(instrument, facts=acts.facts), broken, gates)


def _settings(
    instruments: Iterable[Instrument], view: Directory
) -> dict[int, dict[str, dict[str, str]]]:
    """By instrument and digest: what a signed setting says for its marking."""
    found: dict[int, dict[str, dict[str, str]]] = defaultdict(dict)
    for row in GateSetting.objects.filter(instrument__in=instruments).select_related("instrument"):
        facts = gate_facts(row)
        digest = digest_of(facts, row.signature)
        if holds(f"gate {digest}", view, partial(check_gate, row, view)):
            found[row.instrument_id][digest] = {row.marking: row.gate}
    return found


def gates_of(trusted: Iterable[Trusted]) -> dict[str, str]:
    """Of several instruments, the strictest."""
    listed = list(trusted)
    return {
        marking: strictest(one.gates.get(marking, Gate.REFUSE) for one in listed)
        for marking in DEFAULT_GATES
    }


# What a sender has recorded and stated ----------------------------------------------------------


@dataclass
class Recorded:
    """Other authorities of a sender, and the kinds of data that its law keeps back."""

    authorities: list[Authority]
    rows: dict[str, OtherAuthority]
    excluded: frozenset[str]


def recorded_by(sender: str, recipients: Iterable[str]) -> Recorded:
    """Three queries. An end that the journal knows ends an authority also without its row; of the
    law, the journal's newest line counts beside the newest row."""
    targets = [authorities_target(sender), bases_target(sender)]
    told = lines(targets, [Event.AUTHORITY_ENDED, Event.LEGAL_BASIS_STATED])
    view = directory()
    ends = {
        one["detail"]["authority"]: datetime.date.fromisoformat(one["detail"]["ends_on"])
        for one in told
        if one["event"] == Event.AUTHORITY_ENDED
    }
    rows = OtherAuthority.objects.filter(sender=sender, recipient__in=list(recipients))
    listed = [
        row
        for row in rows.select_related("key", "end").order_by("since", "pk")
        if _bears_its_signatures(row, view)
    ]
    stated = [one["detail"] for one in told if one["event"] == Event.LEGAL_BASIS_STATED]
    return Recorded(
        [_authority(row, ends.get(str(row.uuid))) for row in listed],
        {f"authority:{row.uuid}": row for row in listed},
        _excluded(sender, stated, view),
    )


def _bears_its_signatures(row: OtherAuthority, view: Directory) -> bool:
    what = digest_of(authority_facts(row), row.signature)
    if not holds(f"authority {what}", view, partial(check_authority, row, view)):
        return False
    end = getattr(row, "end", None)
    if end is None:
        return True
    end.authority = row
    said = digest_of(end_facts(end), end.signature)
    return holds(f"end {said}", view, partial(check_end, end, view))


def _authority(row: OtherAuthority, ended: datetime.date | None) -> Authority:
    end = getattr(row, "end", None)
    days = [one for one in (row.until, end.ends_on if end else None, ended) if one is not None]
    return Authority(
        f"authority:{row.uuid}", row.recipient_id, row.up_to, frozenset(row.data_kinds), row.since,
        min(days, default=None),
    )  # fmt: skip


def _excluded(sender: str, stated: list[Line], view: Directory) -> frozenset[str]:
    newest = (
        LegalBasis.objects.filter(administration=sender)
        .select_related("key")
        .order_by("-revision")
        .first()
    )
    said = frozenset(stated[-1].get("excluded", ())) if stated else frozenset()
    if newest is None:
        return said
    digest = digest_of(basis_facts(newest), newest.signature)
    if not holds(f"basis {digest}", view, partial(check_basis, newest, view)):
        return said
    return said | frozenset(newest.excluded)
