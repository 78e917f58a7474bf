"""`show_access`: the whole table of who may do what, worked out from the policy itself."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from access.table import DOCUMENT, document


class Command(BaseCommand):
    help = "Print the access table; --write renews docs/access.md, --check compares it."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--check", action="store_true")
        parser.add_argument("--write", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            text = document()
        if options["write"]:
            DOCUMENT.write_text(text, encoding="utf-8")
        elif options["check"]:
            if not DOCUMENT.exists() or DOCUMENT.read_text(encoding="utf-8") != text:
                raise CommandError("docs/access.md is out of date: run show_access --write")
        else:
            self.stdout.write(text, ending="")
