"""What people type at the entrance and about themselves and their colleagues."""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Iterator
from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.forms import LoginForm
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
)
from allauth.mfa.webauthn.internal import auth as webauthn
from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from access.actors import Actor
from access.roles import Role
from accounts import factors
from accounts.language import city_of
from accounts.models import Administration, Theme, User


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
    """A passkey's answer as second factor, or (at sign-in) as the way to say who one is."""

    def clean_credential(self) -> Authenticator:
        with understood():
            return super().clean_credential()


class PasskeySignInForm(PasskeyForm, LoginWebAuthnForm):
    pass


class AddPasskeyForm(AddWebAuthnForm):
    """A new passkey, which must have proved its owner by finger, face or PIN."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("passwordless", None)
        self.fields["name"] = forms.CharField(
            label=_("Name of this passkey"),
            max_length=40,
            required=False,
            help_text=_("For your own list: for example the device it is on."),
        )

    def clean(self) -> dict[str, Any]:
        with understood():
            cleaned: dict[str, Any] = super().clean()
        credential = cleaned.get("credential")
        if credential and not proves_owner(credential):
            raise forms.ValidationError(_("This passkey does not ask for a finger, face or PIN."))
        return cleaned


def proves_owner(credential: dict[str, Any]) -> bool:
    data = webauthn.parse_registration_response(credential).response.attestation_object.auth_data
    return bool(data.is_user_verified())


@contextlib.contextmanager
def understood() -> Iterator[None]:
    """A browser's answer is parsed by a library that meets nonsense in many ways."""
    try:
        yield
    except (TypeError, KeyError, AttributeError, IndexError, ValueError, struct.error) as nonsense:
        if isinstance(nonsense, forms.ValidationError):
            raise
        raise forms.ValidationError(_("The passkey's answer was not understood.")) from None


class AgainForm(forms.Form):
    """The passphrase once more, counted like attempts to sign in."""

    password = PassphraseField()

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    @property
    def is_throttled(self) -> bool:
        return self.is_bound and self.has_error("password", "too_many_login_attempts")

    def clean_password(self) -> str:
        adapter = get_account_adapter()
        if not adapter.reauthenticate(self.user, self.cleaned_data["password"]):
            raise adapter.validation_error("incorrect_password")
        return ""


class AppCodeForm(forms.Form):
    """The first code of an app; gives the time step it was right for."""

    code = forms.CharField(
        label=_("Code from the app"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, user: User, secret: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.secret = user, secret

    def clean_code(self) -> int:
        clear_rate = check_rate_limit(self.user)
        counter = factors.matching_counter(self.secret, self.cleaned_data["code"])
        if counter is None:
            raise get_adapter().validation_error("incorrect_code")
        clear_rate()
        return counter


class SettingsForm(forms.Form):
    """How the portal looks, speaks and writes to one person."""

    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )
    zone = forms.ChoiceField(label=_("Time zone"), required=False)
    theme = forms.ChoiceField(label=_("Colours"), choices=Theme, widget=forms.RadioSelect)
    shortcuts = forms.BooleanField(
        label=_("Single keys work as shortcuts"),
        required=False,
        help_text=_("For example / for search. Never while you type in a field."),
    )
    mail_now = forms.BooleanField(
        label=_("Mail me at once"),
        required=False,
        help_text=_(
            "Otherwise one mail at 07:00 your time with what is new. What is urgent always "
            "comes at once. No mail ever holds a title or a text."
        ),
    )

    def __init__(self, *args: Any, person: User, actor: Actor, **kwargs: Any) -> None:
        own = Administration.objects.filter(pk=actor.administration).first()
        kwargs.setdefault("initial", {name: getattr(person, name) for name in self.base_fields})
        super().__init__(*args, **kwargs)
        self.fields["zone"].choices = zone_choices(own)


def zone_choices(own: Administration | None) -> list[Any]:
    """First "as my administration", then its own zones, then everybody's, then UTC."""
    home = own.zone if own else "UTC"
    near = [(zone, zone_label(zone)) for zone in (own.zones.split() if own else [])]
    known = {
        zone
        for zones in Administration.objects.values_list("zones", flat=True)
        for zone in zones.split()
    }
    others = sorted(known - {zone for zone, _label in near})
    groups: list[Any] = [("", _("As my administration: %(zone)s") % {"zone": zone_label(home)})]
    if len(near) > 1:
        groups.append((str(own), near))
    groups.append((_("Other zones"), [(zone, zone_label(zone)) for zone in [*others, "UTC"]]))
    return groups


def zone_label(zone: str) -> str:
    return city_of(zone, get_language() or "en") if "/" in zone else zone


class InviteForm(forms.Form):
    """Whom to invite, to what."""

    name = forms.CharField(label=_("Name or function"), max_length=120)
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("The invitation is good for this address only. Prefer a work address."),
    )
    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)
    language = forms.ChoiceField(
        label=_("Language of the invitation"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )
    administration = forms.ModelChoiceField(
        label=_("Administration"), queryset=Administration.objects.all(), empty_label=None
    )

    def __init__(self, *args: Any, actor: Actor, roles: list[Role], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"language": "en", "administration": actor.administration})
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role.value, role.label) for role in roles]
        if Role.SECRETARIAT not in actor.roles:
            del self.fields["administration"]
