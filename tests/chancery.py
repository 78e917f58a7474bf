"""The register of the cast: the Secretariat keeps it, administrations act, all by the services."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from mous.content import ActWords
from mous.models import Act, Instrument, Party
from mous.queries import Picture
from mous.services.acts import Entry, confirm_act, enter_act
from mous.services.instruments import open_instrument

SIGNED_IN = "Ziphrannet Hall"


@dataclass
class Chancery:
    """`chancery.open(gates=True)`, `chancery.act("FJ", "IN_EFFECT", "2024-07-01")`."""

    world: Any

    def both(self, user: Any) -> dict[str, Any]:
        return {"actor": self.world.actor(user), "vault": self.world.vault(user)}

    def open(self, slug: str = "oco-mou", **more: Any) -> Instrument:
        facts = {
            "instrument_id": uuid4(),
            "slug": slug,
            "kind": "arrangement",
            "title": "Memorandum of Understanding on Customs Co-operation",
            "title_fr": "Protocole d'accord sur la coopération douanière",
            "short": "Co-operation MOU",
            "short_fr": "Protocole de coopération",
            "opened_on": datetime.date(2018, 6, 11),
            **more,
        }
        return open_instrument(**self.both(self.world.oco), **facts)

    def party(self, instrument: Instrument, code: str) -> Party:
        return Party.objects.select_related("administration", "instrument").get(
            instrument=instrument, code=code
        )

    def enter(self, user: Any, code: str, kind: str, day: str, **more: Any) -> Act:
        """Enter an act for the instrument of the test, the only one unless it is named."""
        instrument = more.pop("instrument", None) or Instrument.objects.get()
        words = more.pop("words", None) or ActWords(place=SIGNED_IN)
        dates = {
            name: datetime.date.fromisoformat(more.pop(name))
            for name in ("effective_on", "received_on")
            if name in more
        }
        entry = Entry(kind, datetime.date.fromisoformat(day), words=words, **dates, **more)
        return enter_act(
            **self.both(user),
            instrument=instrument,
            party=self.party(instrument, code),
            entry=entry,
            act_id=uuid4(),
        )

    def act(self, code: str, kind: str, day: str, **more: Any) -> Act:
        """Entered by one Secretariat officer and confirmed by another."""
        act = self.enter(self.world.oco, code, kind, day, **more)
        return confirm_act(**self.both(self.world.oco_contact), act=act)

    def states(self, day: str, known: datetime.datetime | None = None) -> dict[str, str]:
        picture = Picture(Instrument.objects.get(), known=known)
        on = datetime.date.fromisoformat(day)
        return {code: state.value for code, state in picture.states(on).items()}
