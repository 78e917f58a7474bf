"""Checks the journal from the first line to the last, signs it, and mails the figures."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from access.actors import Actor
from activity.checkpoints import JournalBroken, make_checkpoint


class Command(BaseCommand):
    help = "Check the whole journal, sign it, and mail the checkpoint to every administration."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = make_checkpoint(Actor.command("make_checkpoint"))
        except JournalBroken:
            raise CommandError(
                "The journal does not verify: run verify_journal. Not signed."
            ) from None
        if made is None:
            self.stdout.write("Nothing was written since the last checkpoint.")
        else:
            self.stdout.write(f"Signed {made.size} lines, root {bytes(made.root).hex()}")
