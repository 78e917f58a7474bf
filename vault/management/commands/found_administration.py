"""`manage.py found_administration`: the first invitation, from which everything else follows.

It goes to the first Secretariat officer. When she accepts, she makes her keys and signs the
first line of the key directory herself; its hash, the pin, goes into the settings.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from access.actors import Actor
from accounts.models import SECRETARIAT, Administration
from accounts.services import invitations
from vault.directory import is_founded


class Command(BaseCommand):
    help = "Invite the first officer of the Secretariat, who founds the key directory."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", required=True)
        parser.add_argument("--language", default="en", choices=[c for c, _ in settings.LANGUAGES])

    def handle(self, *args: Any, **options: Any) -> None:
        self._refuse_bad(options["email"])
        try:
            path = invitations.found(
                actor=Actor.command(invitations.FOUNDER),
                email=options["email"],
                name=options["name"],
                language=options["language"],
            )
        except invitations.CannotInvite as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write("Open this link in a browser within 72 hours. It works once:")
        self.stdout.write(f"{settings.ORIGIN}{path}")

    def _refuse_bad(self, email: str) -> None:
        if is_founded():
            raise CommandError("The key directory is founded already: invite from the pages.")
        if not Administration.objects.filter(pk=SECRETARIAT).exists():
            raise CommandError("Run `manage.py seed_administrations` first.")
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError("That is not an e-mail address.") from None
