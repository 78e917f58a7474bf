"""The roles of the portal, and what each adds to the one before it."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """What somebody may do for an administration. Dated: see accounts.Appointment."""

    OBSERVER = "observer", _("Observer")
    READER = "reader", _("Reader")
    CONTRIBUTOR = "contributor", _("Contributor")
    CONTACT = "contact", _("Intelligence Contact Point")
    COORDINATOR = "coordinator", _("Coordinator")
    HEAD = "head", _("Head of administration")
    SECRETARIAT = "secretariat", _("Secretariat officer")
    OPERATOR = "operator", _("Operator")


# Read down a column: what a role may do, whoever holds it. `head` signs and reads; publishing
# and appointing belong to the contact point and the coordinator.
READS = frozenset(
    {
        Role.READER,
        Role.CONTRIBUTOR,
        Role.CONTACT,
        Role.COORDINATOR,
        Role.HEAD,
        Role.SECRETARIAT,
    }
)
WRITES = frozenset({Role.CONTRIBUTOR, Role.CONTACT, Role.COORDINATOR, Role.SECRETARIAT})
PUBLISHES = frozenset({Role.CONTACT, Role.COORDINATOR, Role.SECRETARIAT})
APPOINTS = frozenset({Role.COORDINATOR})

# Acting on a person asks for a higher rank than that person's own.
RANK = {
    Role.OBSERVER: 0,
    Role.READER: 1,
    Role.CONTRIBUTOR: 2,
    Role.CONTACT: 3,
    Role.HEAD: 3,
    Role.OPERATOR: 3,
    Role.COORDINATOR: 4,
    Role.SECRETARIAT: 5,
}
