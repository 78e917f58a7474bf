"""`manage.py verify_vault`: do keys, directory and policy agree?"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from vault.rotation import still_under_another
from vault.verification import findings


class Command(BaseCommand):
    help = "Check the key directory, slots, grants and key rows. Opens nothing, changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = list(findings())
        for sentence in wrong:
            self.stdout.write(sentence)
        waiting = still_under_another()
        if waiting:
            self.stdout.write(f"{waiting} rows are under a former pepper: run rotate_pepper.")
        if wrong:
            raise CommandError(f"{len(wrong)} findings.")
        self.stdout.write("The vault holds together.")
