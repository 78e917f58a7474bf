"""Invite the first Secretariat officer of an empty portal; print the link once."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from access.actors import Actor
from accounts.services import CannotInvite, found, seed_administrations
from accounts.tokens import FOUNDER


class Command(BaseCommand):
    help = "Invite the first Secretariat officer. Only while nobody has an account."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", nargs="?", help="of the first Secretariat officer")
        parser.add_argument("--name", default="", help="their name or function")
        parser.add_argument("--language", default="en", choices=[c for c, _n in settings.LANGUAGES])

    def handle(self, email: str | None, name: str, language: str, **options: Any) -> None:
        email = email or self._asked("E-mail address of the first Secretariat officer: ")
        name = name or self._asked("Their name or function: ")
        actor = Actor.command(FOUNDER)
        seed_administrations(actor=actor)
        try:
            path = found(actor=actor, email=email, name=name, language=language)
        except CannotInvite as reason:
            raise CommandError(str(reason)) from None
        self.stdout.write(
            "Open this link once, within 72 hours, in the browser of the first officer:\n"
            f"  {settings.ORIGIN}{path}\n"
            "It makes their keys and the directory's first line, and shows the pin that you\n"
            "then write into ISWG_DIRECTORY_PIN."
        )

    def _asked(self, question: str) -> str:
        try:
            answer = input(question).strip()
        except EOFError:
            answer = ""
        if not answer:
            raise CommandError("Nothing was written, so nobody was invited.")
        return answer
