"""What `dev.py run` says once the site answers: where it is and who one may be."""

import os

from tools import development
from tools.environment import say

ACCOUNTS = [
    ("contact.fj@demo.invalid", "Fiji, contact point"),
    ("contact.vu@demo.invalid", "Vanuatu, contact point"),
    ("coordinator.to@demo.invalid", "Tonga, coordinator"),
    ("head.pw@demo.invalid", "Palau, head of administration with a seat"),
    ("secretariat@demo.invalid", "Secretariat"),
    ("observer.ptccc@demo.invalid", "observer from a partner agency"),
]


def welcome(port: int, *, empty: bool) -> None:
    say(f"\n  The portal is at http://localhost:{port}\n")
    if empty:
        _first_steps()
    elif development.passphrase_file().exists():
        _accounts()
    say("  Ctrl-C stops everything; the data stay in " + str(development.data_dir()) + "\n")


def _accounts() -> None:
    say("  Demonstration accounts (contact.<code> and coordinator.<code> for all 24):")
    for address, who in ACCOUNTS:
        say(f"    {address:<30} {who}")
    phrase = development.passphrase_file().read_text().strip()
    say(f"\n  Passphrase of all of them:  {phrase}")
    if os.environ.get(development.PASSPHRASE, phrase) != phrase:
        say(
            "  (ISWG_DEMO_PASSPHRASE says otherwise, but these data were loaded with this one;"
            " empty the data folder to change it)"
        )
    say("  Two people at once: use two browsers, or a private window for the second.\n")


def _first_steps() -> None:
    say("  There is nobody here yet. In another terminal, invite the first Secretariat officer:")
    say("    python3 dev.py manage found_administration")
    say("  and open the link it prints.\n")
