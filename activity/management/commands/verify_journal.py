"""Checks the journal in the database, and against checkpoints kept elsewhere if given."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from activity import words
from activity.queries import journal_key, journal_report


class Command(BaseCommand):
    help = "Check every line of the journal, every checkpoint, and that nothing was cut off."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--language", default="en", help="en or fr")

    def handle(self, *args: Any, language: str, **options: Any) -> None:
        report = journal_report()
        self.stdout.write(f"{report.size} lines, {report.checkpoints} checkpoints")
        self.stdout.write(f"newest hash {report.head.hex()}")
        self.stdout.write(f"Merkle root {report.root.hex()}")
        self.stdout.write(f"public key  {journal_key().to_bytes().hex()}")
        with translation.override(language):
            for found in report.faults:
                self.stderr.write(words.fault(found))
        if report.faults:
            raise CommandError("The journal does not verify.")
        self.stdout.write("The journal is whole.")
