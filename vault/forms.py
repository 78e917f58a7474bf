"""What people type about their keys: passphrases, printed codes, words they compared."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import PassphraseField
from accounts.models import User
from vault.crypto.errors import CannotOpen
from vault.crypto.phrase import weak_reason
from vault.slots import open_passphrase

TOO_MANY = "too_many_login_attempts"
WEAK = {
    "short": _("Too short: at least 15 characters, or the five words offered above."),
    "common": _("Too easy to guess: it is among the phrases that are tried first."),
}
DIFFERENT = _("The two are not the same. Type it again.")


class ThrottledForm(forms.Form):
    """A form that tries a secret: attempts count like those of signing in."""

    throttled = False

    def try_as(self, who: str) -> None:
        """Count one attempt for `who`, or stop with the sentence that says to wait."""
        adapter = get_adapter()
        try:
            adapter.pre_authenticate(adapter.request, email=who)
        except forms.ValidationError:
            self.throttled = True
            raise
        self._adapter = adapter

    def succeeded(self) -> None:
        self._adapter._rollback_login_failed_rl_usage()


class PhraseForm(ThrottledForm):
    """The own passphrase; `root` is what it opens, for this request only."""

    password = PassphraseField(label=_("Your passphrase"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.root = b""

    def clean_password(self) -> str:
        self.try_as(f"phrase:{self.user.pk}")
        try:
            self.root = open_passphrase(self.user, self.cleaned_data["password"])
        except CannotOpen:
            raise forms.ValidationError(_("That is not your passphrase.")) from None
        self.succeeded()
        return ""


class NewPhraseMixin(forms.Form):
    """A new passphrase, twice, with the reason in words if it would be guessed."""

    new_passphrase = PassphraseField(label=_("New passphrase"), autocomplete="new-password")
    new_passphrase_again = PassphraseField(
        label=_("The same again"), autocomplete="new-password", required=True
    )

    def clean_new_passphrase(self) -> str:
        typed: str = self.cleaned_data["new_passphrase"]
        reason = weak_reason(typed)
        if reason:
            raise forms.ValidationError(WEAK[reason])
        return typed

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, second = cleaned.get("new_passphrase"), cleaned.get("new_passphrase_again")
        if first and second and first != second:
            self.add_error("new_passphrase_again", DIFFERENT)
        return cleaned


class JoinForm(NewPhraseMixin):
    """Accepting an invitation takes a passphrase and nothing else."""


class ChangePhraseForm(NewPhraseMixin, ThrottledForm):
    """The old one and a new one."""

    password = PassphraseField(label=_("Your present passphrase"))
    field_order = ["password", "new_passphrase", "new_passphrase_again"]


class RecoverForm(NewPhraseMixin, ThrottledForm):
    """The printed code instead of the old passphrase, by somebody who is not signed in."""

    login = forms.EmailField(
        label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    code = forms.CharField(
        label=_("Recovery code"),
        max_length=80,
        help_text=_("From the sheet you printed. Spaces and small letters do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ["login", "code", "new_passphrase", "new_passphrase_again"]


class AskNewStartForm(ThrottledForm):
    """Where to send the link; every attempt counts, whoever has the address."""

    login = forms.EmailField(
        label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )


class NewStartForm(NewPhraseMixin):
    """A new passphrase for a new key, by somebody who has read what is lost."""

    understood = forms.BooleanField(
        label=_("I understand: my drafts, and what was sent to me alone, stay shut for ever."),
        error_messages={"required": _("Read what is lost, and tick the box if you go on.")},
    )


class EnvelopeForm(PhraseForm):
    """The code on the sheet from the safe, and the own passphrase."""

    code = forms.CharField(
        label=_("Code on the sheet"),
        max_length=80,
        help_text=_("From the sealed envelope. Spaces and small letters do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ["code", "password"]


class VouchForm(PhraseForm):
    """The words were compared by voice, and the own passphrase signs that they were."""

    compared = forms.BooleanField(
        label=_("I called them on a number I knew before, and all eight words were the same."),
        error_messages={"required": _("Compare the words first: this is what keeps us safe.")},
    )
    words = forms.CharField(widget=forms.HiddenInput)
    field_order = ["compared", "password"]
