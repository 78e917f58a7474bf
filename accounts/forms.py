"""What people type at the entrance and about themselves and their colleagues."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _


class PassphraseField(forms.CharField):
    """A passphrase as typed: spaces within count, and nothing of it is ever drawn again."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Passphrase"))
        kwargs.setdefault("max_length", 400)
        complete = kwargs.pop("autocomplete", "current-password")
        kwargs["widget"] = forms.PasswordInput(attrs={"autocomplete": complete})
        super().__init__(strip=False, **kwargs)


class SignInForm(LoginForm):
    """allauth's form with our words, and without its "remember me"."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.EmailField(
            label=_("E-mail address"),
            widget=forms.EmailInput(attrs={"autocomplete": "username webauthn"}),
        )
        self.fields["password"] = PassphraseField()
        self.fields.pop("remember", None)
        self.order_fields(["login", "password"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        # Sessions end with the browser, and after eight hours in any case.
        cleaned["remember"] = False
        return cleaned


class SecondFactorForm(AuthenticateForm):
    """A code from the app, good once, or one of the recovery codes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code")
        self.fields["code"].widget = forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "text", "autocapitalize": "off"}
        )

    def clean_code(self) -> str:
        from allauth.mfa.adapter import get_adapter

        from accounts import factors

        clear_rate = check_rate_limit(self.user)
        code: str = self.cleaned_data["code"]
        accepted = factors.accept_code(self.user, code)
        if accepted is None:
            if main := factors.main_authenticator(self.user):
                self._emit_authentication_failed(main)
            raise get_adapter().validation_error("incorrect_code")
        accepted.user = self.user
        self.authenticator = accepted
        clear_rate()
        return code


class PasskeyForm(AuthenticateWebAuthnForm):
    pass
