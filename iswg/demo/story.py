"""The demonstration from beginning to end, in one transaction: it is all there, or nothing is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from activity.events import Event
from activity.record import record
from bulletins.models import Bulletin
from iswg.demo import aftermath, bases, deposits, ledgers, meetings, register, steps, threads
from iswg.demo.bulletins import issue_moment, publish
from iswg.demo.cast import ME, PEOPLE, Cast, bring_in_everybody, enter_places, found_portal
from iswg.demo.clock import Clock, told_by
from iswg.demo.locks import locks_made_ahead
from iswg.demo.pieces import PIECES, Piece
from iswg.demo.timeline import Timeline
from iswg.installation import mark_as_demonstration
from vault.directory import pin
from vault.models import DirectoryEntry

Say = Callable[[str], None]


class CannotTell(Exception):
    """The demonstration cannot be loaded here; the message says why and what to do."""


def refuse_unfit() -> None:
    """Invented people must never stand among real ones, nor share a passphrase in earnest."""
    if settings.PRODUCTION:
        raise CannotTell("This is a production site: the demonstration is for development only.")
    if any(model.objects.exists() for model in (User, Bulletin, DirectoryEntry)):
        raise CannotTell(
            "This database holds people or bulletins already: the demonstration is loaded into "
            "an empty one only. Nothing was changed."
        )
    if pin():
        raise CannotTell(
            "The database is empty, but the pin of an earlier key directory is still there: "
            f"remove {settings.DATA_DIR / 'secrets' / 'directory_pin'} (or unset "
            "ISWG_DIRECTORY_PIN) and run this again."
        )


def tell(passphrase: str, say: Say) -> Cast:
    """Load everything. Raises CannotTell, or vault.passphrases.WeakPhrase, and changes nothing."""
    refuse_unfit()
    clock, cast = Clock(timezone.now().date()), Cast(passphrase)
    with transaction.atomic():
        ahead = locks_made_ahead(passphrase, PEOPLE)
        with told_by(clock), ahead, _founded(cast, clock, say):
            _people(cast, clock, say)
            _bulletins(cast, clock, say)
            _today(cast, clock, say)
        record(ME, Event.DEMONSTRATION_LOADED)
    mark_as_demonstration()
    return cast


@contextmanager
def _founded(cast: Cast, clock: Clock, say: Say) -> Iterator[None]:
    """The founding, and its pin for the rest of the story.

    The pin is written beside the other secrets when the transaction is committed and not before:
    whatever interrupts us leaves an empty database and no pin.
    """
    say("Entering 24 administrations, the Secretariat and a partner agency ...")
    clock.move_to(clock.at(-650, 1))
    enter_places()
    found_portal(cast)
    former, settings.DIRECTORY_PIN = settings.DIRECTORY_PIN, cast.pin
    try:
        yield
    finally:
        settings.DIRECTORY_PIN = former


def _people(cast: Cast, clock: Clock, say: Say) -> None:
    say("Inviting people, who make their keys and vouch for each other (the longest part) ...")
    bring_in_everybody(cast, clock)
    aftermath.sleeper_joins(cast)


def _bulletins(cast: Cast, clock: Clock, say: Say) -> None:
    say("Publishing twelve bulletins; the others open, acknowledge and discuss them; they meet ...")
    timeline = Timeline()
    issued: dict[str, Bulletin] = {}

    def issue(piece: Piece) -> None:
        bulletin = issued[piece.number] = publish(piece, cast, clock)
        for moment, act in ledgers.acts(piece, bulletin, cast, clock):
            timeline.add(moment, act)

    for piece in PIECES:
        timeline.add(issue_moment(piece, clock), lambda piece=piece: issue(piece))
    register.plan(timeline, cast, clock)
    deposits.plan_deposits(timeline, cast, clock)
    bases.plan_bases(timeline, cast, clock)
    steps.plan_steps(timeline, cast, clock)
    threads.plan(timeline, cast, clock, issued)
    meetings.plan(timeline, cast, clock)
    for day in (-8, -1):
        timeline.add(clock.at(day), aftermath.checkpoint)
    timeline.play(clock)


def _today(cast: Cast, clock: Clock, say: Say) -> None:
    say("Setting the scene of today: visits, a draft, an invitation, a colleague who waits ...")
    clock.move_to(clock.at(-1, 23))
    ledgers.put_dots_away(cast, before=clock.at(-30))
    aftermath.keep_a_draft(cast)
    aftermath.remember_visits(cast, clock)
    aftermath.read_old_notices(cast)
    aftermath.fall_asleep()
    aftermath.let_some_wait(cast)
    aftermath.send_old_mails()
    aftermath.forget_what_the_worker_would()
