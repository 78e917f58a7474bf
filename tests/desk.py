"""Bulletins of the cast: words to look for, and what people do with them by the services."""

import datetime

from django.utils import timezone

from bulletins import services
from bulletins.content import DraftContent

# Words that stand nowhere else: a scan for them says whether anything leaked.
TITLE = "Catamaran Ziphrannet overdue at Neiafu"
KEY_LINE = "Report any sighting of the quombat hull, do not hail."
BODY = "## Evidence\n\nLeft **Nuku Hiva** with three on board, snargle lamps dark."


def content(**changes) -> DraftContent:
    """A bulletin from Fiji to Vanuatu that could be sent as it is."""
    facts = {
        "title": TITLE,
        "key_line": KEY_LINE,
        "body": BODY,
        "product_type": "alert",
        "tlp": "TLP:AMBER",
        "pap": "PAP:GREEN",
        "source_reliability": "B",
        "information_credibility": "2",
        "requested_action": "sighting",
        "purpose": "Finding the crew",
        "recipients": ("VU",),
        "valid_until": timezone.localdate() + datetime.timedelta(days=14),
        "due_on": timezone.localdate() + datetime.timedelta(days=3),
    }
    return DraftContent(**{**facts, **changes})


class Desk:
    """What the cast does with bulletins, by the services."""

    def __init__(self, world):
        self.world = world

    def acting(self, user) -> dict:
        return {"actor": self.world.actor(user), "vault": self.world.vault(user)}

    def draft(self, user, **changes):
        return services.start_draft(**self.acting(user), content=content(**changes))

    def publish(self, user, **changes):
        draft = self.draft(user, **changes)
        return services.publish_bulletin(**self.acting(user), draft=draft, version=1)
