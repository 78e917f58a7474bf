"""What follows from signing in and out, whichever page or library did it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.sessions.models import Session
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.http import HttpRequest

from access.actors import current_actor
from accounts.models import User
from vault import sessions
from vault.new_starts import is_asked_for, stop
from vault.open_vault import Vault
from vault.rewrap import rewrap_pending


@receiver(user_logged_in)
def settle_vault(sender: Any, request: HttpRequest | None, user: Any, **_facts: Any) -> None:
    if request is not None and hasattr(request, "session"):
        sessions.settle(request, user)


@receiver(user_logged_out)
def lock_vault(sender: Any, request: HttpRequest | None, user: Any, **_facts: Any) -> None:
    if request is not None and hasattr(request, "session"):
        sessions.lock(request)


@receiver(post_delete, sender=Session)
def end_vault(sender: Any, instance: Session, **_facts: Any) -> None:
    """A session ended from the list of sessions, or by any other hand, takes its vault along."""
    sessions.end_session(instance.session_key)


@receiver(sessions.vault_opened)
def take_over(sender: Any, vault: Vault, **_facts: Any) -> None:
    """The first colleague who opens a vault after a new epoch wraps everything under it."""
    rewrap_pending(vault)


@receiver(sessions.vault_opened)
def stop_new_start(sender: Any, vault: Vault, **_facts: Any) -> None:
    """Whoever has the passphrase does not need to start anew; somebody else may have asked."""
    actor = current_actor(vault.user_id) if is_asked_for(vault.user_id) else None
    if actor is not None:
        stop(actor=actor, user=User.objects.get(pk=vault.user_id))
