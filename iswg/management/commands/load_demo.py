"""`manage.py load_demo`: an invented working group in an empty database, and who one may be."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from iswg.demo.cast import DOMAIN, OFFICER
from iswg.demo.story import CannotTell, tell
from vault.crypto.phrase import make_phrase
from vault.passphrases import WeakPhrase

ACCOUNTS = (
    ("contact.<code>, coordinator.<code>", "for each of the 24 administrations, as contact.fj"),
    ("head.<code>", "heads of the six seats: au fj nz pw sb vu"),
    ("liaison.nc, liaison.vu", "officers to whom a TLP:RED alert was addressed"),
    (f"{OFFICER}, registrar.oco", "the Secretariat: who enters an act, and who confirms it"),
    ("observer.ptccc", "an observer from a partner agency"),
    ("contributor.fj", "a colleague who waits for Fiji's key"),
    ("reader.pw", "an account that fell asleep"),
)


class Command(BaseCommand):
    help = "Load the demonstration: refused on a database that holds any person or bulletin."

    def handle(self, *args: Any, **options: Any) -> None:
        passphrase = settings.DEMO_PASSPHRASE or make_phrase()
        try:
            tell(passphrase, self._say)
        except CannotTell as refusal:
            raise CommandError(str(refusal)) from None
        except WeakPhrase as weak:
            raise CommandError(
                f"ISWG_DEMO_PASSPHRASE would be refused by the portal as too {weak.reason}: "
                "choose at least 15 characters that are not a common phrase, or unset it."
            ) from None
        if options["verbosity"]:  # dev.py says it itself
            self._show_accounts(passphrase)

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()

    def _show_accounts(self, passphrase: str) -> None:
        self._say(f"\nDemonstration accounts, each at {DOMAIN}:")
        for names, who in ACCOUNTS:
            self._say(f"  {names:<36} {who}")
        self._say(f"\nPassphrase of all of them: {passphrase}")
