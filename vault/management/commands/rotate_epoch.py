"""`manage.py rotate_epoch FJ --as coordinator@customs.example`: a new key for an administration."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from access.actors import Actor
from vault.crypto.keys import PersonKeys
from vault.epochs import rotate_epoch
from vault.signing_command import SigningCommand


class Command(SigningCommand):
    help = "Make a new key for an administration. Asks for the passphrase of whoever signs."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("code", help="the administration's code, for example FJ")

    def act(self, actor: Actor, keys: PersonKeys, **options: Any) -> None:
        code = options["code"].upper()
        if actor.administration != code:
            raise CommandError(f"This person does not act for {code}.")
        made = rotate_epoch(actor=actor, keys=keys)
        self.stdout.write(f"{code} has key {made.number}: {' '.join(made.fingerprint)}")
