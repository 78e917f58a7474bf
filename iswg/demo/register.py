"""The register of the demonstration: one arrangement that decides who may receive what, one
between the Secretariat and a partner, and a convention that is still open.

The acts are those of `data/demo_mou_actions.csv`, and never shift with the story. What is older
than the portal was taken over from paper when everybody had joined: entered by the Secretariat,
confirmed by each administration. What came after was entered on its day, and notified. When the
demonstration is loaded years later, the last acts of the file reach the Secretariat late, so that
there always are some of these.
"""

from __future__ import annotations

import csv
import datetime
from functools import partial
from pathlib import Path
from uuid import uuid4

from accounts.models import SECRETARIAT
from iswg.demo.cast import OFFICER, Cast
from iswg.demo.clock import Clock
from iswg.demo.receipts import plan_receipts
from iswg.demo.timeline import Timeline
from mous.content import ActWords
from mous.lifecycle import SIGNATURES, Kind
from mous.models import (
    Act,
    Instrument,
    InstrumentKind,
    Notification,
    Participation,
    Party,
    TakesEffect,
)
from mous.services.acts import Entry, confirm_act, enter_act
from mous.services.instruments import admit_partner, open_instrument

HERE = Path(__file__).parent
OPENED, PUT_RIGHT = (-243, 3), (-242, 3)
LAST, ARRIVE = 4, (-190, -170, -140, -139)  # so many acts come at these days at the earliest
MISREAD = ("NR", Kind.IN_EFFECT, datetime.date(2022, 9, 7))  # and put right a day later
PARTNER = ("MSG", "Melanesian Spearhead Group Secretariat",
           "Secrétariat du Groupe mélanésien Fer de lance")  # fmt: skip
WAITING = ("PG", "contact", (-2, 1))  # whose notice waits for the depositary today
SPEAKS = frozenset({Kind.DECLARATION, Kind.RESERVATION, Kind.RESERVATION_WITHDRAWN})


def plan(timeline: Timeline, cast: Cast, clock: Clock) -> None:
    story = _Story(cast, clock, timeline)
    timeline.add(clock.at(*OPENED), story.open)
    timeline.add(clock.at(*PUT_RIGHT), story.put_right)
    for row, moment in story.later:
        timeline.add(moment, partial(story.done, row))
    timeline.add(clock.at(*WAITING[2]), story.somebody_waits)


def _day(row: dict[str, str]) -> datetime.date:
    return datetime.date.fromisoformat(row["date"])


def _moment(row: dict[str, str]) -> datetime.datetime:
    return datetime.datetime.combine(_day(row), datetime.time(2), datetime.UTC)


class _Story:
    """What was done, row by row."""

    def __init__(self, cast: Cast, clock: Clock, timeline: Timeline) -> None:
        self.cast, self.clock, self.timeline = cast, clock, timeline
        with (HERE / "data" / "demo_mou_actions.csv").open(encoding="utf-8", newline="") as file:
            rows = sorted(csv.DictReader(file), key=lambda row: row["date"])
        begins = clock.at(*OPENED).date()
        old = min(sum(_day(row) < begins for row in rows), len(rows) - LAST)
        self.before, later = rows[:old], rows[old:]
        soonest = [clock.at(*PUT_RIGHT)] * (len(later) - LAST) + [clock.at(n, 2) for n in ARRIVE]
        self.later = [
            (row, max(_moment(row), soon)) for row, soon in zip(later, soonest, strict=True)
        ]
        self.parties: dict[str, Party] = {}

    def open(self) -> None:
        self.instrument = self._arrangement()
        rows = Party.objects.filter(instrument=self.instrument)
        self.parties = {one.code: one for one in rows.select_related("administration")}
        for row in self.before:
            self.done(row, taken_over=True)
        self._partner()
        self._convention()

    def _arrangement(self) -> Instrument:
        return self._opened(
            slug="oco-mou",
            kind=InstrumentKind.ARRANGEMENT,
            title="Memorandum of Understanding on Customs Co-operation",
            title_fr="Protocole d’accord sur la coopération douanière",
            short="Co-operation MOU",
            short_fr="Protocole d’accord",
            opened_on=datetime.date(2018, 6, 11),
            takes_effect=TakesEffect.DAYS_AFTER,
            effect_days=30,
            gates=True,
        )

    def _opened(self, **facts: object) -> Instrument:
        officer = self.cast[OFFICER]
        return open_instrument(
            actor=officer.actor, vault=officer.vault, instrument_id=uuid4(), **facts
        )  # type: ignore[arg-type]

    def done(self, row: dict[str, str], *, taken_over: bool = False) -> None:
        """One row of the file, by the Secretariat and then by the administration itself."""
        code, kind, day = row["administration"], Kind(row["action"]), _day(row)
        written = MISREAD[2] if (code, kind) == MISREAD[:2] else day
        entry = Entry(
            kind, written, received_on=written, words=_words(kind, row["note"]),
            taken_over=taken_over,
        )  # fmt: skip
        self._both(self.instrument, self.parties[code], entry)

    def _both(self, instrument: Instrument, party: Party, entry: Entry) -> Act:
        officer, code = self.cast[OFFICER], party.code
        home = code in self.parties
        second = self.cast.of(code, "coordinator") if home else self.cast["registrar.oco"]
        act = enter_act(
            actor=officer.actor, vault=officer.vault, instrument=instrument, party=party,
            entry=entry, act_id=uuid4(),
        )  # fmt: skip
        act = confirm_act(actor=second.actor, vault=second.vault, act=act)
        if not act.taken_over:
            told = Notification.objects.get(act=act)
            plan_receipts(self.timeline, self.cast, self.clock, told)
        return act

    def put_right(self) -> None:
        """A day that was misread is corrected by a further act, and stays to be seen."""
        code, kind, _wrong = MISREAD
        act = Act.objects.get(party=self.parties[code], kind=kind)
        right = next(
            _day(row)
            for row in self.before
            if (row["administration"], row["action"]) == (code, kind)
        )
        said = "The counterpart was signed that day; it took effect thirty days later."
        entry = Entry(
            Kind.CORRECTED, right, effective_on=right, words=ActWords(text=said), corrects=act,
            corrected_kind=kind, taken_over=True,
        )  # fmt: skip
        self._both(self.instrument, self.parties[code], entry)

    def _partner(self) -> None:
        """Known from the Secretariat's own news: https://ocosec.org, 13 November 2018."""
        officer, code = self.cast[OFFICER], PARTNER[0]
        signed = datetime.date(2018, 11, 13)
        instrument = self._opened(
            slug="msg-mou", kind=InstrumentKind.ARRANGEMENT,
            title="Memorandum of Understanding with the Melanesian Spearhead Group Secretariat",
            title_fr="Protocole d’accord avec le Secrétariat du Groupe mélanésien Fer de lance",
            short="MOU with the MSG Secretariat", short_fr="Protocole avec le Secrétariat du GMFL",
            opened_on=signed, participation=Participation.LISTED, listed=[SECRETARIAT],
        )  # fmt: skip
        partner = admit_partner(
            actor=officer.actor, instrument=instrument, code=code, name=PARTNER[1],
            name_fr=PARTNER[2],
        )  # fmt: skip
        own = Party.objects.get(instrument=instrument, code=SECRETARIAT)
        for party in (own, partner):
            for kind in (Kind.SIGNED_DEFINITIVE, Kind.IN_EFFECT):
                self._both(instrument, party, Entry(kind, signed, taken_over=True))

    def _convention(self) -> None:
        """Invented, so that the words of a treaty can be seen."""
        opened = datetime.date(2025, 5, 20)
        instrument = self._opened(
            slug="assistance-convention", kind=InstrumentKind.TREATY,
            title="Convention on mutual assistance (invented for the demonstration)",
            title_fr="Convention d’assistance mutuelle (inventée pour la démonstration)",
            short="Assistance convention", short_fr="Convention d’assistance",
            opened_on=opened, takes_effect=TakesEffect.DAYS_AFTER, effect_days=90, notice_days=180,
        )  # fmt: skip
        parties = {one.code: one for one in Party.objects.filter(instrument=instrument)}
        for code, kind in (
            ("FJ", Kind.SIGNED_SUBJECT), ("WS", Kind.SIGNED_SUBJECT),
            ("FJ", Kind.PROCEDURES_COMPLETED), ("VU", Kind.ACCEDED),
        ):  # fmt: skip
            late = kind not in SIGNATURES or kind == Kind.ACCEDED
            day = opened + datetime.timedelta(days=170 if late else 0)
            words = ActWords(place="" if late else "Guam")
            entry = Entry(kind, day, received_on=day, words=words, taken_over=True)
            self._both(instrument, parties[code], entry)

    def somebody_waits(self) -> None:
        """Entered by the administration; the depositary has not confirmed it yet."""
        code, post, _when = WAITING
        person = self.cast.of(code, post)
        day = self.clock.moment.date() - datetime.timedelta(days=4)
        entry = Entry(
            Kind.PROCEDURES_COMPLETED, day,
            words=ActWords(note="The note is on its way by courier."),
        )  # fmt: skip
        enter_act(
            actor=person.actor, vault=person.vault, instrument=self.instrument,
            party=self.parties[code], entry=entry, act_id=uuid4(),
        )  # fmt: skip


def _words(kind: Kind, note: str) -> ActWords:
    if kind in SIGNATURES:
        return ActWords(place=note)
    return ActWords(text=note) if kind in SPEAKS else ActWords(note=note)
