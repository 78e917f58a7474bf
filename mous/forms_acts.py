"""What is filled in about an act: when it is entered, corrected, declined, or given at a ceremony.

The services judge; these only read what was typed, so that all of it comes back with a fault.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.spoken import in_order
from mous.content import SHORT_LIMIT, TEXT_LIMIT, ActWords
from mous.lifecycle import STEPS, Kind
from mous.models import Act, Instrument, Party
from mous.services.acts import Entry, NotPossible
from mous.vocabulary import act_label

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
WORDS = (
    "place", "signatory", "signatory_title", "capacity", "full_powers", "text", "scope", "note",
)  # fmt: skip
# In the order in which somebody looks for them.
GROUPS = (
    (_("Signature and effect"), (
        Kind.SIGNED_DEFINITIVE, Kind.SIGNED_SUBJECT, Kind.PROCEDURES_COMPLETED, Kind.ACCEDED,
        Kind.PROVISIONAL_START, Kind.PROVISIONAL_END, Kind.IN_EFFECT,
    )),
    (_("Statements"), (
        Kind.DECLARATION, Kind.RESERVATION, Kind.OBJECTION, Kind.RESERVATION_WITHDRAWN,
        Kind.CONTACT_DESIGNATED, Kind.AMENDMENT_ACCEPTED,
    )),
    (_("Interruption and end"), (
        Kind.SUSPENDED, Kind.RESUMED, Kind.WITHDRAWAL_NOTIFIED, Kind.WITHDRAWAL_RESCINDED,
        Kind.WITHDRAWN,
    )),
    (_("Before the signature"), STEPS),
)  # fmt: skip


def put_faults(form: forms.Form, problem: NotPossible) -> None:
    """The sentences of a service beside the fields they are about."""
    for name, sentence in problem.faults.items():
        form.add_error(name if name in form.fields else None, sentence)


def kind_choices(instrument: Instrument) -> list[Any]:
    return [
        (group, [(kind.value, act_label(instrument, kind)) for kind in kinds])
        for group, kinds in GROUPS
    ]


def _short(label: Any, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=SHORT_LIMIT, required=False, **more)


def _long(label: Any, rows: int = 4, **more: Any) -> forms.CharField:
    box = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=TEXT_LIMIT, required=False, widget=box, **more)


class WordsForm(forms.Form):
    """The words of an act, beside its kind and its dates: sealed for every member."""

    act = forms.UUIDField(widget=forms.HiddenInput)
    place = _short(_("Place"))
    signatory = _short(_("Who signed"))
    signatory_title = _short(_("In which office"))
    capacity = _short(_("In which capacity"), help_text=_("As “for the Government of …”."))
    full_powers = _short(
        _("Full powers"), help_text=_("Who gave them and when, where the office does not suffice.")
    )
    text = _long(_("Text of the statement"), 6)
    scope = _long(
        _("Territories"), 2, help_text=_("Those that it extends to, or leaves out; empty: all.")
    )
    note = _long(_("Note"), 2)

    def words(self) -> ActWords:
        said = {name: self.cleaned_data[name].replace("\r\n", "\n").strip() for name in WORDS}
        return ActWords(**said)


class ActForm(WordsForm):
    """An act that is entered. Without a day of effect the rule of the instrument gives it."""

    party = forms.ChoiceField(label=_("For whom"))
    kind = forms.ChoiceField(label=_("What was done"))
    done_on = forms.DateField(
        label=_("Done on"), widget=DAY, help_text=_("The date on the paper, where it was signed.")
    )
    received_on = forms.DateField(
        label=_("Received by the depositary on"), widget=DAY, required=False
    )
    effective_on = forms.DateField(label=_("Takes effect on"), widget=DAY, required=False)
    field_order = ("act", "party", "kind", "done_on", "received_on", "effective_on", *WORDS)

    def __init__(
        self, *args: Any, instrument: Instrument, parties: Iterable[Party], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("Choose")), *kind_choices(instrument)]  # type: ignore[attr-defined]
        named: list[Any] = in_order((one.code, one.label) for one in parties)
        if len(named) > 1:
            named = [("", _("Choose")), *named]
        self.fields["party"].choices = named  # type: ignore[attr-defined]  # a choice field

    def entry(self) -> Entry:
        said = self.cleaned_data
        return Entry(
            said["kind"], said["done_on"], said["received_on"], said["effective_on"], self.words()
        )


class CorrectionForm(forms.Form):
    """What holds instead of what an act said; without a kind the act is annulled."""

    act = forms.UUIDField(widget=forms.HiddenInput)
    corrected_kind = forms.ChoiceField(label=_("What holds instead"), required=False)
    done_on = forms.DateField(label=_("Done on"), widget=DAY)
    effective_on = forms.DateField(label=_("Takes effect on"), widget=DAY)
    text = _long(
        _("What was wrong"), 4, help_text=_("For the record of correction. Every member reads it.")
    )

    def __init__(self, *args: Any, instrument: Instrument, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        annulled = ("", _("Nothing: the act is annulled"))
        self.fields["corrected_kind"].choices = [*kind_choices(instrument), annulled]  # type: ignore[attr-defined]

    def entry(self, about: Act) -> Entry:
        said = self.cleaned_data
        return Entry(
            Kind.CORRECTED, said["done_on"], effective_on=said["effective_on"],
            words=ActWords(text=said["text"].replace("\r\n", "\n").strip()),
            corrects=about, corrected_kind=said["corrected_kind"],
        )  # fmt: skip


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label=_("Why not"),
        help_text=_("For the one who entered it. It stays in the register."),
        max_length=TEXT_LIMIT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


# At a ceremony --------------------------------------------------------------------------------


class CeremonyForm(forms.Form):
    """Where and when, once for all who signed."""

    place = forms.CharField(label=_("Place"), max_length=SHORT_LIMIT)
    done_on = forms.DateField(label=_("Date"), widget=DAY)


class SignatoryForm(forms.Form):
    """One participant at the table. Nothing chosen: it did not sign today."""

    act = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=_("Signature"),
        required=False,
        choices=[
            ("", _("Did not sign")),
            (Kind.SIGNED_DEFINITIVE.value, _("Definitive")),
            (Kind.SIGNED_SUBJECT.value, _("Subject to procedures")),
        ],
    )
    signatory = _short(_("Who signed"))
    signatory_title = _short(_("In which office"))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("kind") and not said.get("signatory", "").strip():
            self.add_error("signatory", _("Say who signed."))
        return said
