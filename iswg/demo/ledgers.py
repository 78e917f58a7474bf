"""Who opened and acknowledged what, and when: the ledgers of the twelve bulletins.

A table says how far each bulletin has come with whom; the hours between are thrown by dice that
fall alike each time.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator
from dataclasses import dataclass

from access.roles import READS
from bulletins.models import Bulletin, Outcome
from bulletins.opening import Opened, mark_all_read, open_bulletin, open_file, open_titles
from bulletins.queries import bulletins_for
from bulletins.services import acknowledge, record_outcome
from iswg.demo.cast import Cast, Person
from iswg.demo.clock import Clock, Moment
from iswg.demo.pieces import Piece, officers_of, recipients_of
from iswg.demo.timeline import Act


@dataclass(frozen=True, slots=True)
class Progress:
    """Whoever is named nowhere has acknowledged. `by` reads for the administrations."""

    acted: str = ""
    nothing: str = ""
    opened: str = ""  # and not acknowledged
    delivered: str = ""  # its title was seen in a list
    unseen: str = ""
    by: str = "contact"
    coordinators: str = ""  # here the coordinator reads instead

    def reader_of(self, code: str) -> str:
        return "coordinator" if code in self.coordinators.split() else self.by

    def state_of(self, code: str) -> str:
        named = {
            "acted": self.acted,
            "nothing": self.nothing,
            "opened": self.opened,
            "delivered": self.delivered,
            "unseen": self.unseen,
        }
        return next((s for s, codes in named.items() if code in codes.split()), "acknowledged")


PROGRESS = {
    "015": Progress(delivered="TL", acted="FJ NZ PF", by="coordinator"),
    "019": Progress(acted="FJ AU", nothing="VU"),
    "024": Progress(acted="GU", nothing="MP FM", opened="NR"),
    "028": Progress(acted="NC FJ"),
    "031": Progress(acted="VU SB"),
    "033": Progress(opened="WF", acted="AU NZ FJ"),
    "036": Progress(opened="TL", delivered="NR", acted="NC WF", by="coordinator"),
    "037": Progress(opened="VU", delivered="AS", unseen="NR", coordinators="TV SB"),
    "038": Progress(opened="NC", unseen="VU", by="liaison"),
    "039": Progress(
        acted="KI MH TK", opened="VU PF", delivered="PW AS TL", unseen="FJ TO WF", by="coordinator"
    ),
    "040": Progress(unseen="AU", by="coordinator"),
    "041": Progress(acted="CK", nothing="NU", opened="WF", unseen="FJ TO PF"),
}


def acts(
    piece: Piece, bulletin: Bulletin, cast: Cast, clock: Clock
) -> Iterator[tuple[Moment, Act]]:
    """What happens to a bulletin after it was issued, as moments and acts."""
    progress = PROGRESS[piece.number]
    latest = clock.at(-1, 22)
    codes = [name.split(".")[1].upper() for name in officers_of(piece.facts)]
    for code in codes or recipients_of(piece.facts):
        state, reader = (
            progress.state_of(code),
            Reader(cast.of(code, progress.reader_of(code)), bulletin),
        )
        # Dice that fall alike for this bulletin and this administration, whenever it is told.
        dice = random.Random(f"{piece.number} {code}")  # noqa: S311 - hours of a story, no secret
        opened = min(bulletin.issued_at + _hours(dice, 5, 60), latest - _hours(dice, 3, 9))
        done = min(opened + _hours(dice, 0.3, 26), latest)
        if state == "delivered":
            yield opened, reader.meets_title
        elif state != "unseen":
            yield opened, reader.opens_with_files if dice.random() < 0.3 else reader.opens
        if state in ("acknowledged", "acted", "nothing"):
            yield done, lambda reader=reader, state=state: reader.answers(state)


def _hours(dice: random.Random, least: float, most: float) -> datetime.timedelta:
    return datetime.timedelta(minutes=round(60 * dice.uniform(least, most)))


@dataclass(frozen=True, repr=False)
class Reader:
    """One person before one bulletin."""

    person: Person
    bulletin: Bulletin

    def _seen(self) -> Bulletin:
        """Fetched as a page does: only what this person may read is found."""
        return bulletins_for(self.person.actor).get(pk=self.bulletin.pk)

    def meets_title(self) -> None:
        open_titles(self.person.vault, [self._seen()])

    def opens(self) -> Opened:
        return open_bulletin(
            actor=self.person.actor, vault=self.person.vault, bulletin=self._seen()
        )

    def opens_with_files(self) -> None:
        opened = self.opens()
        for file in opened.files:
            open_file(
                actor=self.person.actor,
                vault=self.person.vault,
                bulletin=opened.bulletin,
                file_id=file.id,
            )

    def answers(self, state: str) -> None:
        acknowledge(actor=self.person.actor, bulletin=self._seen())
        if state != Outcome.ACKNOWLEDGED:
            record_outcome(actor=self.person.actor, bulletin=self._seen(), outcome=state)


def put_dots_away(cast: Cast, before: Moment) -> None:
    """What was issued long ago is no news to anybody any more."""
    for person in cast.people.values():
        if person.actor.holds(READS):
            old = bulletins_for(person.actor).filter(issued_at__lt=before)
            mark_all_read(actor=person.actor, bulletins=old)
