"""Whether a recipient may lawfully receive a marked item: a port that the register fills.

The answer follows from the MOU register, which comes with a later release. Until something
fills the port the honest answer is "not recorded": it neither refuses nor vouches.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Basis:
    """The lawful basis for one pair, one marking and one day, or the reason there is none."""

    recorded: bool = False
    refuses: bool = False
    reason: str = ""


Switchboard = Callable[[str, str, str, datetime.date], Basis]
_NOT_RECORDED = Basis()
_switchboard: Switchboard | None = None


def set_switchboard(switchboard: Switchboard) -> None:
    global _switchboard
    _switchboard = switchboard


def may_receive(sender: str, recipient: str, marking: str, day: datetime.date) -> Basis:
    """What is recorded about `sender` giving `recipient` an item of `marking` on `day`."""
    if _switchboard is None:
        return _NOT_RECORDED
    return _switchboard(sender, recipient, marking, day)
