"""The link of an invitation: how it is found, whether it is good, who stands behind it."""

from __future__ import annotations

import hashlib

from django.urls import reverse
from django.utils import timezone

from access.actors import Actor
from accounts.actors import find_actor
from accounts.models import Invitation

FOUNDER = "found_administration"


def hash_of(token: str) -> bytes:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).digest()


def path_of(token: str) -> str:
    return reverse("vault:invitation", args=[token])


def is_good(invitation: Invitation) -> bool:
    """Neither used, nor withdrawn, nor out of time."""
    return (
        invitation.accepted_at is None
        and invitation.withdrawn_at is None
        and invitation.expires_at > timezone.now()
    )


def voucher_of(invitation: Invitation) -> Actor:
    """Who stands behind an invitation, as of now."""
    if invitation.made_by_id is None:
        return Actor.command(FOUNDER)
    maker = find_actor(invitation.made_by_id)
    assert maker is not None, "people are never deleted"
    return maker
