"""Reminders, deadlines, the daily checkpoint: everything that comes with time, once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from activity.chores import FAILED, tick


class Command(BaseCommand):
    help = "Do once what comes with time: reminders, the daily checkpoint, tidying. Run it often."

    def handle(self, *args: Any, **options: Any) -> None:
        done = tick()
        for name, count in sorted(done.items()):
            if count:
                self.stdout.write(f"{name}: {'failed' if count == FAILED else count}")
        if FAILED in done.values():
            raise CommandError("Not everything could be done; the log says what failed.")
