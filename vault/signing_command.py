"""Commands that sign something: somebody types her own passphrase at the terminal.

Never as an argument, where every user of the machine and the shell's history would read it.
"""

from __future__ import annotations

import getpass
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from access.actors import Actor, current_actor
from access.policy import Refused
from accounts.models import User
from activity.record import record_refusal
from vault.argon import Busy
from vault.crypto.errors import CannotOpen
from vault.crypto.keys import PersonKeys
from vault.directory import DirectoryBroken
from vault.passphrases import person_keys


class SigningCommand(BaseCommand):
    """`handle` finds who acts; `act` does it, and what goes wrong is said in a sentence."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--as", dest="signer", required=True, metavar="E-MAIL", help="who signs"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        signer = find_person(options["signer"])
        actor = current_actor(signer.pk)
        assert actor is not None, "people are never deleted"
        try:
            keys = person_keys(signer, ask_passphrase(options["signer"]))
        except CannotOpen:
            raise CommandError("That is not this person's passphrase.") from None
        except Busy:
            raise CommandError("Too many people are signing in. Try again.") from None
        try:
            self.act(actor, keys, **options)
        except Refused as refused:
            record_refusal(actor, refused.action.name.lower())
            raise CommandError(str(refused)) from None
        except DirectoryBroken as broken:
            raise CommandError(str(broken.sentence)) from None
        except CannotOpen:
            raise CommandError("This person does not hold the administration's key.") from None

    def act(self, actor: Actor, keys: PersonKeys, **options: Any) -> None:
        raise NotImplementedError("each command says what is done")


def find_person(email: str) -> User:
    found = User.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if found is None:
        raise CommandError("Nobody with an open account has that address.")
    return found


def ask_passphrase(email: str) -> str:
    """Typed unseen at a terminal; from a pipe, the first line."""
    if sys.stdin.isatty():
        return getpass.getpass(f"Passphrase of {email}: ")
    return sys.stdin.readline().rstrip("\n")
