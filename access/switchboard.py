"""Whether a recipient may lawfully receive a marked item: a port that the register fills.

The answer follows from who takes part in the arrangement on that day, from another authority
that the sender has recorded, and from the sender's own law. Where nothing fills the port, or no
arrangement is set to decide, the honest answer is "not recorded": it neither refuses nor vouches.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol


class Ground(StrEnum):
    """What the journal says where no row of the register can be named."""

    NOT_RECORDED = "not_recorded"
    SECRETARIAT = "secretariat"
    OPEN = "open_marking"
    WARNED = "warned"
    ANSWERED = "answered_by_sender"
    NOT_TAKING_PART = "not_taking_part"
    SENDER_NOT_TAKING_PART = "sender_not_taking_part"
    OWN_LAW = "own_law"
    NOT_VERIFIED = "register_not_verified"


@dataclass(frozen=True, slots=True)
class Basis:
    """The lawful basis for one pair, one marking and one day, or the reason there is none.

    `source` is `instrument:<slug>`, `authority:<uuid>`, `secretariat` or nothing; `label` is the
    same in words. `traced` is what the journal says: a row of the register, or a Ground.
    """

    recorded: bool = False
    refuses: bool = False
    warns: bool = False
    reason: str = ""
    way_out: str = ""
    source: str = ""
    label: str = ""
    traced: str = Ground.NOT_RECORDED

    @property
    def sentence(self) -> str:
        """Why not, and what can be done about it."""
        return " ".join(part for part in (self.reason, self.way_out) if part)


@dataclass(frozen=True, slots=True)
class Group:
    """Administrations that can be chosen together."""

    slug: str
    label: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stated:
    """What an administration says of its own law. The words are empty where no key opens them."""

    code: str
    purposes: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    act: str = ""
    section: str = ""
    conditions: str = ""


class Switchboard(Protocol):
    """What the register answers."""

    def judge(
        self,
        sender: str,
        recipients: Iterable[str],
        marking: str,
        day: datetime.date,
        kinds: Iterable[str],
    ) -> dict[str, Basis]: ...

    def participating(self, day: datetime.date) -> list[Group]: ...

    def stated(self, vault: Any, codes: Iterable[str]) -> dict[str, Stated]: ...

    def described(self, traced: Iterable[str]) -> dict[str, str]: ...


_NOT_RECORDED = Basis()
_switchboard: Switchboard | None = None


def set_switchboard(switchboard: Switchboard | None) -> None:
    global _switchboard
    _switchboard = switchboard


def judge(
    sender: str,
    recipients: Iterable[str],
    marking: str,
    day: datetime.date,
    kinds: Iterable[str] = (),
) -> dict[str, Basis]:
    """What is recorded about `sender` giving each of these an item of `marking` on `day` that
    holds `kinds` of data. As many questions to the database for one as for many."""
    wanted = list(dict.fromkeys(recipients))
    if _switchboard is None:
        return dict.fromkeys(wanted, _NOT_RECORDED)
    return _switchboard.judge(sender, wanted, marking, day, tuple(kinds))


def may_receive(
    sender: str, recipient: str, marking: str, day: datetime.date, kinds: Iterable[str] = ()
) -> Basis:
    """The same for one."""
    return judge(sender, [recipient], marking, day, kinds)[recipient]


def participating(day: datetime.date) -> list[Group]:
    """Who takes part in each arrangement that decides, on that day."""
    return [] if _switchboard is None else _switchboard.participating(day)


def stated(vault: Any, codes: Iterable[str]) -> dict[str, Stated]:
    """The legal basis that each of these has stated, for whoever sends to them."""
    return {} if _switchboard is None else _switchboard.stated(vault, list(codes))


def described(traced: Iterable[str]) -> Mapping[str, str]:
    """In words what the journal says of a basis, for those who may read that line."""
    return {} if _switchboard is None else _switchboard.described(list(traced))


# The other way: the register asks who has shared with somebody -----------------------------------

Senders = Callable[[str, datetime.date], set[str]]
_senders: list[Senders] = []


def register_senders(senders: Senders) -> None:
    """`senders(code, day)`: whose things, still valid on that day, lie with this administration."""
    if senders not in _senders:
        _senders.append(senders)


def senders_to(code: str, day: datetime.date) -> set[str]:
    """Everybody who shared with it what is still valid."""
    return {one for senders in _senders for one in senders(code, day)}
