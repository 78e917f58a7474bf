"""`manage.py rotate_pepper`: everything under the first pepper of the settings."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from access.actors import Actor
from vault.crypto.errors import CannotOpen
from vault.rotation import rotate_pepper, still_under_another


class Command(BaseCommand):
    help = "Put key slots and second factors under the current pepper. May be run again."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = rotate_pepper(actor=Actor.command("rotate_pepper"))
        except CannotOpen:
            raise CommandError(
                "A row is under a pepper that the settings do not hold. Add the former pepper "
                "to ISWG_PEPPER as the second entry, and run this again."
            ) from None
        self.stdout.write(f"{count} rows now lie under the current pepper.")
        if still_under_another():
            raise CommandError("Some rows are still under a former pepper: run this again.")
        self.stdout.write("The former pepper can be taken out of ISWG_PEPPER.")
