"""Enter the 24 administrations, the Secretariat, the six seats and the groups. Idempotent."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from access.actors import Actor
from accounts.services import seed_administrations


class Command(BaseCommand):
    help = "Enter the 24 administrations, the Secretariat, seats and groups; safe to repeat."

    def handle(self, **options: Any) -> None:
        entered = seed_administrations(actor=Actor.command("seed_administrations"))
        self.stdout.write(f"{entered} administrations entered, the others were there already.")
