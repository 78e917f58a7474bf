"""`manage.py off_board leaver@customs.example --as coordinator@customs.example`: end an account."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from access.actors import Actor
from vault.crypto.keys import PersonKeys
from vault.joining import shut_out
from vault.signing_command import SigningCommand, find_person


class Command(SigningCommand):
    help = "Shut somebody's account, end the keys, and make a new key for those who stay."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("leaver", help="the e-mail address of whoever leaves")

    def act(self, actor: Actor, keys: PersonKeys, **options: Any) -> None:
        leaver = find_person(options["leaver"])
        if leaver.pk == actor.user_id:
            raise CommandError("Nobody shuts their own account.")
        if shut_out(actor=actor, keys=keys, person=leaver):
            self.stdout.write("The account is shut, and those who stay have a new key.")
        else:
            self.stdout.write(
                "The account is shut. A new key follows as soon as a colleague unlocks."
            )
