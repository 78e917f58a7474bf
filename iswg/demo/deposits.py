"""The texts of the demonstration's instruments, and two signatures that heads gave in the portal.

The texts are invented and say so. What is signed is the sum of the deposited file in each
language, so that whoever fetches both can verify it (`tools/verify_signature.py`).
"""

from __future__ import annotations

from functools import partial
from uuid import uuid4

from iswg.demo.cast import OFFICER, Cast
from iswg.demo.clock import Clock
from iswg.demo.pieces import attached
from iswg.demo.receipts import plan_receipts
from iswg.demo.timeline import Timeline
from mous.facts import DRAFT_KIND
from mous.lifecycle import Kind
from mous.models import Instrument, Notification, Party
from mous.services.acts import confirm_act
from mous.services.drafts import TEXT, begin_draft
from mous.services.signing import seal_of, sign_instrument, signable_texts
from mous.services.texts import deposit_text
from vault.uploads import receive_whole

DEPOSITED = (-242, 5)
TEXTS = {"oco-mou": "mou-text", "assistance-convention": "convention-text"}
CONVENTION = "assistance-convention"
# Who signed the convention here, when, and whether the depositary has confirmed it.
SIGNED = (("NZ", (-60, 22), True), ("PW", (-1, 3), False))


def plan_deposits(timeline: Timeline, cast: Cast, clock: Clock) -> None:
    """After `register.py` has opened the instruments."""
    for slug, name in TEXTS.items():
        for language in ("en", "fr"):
            deposit = partial(_deposit, cast, slug, f"{name}-{language}.pdf", language)
            timeline.add(clock.at(*DEPOSITED), deposit)
    for code, when, confirmed in SIGNED:
        timeline.add(clock.at(*when), partial(_sign, timeline, cast, clock, code, confirmed))


def _deposit(cast: Cast, slug: str, name: str, language: str) -> None:
    officer, text_id = cast[OFFICER], uuid4()
    instrument = Instrument.objects.get(slug=slug)
    both = {"actor": officer.actor, "vault": officer.vault}
    begin_draft(
        actor=officer.actor, instrument=instrument, purpose=TEXT, party=None, draft_id=text_id
    )
    receive_whole(**both, kind=DRAFT_KIND, object_id=text_id, name=name, body=attached(name))
    deposit_text(**both, instrument=instrument, text_id=text_id, language=language)


def _sign(timeline: Timeline, cast: Cast, clock: Clock, code: str, confirmed: bool) -> None:
    head, registrar = cast.of(code, "head"), cast["registrar.oco"]
    instrument = Instrument.objects.get(slug=CONVENTION)
    party = Party.objects.select_related("administration").get(instrument=instrument, code=code)
    act = sign_instrument(
        actor=head.actor, keys=head.keys, vault=head.vault, instrument=instrument, party=party,
        act_id=uuid4(), kind=Kind.SIGNED_SUBJECT, name=head.user.name,
        office="Head of customs", day=clock.moment.date(),
        seen=seal_of(signable_texts(instrument, head.vault)),
    )  # fmt: skip
    if confirmed:
        act = confirm_act(actor=registrar.actor, vault=registrar.vault, act=act)
        told = Notification.objects.get(act=act)
        plan_receipts(timeline, cast, clock, told)
