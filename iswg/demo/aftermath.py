"""How the portal stands when the story has been told: visits, notices, mails, and what waits."""

from __future__ import annotations

import datetime

from django.db.models import F, Max
from django.utils import timezone

from access.actors import Actor
from accounts.models import Administration, User
from accounts.services import put_to_sleep
from activity.checkpoints import make_checkpoint
from activity.chores import MAIL_KEPT
from activity.models import JournalEntry, LiveEvent, Notice, OutgoingMail
from activity.services import mark_read
from bulletins.content import DraftContent, EntityFact
from bulletins.services import save_draft, start_draft
from iswg.demo.cast import Cast, invited, join
from iswg.demo.clock import Clock, Moment

# The accounts that a visitor tries first were away for a while, so that they meet news.
AWAY_SINCE = -10
AWAY = ("contact.fj", "contact.to", "coordinator.to", "contact.vu", "head.pw", "secretariat")
SLEEPER = ("reader", "PW")
WAITING = ("contributor", "FJ")
INVITED = ("contributor", "TO")

ANSWER = DraftContent(
    title="Answer: seal and gate history of container QQQU1002014",
    key_line="The container left our terminal with the seal of the manifest.",
    body=(
        "## Answer to the questions of Solomon Islands\n\n"
        "1. Gate-out at Suva: 06:12 local time. Depot: still to be asked.\n"
        "2. Seals at stuffing, depot and gate: DEMO 0440871 each time, by our own list.\n"
        "3. Broker: the forwarder is its own broker.\n\n"
        "## Still open\n\nThe seal on loading. The terminal answers on Monday.\n"
    ),
    product_type="bulletin",
    tlp="TLP:AMBER+STRICT",
    pap="PAP:GREEN",
    source_reliability="A",
    information_credibility="2",
    confidence="moderate",
    purpose="To find the leg on which the container was opened",
    recipients=("SB",),
    places=("FJSUV", "SBHIR"),
    entities=(EntityFact("container", numbers="QQQU1002014"),),
)


def sleeper_joins(cast: Cast) -> None:
    join(cast, *SLEEPER)


def checkpoint() -> None:
    make_checkpoint(Actor.command("tick"))


def keep_a_draft(cast: Cast) -> None:
    """Fiji's answer to the request for information, begun and not yet sent."""
    author = cast["contact.fj"]
    draft = start_draft(actor=author.actor, vault=author.vault)
    save_draft(
        actor=author.actor, vault=author.vault, draft=draft, content=ANSWER, version=draft.version
    )


def remember_visits(cast: Cast, clock: Clock) -> None:
    """When everybody signed in last: after their last act, or when they were last seen."""
    acts = JournalEntry.objects.filter(at__gt=clock.at(-100)).values("user_id")
    latest = dict(acts.annotate(last=Max("at")).values_list("user_id", "last"))
    away = clock.at(AWAY_SINCE, 1)
    for name, person in cast.people.items():
        here = away if name in AWAY else max(latest.get(person.user.pk, away), away)
        if name == ".".join(SLEEPER).lower():
            here = clock.at(-103)
        _visited(person.user, here)


def _visited(user: User, moment: Moment) -> None:
    """Set by hand: to sign in takes a browser, and nobody had one."""
    before = moment - datetime.timedelta(days=6)
    User.objects.filter(pk=user.pk).update(last_login=moment, previous_visit=before)


def fall_asleep() -> None:
    """The account that nobody used, as the nightly chore does it."""
    put_to_sleep(actor=Actor.command("tick"))


def let_some_wait(cast: Cast) -> None:
    """A colleague without the key, and an invitation that nobody has answered."""
    post, code = WAITING
    cast.bring_in(cast.of(code, "coordinator"), post, code)
    post, code = INVITED
    invited(cast.of(code, "coordinator"), post, Administration.objects.get(pk=code))


def read_old_notices(cast: Cast) -> None:
    for person in cast.people.values():
        visit = User.objects.values_list("last_login", flat=True).get(pk=person.user.pk)
        old = Notice.objects.filter(recipient=person.user, at__lt=visit)
        mark_read(actor=person.actor, notices=old)


def send_old_mails() -> None:
    """The mails of the story went out when they were due; only the open invitation still waits.

    Otherwise the worker would write some hundred mails of the past year on its first round.
    """
    waiting = f"{'.'.join(INVITED).lower()}@demo.invalid"
    past = OutgoingMail.objects.filter(sent_at=None).exclude(address=waiting)
    past.update(sent_at=F("not_before"), secret=None)


def forget_what_the_worker_would() -> None:
    """Mails of long ago, and what pages of that time had to redraw: no page was open."""
    OutgoingMail.objects.filter(sent_at__lt=timezone.now() - MAIL_KEPT).delete()
    LiveEvent.objects.all().delete()
