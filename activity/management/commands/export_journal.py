"""Writes the journal into a file that can be checked without the portal."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from access.actors import Actor
from activity import export
from activity.events import Event
from activity.record import record


class Command(BaseCommand):
    help = "Write the journal as a proof for tools/verify_journal.py. Recorded in the journal."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", help="where to; without it, standard output")
        parser.add_argument(
            "--for",
            dest="code",
            default=export.EVERYTHING,
            help="show the lines of this administration only, the others as hashes",
        )

    def handle(self, *args: Any, file: str | None, code: str, **options: Any) -> None:
        actor = Actor(user_id=None, administration=code, name="export_journal")
        with transaction.atomic():
            record(actor, Event.JOURNAL_EXPORTED, detail={"as_proof": True})
        if file is None:
            sys.stdout.writelines(export.proof(code))
            return
        with Path(file).open("w", encoding="utf-8") as target:
            target.writelines(export.proof(code))
        self.stdout.write(f"Written to {file}")
