"""Reads one mail from standard input: the answer of a calendar to an invitation."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.db import OperationalError

from meetings.inbound import LARGEST_MAIL
from meetings.services.mail_answers import Outcome, take_mail

LATER = 75  # the mail server tries again


class Command(BaseCommand):
    help = (
        "Take the answer of a calendar out of a mail on standard input. Ends with 0 when it was "
        "taken, else with 65 (no answer in it), 66 (no such invitation), 67 (unknown sender), "
        "75 (try again later), 76 (answers an invitation that was replaced) or 77 (not allowed)."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        raw = sys.stdin.buffer.read(LARGEST_MAIL + 1)
        try:
            outcome, word = take_mail(raw)
        except OperationalError:
            self.stderr.write("the database is not to be had: try again")
            sys.exit(LATER)
        self.stderr.write(f"{outcome.name.lower()}: {word}")
        if outcome != Outcome.TAKEN:
            sys.exit(int(outcome))
