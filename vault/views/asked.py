"""What our middleware has put on the request of somebody who is signed in, for type checkers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from access.actors import Actor
    from accounts.models import User
    from vault.open_vault import Vault


class MemberRequest(HttpRequest):
    """A request behind the sign-in; never made by hand, only named in annotations."""

    actor: Actor
    user: User  # type: ignore[assignment]  # nobody anonymous comes this far
    vault: Vault | None


class OpenRequest(MemberRequest):
    """The same where the door has made sure that the vault is open (`unlocked`, `in_json`)."""

    vault: Vault  # type: ignore[assignment]  # never None behind that door
