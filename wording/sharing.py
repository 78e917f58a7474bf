"""The words in which administrations say what they may share, and for what."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class DataKind(TextChoices):
    """Kinds of data that a law may keep from being shared."""

    PERSONAL = "personal", _("Personal data")
    BIOMETRIC = "biometric", _("Biometric data")
    TAX = "tax", _("Duty, excise and tax matters")
    COMMERCIAL = "commercial", _("Commercial secrets")
    CRIMINAL = "criminal", _("Criminal records and investigations")
    PASSENGER = "passenger", _("Passenger and travel data")


class Purpose(TextChoices):
    """For what an administration may share."""

    OFFENCES = "offences", _("Preventing and investigating customs offences")
    RISK = "risk", _("Assessing risk")
    REVENUE = "revenue", _("Assessing duties and taxes")
    SECURITY = "security", _("Border and maritime security")
    CRIMINAL = "criminal", _("Criminal proceedings")
    STATISTICS = "statistics", _("Statistics without names")
