"""What libraries tell us: signed in, signed out, a second factor that was not right."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa import signals as factors
from allauth.usersessions.models import UserSession
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.http import HttpRequest

from access.addresses import shortened
from accounts import records
from accounts.models import User


@receiver(user_logged_in)
def write_sign_in(sender: Any, request: HttpRequest, user: User, **facts: Any) -> None:
    how = get_authentication_records(request, user)
    records.signed_in(
        user, _address(request), by_passkey=any(step.get("passwordless") for step in how)
    )


@receiver(user_logged_out)
def write_sign_out(sender: Any, request: HttpRequest, user: User | None, **facts: Any) -> None:
    if user is not None:
        records.signed_out(user, _address(request))


@receiver(factors.authentication_failed)
def write_failed_factor(sender: Any, request: HttpRequest, user: User, **facts: Any) -> None:
    records.sign_in_failed(user.email, _address(request), second_factor=True)


@receiver(pre_save, sender=UserSession)
def keep_only_the_network(sender: Any, instance: UserSession, **facts: Any) -> None:
    """The list of sessions shows where from by network; a full address is not ours to keep."""
    instance.ip = shortened(instance.ip).partition("/")[0] or "0.0.0.0"  # noqa: S104 (not a bind)


def _address(request: HttpRequest | None) -> str:
    return request.META.get("REMOTE_ADDR", "") if request is not None else ""
