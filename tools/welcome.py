"""What `dev.py run` says once the site answers: where it is and who one may be."""

import os
import subprocess

from tools import development
from tools.environment import ROOT, say

ACCOUNTS = [
    ("contact.fj@demo.invalid", "Fiji, contact point"),
    ("contact.vu@demo.invalid", "Vanuatu, contact point"),
    ("coordinator.to@demo.invalid", "Tonga, coordinator"),
    ("head.pw@demo.invalid", "Palau, head of an administration with a seat"),
    ("liaison.nc@demo.invalid", "New Caledonia, named on a TLP:RED alert"),
    ("secretariat@demo.invalid", "the Secretariat"),
    ("registrar.oco@demo.invalid", "the Secretariat, second person for the register"),
    ("observer.ptccc@demo.invalid", "an observer from a partner agency"),
    ("contributor.fj@demo.invalid", "Fiji, still waits for a colleague to grant the key"),
]


def welcome(port: int, *, nobody: bool) -> None:
    say(f"\n  The portal is at http://localhost:{port}\n")
    if not nobody and development.passphrase_file().exists():
        _accounts()
    say("  Ctrl-C stops everything; the data stay in " + str(development.data_dir()) + "\n")


def _accounts() -> None:
    say("  Demonstration accounts (contact. and coordinator. exist for all 24 codes):")
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


def invite_first_officer(manage: list[str], env: dict[str, str]) -> None:
    """The command asks what it needs; without a terminal, say how to call it."""
    say("  There is nobody here yet: the first officer of the Secretariat founds the portal.")
    if os.isatty(0) and os.isatty(1):
        subprocess.run([*manage, "found_administration"], cwd=ROOT, env=env, check=False)
    else:
        say("    python3 dev.py manage found_administration ADDRESS --name NAME")
        say("  in another terminal prints the link that invites her.\n")
