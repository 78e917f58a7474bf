"""The worker: mails every few seconds, and what comes with time every minute, until stopped."""

import logging
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from activity import heartbeat
from activity.chores import tick
from activity.mail import deliver

log = logging.getLogger("iswg.work")

TICK_EVERY = 60.0


class Command(BaseCommand):
    help = "Send mails and do what comes with time, until TERM. Holds no keys of anybody."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=float, default=3.0, help="seconds between rounds")

    def handle(self, *args: Any, every: float, **options: Any) -> None:
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        self.stdout.write("The worker is at work.")
        last_tick = float("-inf")
        while not stopped.is_set():
            heartbeat.beat()
            _attempt("deliver_mail", deliver)
            if time.monotonic() - last_tick >= TICK_EVERY:
                last_tick = time.monotonic()
                _attempt("tick", tick)
            stopped.wait(every)
        self.stdout.write("The worker has stopped.")


def _attempt(name: str, work: Callable[[], Any]) -> None:
    """A database that is away for a minute is no reason to die: the next round tries again."""
    close_old_connections()
    try:
        work()
    except Exception:
        log.exception("%s failed", name)
    finally:
        close_old_connections()
