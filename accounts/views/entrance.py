"""The pages before anybody is known: sign in, second factor, sign out.

The flows are allauth's; which of its pages exist, at which address and with which words, is
ours. Its pages for sign-up, e-mail addresses, and for setting or resetting a password are not
reachable at all.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from allauth.account.views import LoginView, LogoutView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator

from accounts import factors
from accounts.destinations import asked_for
from accounts.forms import PasskeyForm, PasskeySignInForm, SecondFactorForm, SignInForm

TOO_MANY = "too_many_login_attempts"


class SignInView(LoginView):
    """E-mail and passphrase, or a passkey. Never a hint whether an account exists."""

    form_class = SignInForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "next": asked_for(self.request)}

    def form_invalid(self, form: SignInForm) -> HttpResponse:
        response = super().form_invalid(form)
        if form.has_error("__all__", TOO_MANY):
            response.status_code = HTTPStatus.TOO_MANY_REQUESTS
        return response


class SecondFactorView(AuthenticateView):
    """The code of an app, a recovery code, or a passkey, after the passphrase."""

    form_class = SecondFactorForm
    webauthn_form_class = PasskeyForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        kinds = factors.kinds_of(self.stage.login.user)
        return {
            **context,
            "has_passkey": "webauthn" in kinds,
            "takes_codes": bool(kinds - {"webauthn"}),
        }

    def form_invalid(self, form: SecondFactorForm) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        if form.has_error("code", TOO_MANY) or form.has_error("credential", TOO_MANY):
            response.status_code = HTTPStatus.TOO_MANY_REQUESTS
        return response


class PasskeySignInView(LoginWebAuthnView):
    """A passkey says who somebody is; the passphrase still has to open the safe (/unlock/)."""

    form_class = PasskeySignInForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return JsonResponse({"request_options": webauthn.begin_authentication(user=None)})


@method_decorator(login_not_required, name="dispatch")
class SignOutView(LogoutView):
    """Asks, then ends the session and has the browser forget what it kept of it."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().post(*args, **kwargs)
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response


sign_in = SignInView.as_view()
second_factor = SecondFactorView.as_view()
passkey_sign_in = PasskeySignInView.as_view()
sign_out = SignOutView.as_view()
