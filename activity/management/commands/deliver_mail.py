"""Sends the mails that wait."""

from typing import Any

from django.core.management.base import BaseCommand

from activity.mail import deliver


class Command(BaseCommand):
    help = "Send the mails that are due, and say how many."

    def handle(self, *args: Any, **options: Any) -> None:
        done = deliver()
        self.stdout.write(
            f"{done.sent} sent, {done.dropped} not needed any more, "
            f"{done.failed} to be tried again, {done.given_up} given up"
        )
