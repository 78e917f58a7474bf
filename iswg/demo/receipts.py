"""Notifications of the demonstration as they are received: by most within days, the last one not
yet by everybody."""

from __future__ import annotations

import datetime
from functools import partial

from iswg.demo.cast import Cast
from iswg.demo.clock import Clock
from iswg.demo.timeline import Timeline
from mous.models import Notification
from mous.services.depositary import confirm_receipt

DAYS = (1, 2, 2, 3, 5)
SLOW = frozenset({"FJ", "KI", "MH", "TL", "WF"})  # who have not answered the newest one


def plan_receipts(timeline: Timeline, cast: Cast, clock: Clock, notification: Notification) -> None:
    """Whoever was notified just now confirms it in the days that follow, if those are over."""
    codes = notification.receipts.order_by("administration").values_list(
        "administration", flat=True
    )
    slow = SLOW if clock.moment > clock.at(-100) else frozenset()
    for place, code in enumerate(codes):
        moment = clock.moment + datetime.timedelta(days=DAYS[place % len(DAYS)], hours=place)
        if code not in slow and moment < clock.at(0):
            timeline.add(moment, partial(_receive, cast, code, notification))


def _receive(cast: Cast, code: str, notification: Notification) -> None:
    confirm_receipt(actor=cast.of(code).actor, notification=notification)
