"""What is filled in about an instrument: when it is opened, when a text is deposited, and when a
head of administration signs it here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import SECRETARIAT, Administration
from accounts.spoken import in_order
from mous.content import SHORT_LIMIT
from mous.forms_acts import DAY
from mous.lifecycle import Kind
from mous.models import InstrumentKind, Participation, TakesEffect
from vault.forms import PhraseForm

PARTNERS = 3  # rows for partners outside the portal
LANGUAGES = [("en", _("English")), ("fr", _("French"))]


class InstrumentForm(forms.Form):
    """An instrument, with all that is clear about it."""

    instrument = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("Kind"), choices=InstrumentKind.choices)
    title = forms.CharField(label=_("Title in English"), max_length=160)
    title_fr = forms.CharField(label=_("Title in French"), max_length=160)
    short = forms.CharField(label=_("Short title in English"), max_length=40)
    short_fr = forms.CharField(label=_("Short title in French"), max_length=40)
    slug = forms.SlugField(
        label=_("Address"),
        help_text=_("Small letters, digits and hyphens, as in oco-mou. It never changes."),
        max_length=40,
    )
    opened_on = forms.DateField(label=_("Open for signature from"), widget=DAY)
    depositary = forms.ChoiceField(label=_("Depositary"), initial=SECRETARIAT)
    participation = forms.ChoiceField(
        label=_("Who may take part"),
        choices=Participation.choices,
        initial=Participation.MEMBERS,
        widget=forms.RadioSelect,
    )
    listed = forms.MultipleChoiceField(
        label=_("Participants listed"),
        help_text=_("Only where the participants are listed."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    takes_effect = forms.ChoiceField(
        label=_("When it takes effect for a participant"),
        choices=TakesEffect.choices,
        initial=TakesEffect.ON_SIGNATURE,
    )
    effect_days = forms.IntegerField(
        label=_("Days after that"), min_value=0, max_value=3660, initial=0, required=False
    )
    notice_days = forms.IntegerField(
        label=_("Days of notice to leave"), min_value=0, max_value=3660, initial=90
    )
    gates = forms.BooleanField(
        label=_("It decides who may receive marked bulletins"),
        help_text=_("From AMBER up nothing is sent to who does not take part, unless set so."),
        required=False,
    )

    def __init__(self, *args: Any, places: Iterable[Administration], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = in_order((one.code, one.label) for one in places)
        self.fields["depositary"].choices = named  # type: ignore[attr-defined]  # a choice field
        self.fields["listed"].choices = named  # type: ignore[attr-defined]

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"].lower()
        if slug in OWN_WORDS:
            raise forms.ValidationError(_("This word is taken by a page of the register."))
        return slug

    def clean_effect_days(self) -> int:
        return self.cleaned_data["effect_days"] or 0


# What stands at the place of an instrument in the addresses of the register.
OWN_WORDS = frozenset({"new", "bases", "authorities"})


class PartnerForm(forms.Form):
    """A participant outside the portal."""

    code = forms.CharField(label=_("Short code"), max_length=12, required=False)
    name = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    name_fr = forms.CharField(label=_("Name in French"), max_length=120, required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        given = [name for name in ("code", "name", "name_fr") if said.get(name, "").strip()]
        code = said.get("code", "").strip().upper()
        if given and len(given) < 3:
            self.add_error(None, _("A partner needs a code and a name in both languages."))
        elif given and not (code.isascii() and code.isalnum()):
            self.add_error("code", _("Letters and digits only."))
        return {**said, "code": code}

    @property
    def is_given(self) -> bool:
        return bool(self.cleaned_data.get("code"))


class TextForm(forms.Form):
    """One language of a text that is deposited; its file arrives on its own."""

    text = forms.UUIDField(widget=forms.HiddenInput)
    language = forms.ChoiceField(label=_("Language of the text"), choices=LANGUAGES)
    anew = forms.BooleanField(label=_("It begins a new version of the text"), required=False)
    note = forms.CharField(
        label=_("What is new"), max_length=SHORT_LIMIT, required=False,
        help_text=_("Sealed, like the text: every member reads it."),
    )  # fmt: skip


class SignForm(PhraseForm):
    """A signature given here. `seen` says which texts were on the page."""

    act = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(
        label=_("You sign"),
        widget=forms.RadioSelect,
        choices=[
            (Kind.SIGNED_DEFINITIVE.value, _("Definitively")),
            (Kind.SIGNED_SUBJECT.value, _("Subject to the completion of internal procedures")),
        ],
    )
    name = forms.CharField(label=_("Your name, as it is to stand"), max_length=SHORT_LIMIT)
    office = forms.CharField(label=_("Your office"), max_length=SHORT_LIMIT)
    capacity = forms.CharField(
        label=_("In which capacity"),
        help_text=_("As “for the Government of …”."),
        max_length=SHORT_LIMIT,
        required=False,
    )
    read = forms.BooleanField(label=_("I have opened and read the text above"))
    # The passphrase last: it is asked for once everything else is said.
    field_order = ("act", "seen", "kind", "name", "office", "capacity", "read", "password")
