"""On what sharing rests in the demonstration: some administrations state their law, and where a
bulletin goes to somebody who does not take part, its originator has recorded an agreement first.

The laws are told in the words of the declarations in `data/demo_mou_actions.csv`; the agreements
are invented. The register must have been opened before (`register.py`).
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import partial
from uuid import uuid4

from bulletins.services import NotPublishable, discard_draft, publish_bulletin, start_draft
from iswg.demo.bulletins import content_of
from iswg.demo.cast import Cast
from iswg.demo.clock import Clock
from iswg.demo.pieces import PIECES, Piece, origin_of
from iswg.demo.timeline import Timeline
from mous.models import AuthorityKind
from mous.services.bases import end_authority, record_authority, state_legal_basis
from wording.markings import Tlp
from wording.sharing import DataKind, Purpose


@dataclass(frozen=True, slots=True)
class Law:
    """What an administration states, and on which day of the story."""

    code: str
    when: tuple[int, int]
    act: str
    section: str = ""
    conditions: str = ""
    purposes: tuple[Purpose, ...] = (Purpose.OFFENCES, Purpose.RISK)
    excluded: tuple[DataKind, ...] = ()


LAWS = (
    Law(
        "NZ", (-239, 1), "Customs and Excise Act 2018", "s 318",
        "Under a written agreement that says what is shared, for which use and how it is kept "
        "safe. Record what was shared with whom.",
        (Purpose.OFFENCES, Purpose.RISK, Purpose.SECURITY), (DataKind.BIOMETRIC,),
    ),
    Law(
        "AU", (-238, 4), "Domestic secrecy law (invented for the demonstration)", "Part 6",
        "Disclosure is subject to domestic secrecy law: for the purpose stated in the bulletin "
        "and for no other.",
        (Purpose.OFFENCES, Purpose.RISK, Purpose.SECURITY, Purpose.CRIMINAL), (DataKind.TAX,),
    ),
    Law(
        "SB", (-237, 2), "Customs law of Solomon Islands (invented for the demonstration)", "s 11",
        "No exchange on excise claims.",
        (Purpose.OFFENCES, Purpose.RISK), (DataKind.TAX, DataKind.BIOMETRIC),
    ),
    Law(
        "TV", (-236, 2), "Tuvalu Act of 2014", "ss 14 to 16",
        "Protected information goes out with authority and for a permissible purpose.",
        (Purpose.OFFENCES, Purpose.SECURITY),
    ),
    Law(
        "NC", (-235, 1), "Code des douanes (inventé pour la démonstration)", "art. 7",
        "Pendant l’application provisoire, pas de données sur les voyageurs.",
        (Purpose.OFFENCES, Purpose.RISK), (DataKind.PASSENGER,),
    ),
    Law(
        "FJ", (-234, 2), "Customs law of Fiji (invented for the demonstration)", "s 152",
        "", (Purpose.OFFENCES, Purpose.RISK, Purpose.REVENUE),
    ),
    Law(
        "SB", (-60, 2), "Customs law of Solomon Islands (invented for the demonstration)", "s 11",
        "The limit on excise claims is no longer upheld.",
        (Purpose.OFFENCES, Purpose.RISK, Purpose.REVENUE), (DataKind.BIOMETRIC,),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Agreement:
    """An authority that is recorded; `ends` is the day of the story on which its end is."""

    sender: str
    recipient: str
    when: tuple[int, int]
    text: str
    up_to: Tlp = Tlp.AMBER
    kind: AuthorityKind = AuthorityKind.BILATERAL
    since: datetime.date = datetime.date(2021, 3, 1)
    days: int | None = None
    ends: int | None = None


AGREEMENTS = (
    Agreement(
        "FJ", "PG", (-120, 1), "Agreement on mutual assistance between the two services, art. 4 "
        "(demonstration).", Tlp.AMBER_STRICT,
    ),
    Agreement(
        "SB", "PG", (-179, 1), "Border agreement, annex on customs, para 3 (demonstration).",
        since=datetime.date(2017, 9, 4),
    ),
    Agreement(
        "NZ", "PF", (-30, 22), "Arrangement on assistance in customs matters, art. 2 "
        "(demonstration).", days=365,
    ),
    Agreement(
        "NZ", "WF", (-30, 23), "Arrangement on assistance in customs matters, art. 2, extended to "
        "Wallis and Futuna (demonstration).", days=365,
    ),
    Agreement(
        "AU", "TL", (-150, 3), "Consent for one case, closed since (demonstration).",
        kind=AuthorityKind.CONSENT, since=datetime.date(2026, 5, 1), ends=-90,
    ),
)  # fmt: skip
# Solomon Islands first sent 019 to Papua New Guinea as well, and was refused.
TRIED = ("019", -180)


def plan_bases(timeline: Timeline, cast: Cast, clock: Clock) -> None:
    for law in LAWS:
        timeline.add(clock.at(*law.when), partial(_state, law, cast))
    for one in AGREEMENTS:
        timeline.add(clock.at(*one.when), partial(_record, one, timeline, cast, clock))
    number, day = TRIED
    piece = next(one for one in PIECES if one.number == number)
    timeline.add(clock.at(day, piece.hour), partial(_try_in_vain, piece, cast, clock))


def _state(law: Law, cast: Cast) -> None:
    person = cast.of(law.code, "coordinator")
    state_legal_basis(
        actor=person.actor, vault=person.vault, basis_id=uuid4(), act=law.act,
        section=law.section, conditions=law.conditions, purposes=law.purposes,
        excluded=law.excluded,
    )  # fmt: skip


def _record(one: Agreement, timeline: Timeline, cast: Cast, clock: Clock) -> None:
    person, today = cast.of(one.sender), clock.moment.date()
    row = record_authority(
        actor=person.actor, vault=person.vault, authority_id=uuid4(), recipient=one.recipient,
        kind=one.kind, up_to=one.up_to, since=one.since, text=one.text,
        until=today + datetime.timedelta(days=one.days) if one.days else None,
    )  # fmt: skip
    if one.ends is None:
        return

    def end() -> None:
        end_authority(
            actor=person.actor, vault=person.vault, authority=row, ends_on=clock.day(one.ends or 0)
        )

    timeline.add(clock.at(one.ends, 5), end)


def _try_in_vain(piece: Piece, cast: Cast, clock: Clock) -> None:
    """What is refused leaves a line in the journal, and the draft is thrown away."""
    author = cast.of(origin_of(piece.facts))
    actor, vault = author.actor, author.vault
    content = content_of(piece, cast, clock)
    draft = start_draft(actor=actor, vault=vault, content=content)
    try:
        publish_bulletin(actor=actor, vault=vault, draft=draft, version=draft.version)
    except NotPublishable:
        discard_draft(actor=actor, vault=vault, draft=draft)
