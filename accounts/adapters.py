"""Our answers to allauth: closed sign-up, one set of rules, secrets under the pepper.

allauth brings the flows (stages of a sign-in, rate limits, WebAuthn, TOTP); what is decided,
stored and said is decided, stored and said here.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access.roles import READS
from accounts import records
from accounts.actors import find_actor
from accounts.destinations import is_own_page
from accounts.ports import keys, passphrases
from accounts.queries import whom_to_ask


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("This e-mail address and passphrase do not go together."),
        "incorrect_password": _("That is not your passphrase."),
        "too_many_login_attempts": _(
            "Too many attempts in a short time. Wait five minutes, then try again."
        ),
        "rate_limited": _("Too many attempts in a short time. Wait a minute, then try again."),
        "incorrect_code": _("This code is not right, or was used before. Wait for the next one."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: people are invited."""
        return False

    def is_safe_url(self, url: str) -> bool:
        return bool(url) and is_own_page(url)

    def is_ajax(self, request: HttpRequest) -> bool:
        """Every answer is a page; the one exception (a passkey's challenge) has its own view."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Set by access.addresses; a test or a Unix socket has none."""
        return request.META.get("REMOTE_ADDR") or "0.0.0.0"  # noqa: S104 (no address, not a bind)

    def get_login_stages(self) -> list[str]:
        """Passphrase or passkey, then a second factor: no codes by mail, no trusted browsers."""
        return ["allauth.mfa.stages.AuthenticateStage"]

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Of the address alone. With allauth's own key, who names another port in the Host header
        of each try would never meet the limit."""
        return str(credentials.get("email", "")).strip().lower()

    def reauthenticate(self, user: Any, password: str) -> bool:
        self.pre_authenticate(self.request, email=f"again:{user.pk}")
        right = passphrases().check(user, password)
        if right:
            self._rollback_login_failed_rl_usage()
        return right

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        records.sign_in_failed(credentials.get("email", ""), self.get_client_ip(request))

    def pre_login(self, request: HttpRequest, user: Any, **hooks: Any) -> HttpResponse | None:
        if not user.is_active or user.asleep_since:
            from allauth.account.internal.stagekit import clear_login

            clear_login(request)
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **hooks)

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """Said only to whoever knew the passphrase: what is wrong, and whom to ask."""
        keys().end_sessions(user)
        return render(
            request,
            "account/not_open.html",
            {"asleep": user.is_active, "ask": whom_to_ask(user)},
            status=403,
        )

    def post_login(self, request: HttpRequest, user: Any, **hooks: Any) -> HttpResponse:
        """Whoever still waits for the administration's key is told so, before an empty list."""
        response: HttpResponse = super().post_login(request, user, **hooks)
        vault, actor = getattr(request, "vault", None), find_actor(user.pk)
        if vault is None or vault.is_granted or actor is None or not actor.holds(READS):
            return response
        return redirect(f"{reverse('vault:unlock')}?{urlencode({'next': response['Location']})}")

    def add_message(self, *args: Any, message: str | None = None, **facts: Any) -> None:
        """Only sentences of our own: "successfully signed in" tells nobody anything."""
        if message:
            super().add_message(*args, message=message, **facts)

    def login(self, request: HttpRequest, user: Any) -> None:
        records.keep_previous_visit(user)
        super().login(request, user)

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_login")


class MfaAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
        "cannot_delete_authenticator": _(
            "Everybody needs a second factor here: add another one before you remove this."
        ),
    }

    def encrypt(self, text: str) -> str:
        """TOTP and recovery seeds lie under the pepper, so a copied database signs in nobody."""
        return keys().seal_seed(text)

    def decrypt(self, encrypted_text: str) -> str:
        return keys().open_seed(encrypted_text)

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """Where a second factor is required, the last one stays."""
        if not settings.REQUIRE_MFA:
            return True
        others = type(authenticator).objects.filter(user_id=authenticator.user_id)
        others = others.exclude(pk=authenticator.pk).exclude(type="recovery_codes")
        return bool(others.exists())

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Bound to the address people type, whatever host name a request claims."""
        return {"id": urlsplit(settings.ORIGIN).hostname or "", "name": settings.MFA_TOTP_ISSUER}

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        return str(_("Passkey"))
