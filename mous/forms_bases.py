"""What is filled in about the bases of sharing. The services judge; these only read what was typed,
so that all of it comes back with a fault."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Administration
from mous.content import SHORT_LIMIT, TEXT_LIMIT
from mous.models import AuthorityKind, Gate
from wording.markings import TLP_ORDER
from wording.sharing import DataKind, Purpose

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class BasisForm(forms.Form):
    """An administration's own law, as it states it."""

    basis = forms.UUIDField(widget=forms.HiddenInput)
    act = forms.CharField(
        label=_("Law"), help_text=_("For example: Customs Act 1901."), max_length=SHORT_LIMIT
    )
    section = forms.CharField(label=_("Section"), max_length=SHORT_LIMIT, required=False)
    purposes = forms.MultipleChoiceField(
        label=_("For what it may share"),
        choices=Purpose.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    excluded = forms.MultipleChoiceField(
        label=_("Kinds of data that it may not share"),
        help_text=_("A bulletin of yours that holds one of these is refused."),
        choices=DataKind.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    conditions = forms.CharField(
        label=_("Conditions"),
        help_text=_("Every member reads this before it sends to you."),
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 5}),
        required=False,
    )


class AuthorityForm(forms.Form):
    """On what else the own administration may give something to another."""

    authority = forms.UUIDField(widget=forms.HiddenInput)
    recipient = forms.ChoiceField(label=_("Who may receive it"))
    kind = forms.ChoiceField(
        label=_("What kind of authority"), choices=AuthorityKind.choices, widget=forms.RadioSelect
    )
    up_to = forms.ChoiceField(
        label=_("Up to which label"), choices=[(one, one) for one in reversed(TLP_ORDER)]
    )
    data_kinds = forms.MultipleChoiceField(
        label=_("Kinds of data that it covers"),
        help_text=_("None ticked: all of them."),
        choices=DataKind.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    since = forms.DateField(label=_("From which day"), widget=DAY)
    until = forms.DateField(
        label=_("Last day"),
        help_text=_("Empty: until it is ended."),
        widget=DAY,
        required=False,
    )
    text = forms.CharField(
        label=_("Which agreement, section or consent"),
        help_text=_("Read by both administrations and the Secretariat."),
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(
        self, *args: Any, administrations: Iterable[Administration], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        rows = [(one.code, one.label) for one in administrations]
        self.fields["recipient"].choices = rows  # type: ignore[attr-defined]  # a choice field


class EndForm(forms.Form):
    """The last day of an authority."""

    ends_on = forms.DateField(label=_("Last day"), widget=DAY)


class GateForm(forms.Form):
    """What happens at each label to a bulletin for who does not take part."""

    def __init__(self, *args: Any, present: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for marking in TLP_ORDER:
            self.fields[_name(marking)] = forms.ChoiceField(
                label=marking.value,
                choices=Gate.choices,
                initial=present[marking],
                widget=forms.RadioSelect,
            )

    def chosen(self) -> dict[str, str]:
        return {one.value: self.cleaned_data[_name(one)] for one in TLP_ORDER}


def _name(marking: str) -> str:
    """The name of a label's field."""
    return marking.removeprefix("TLP:").lower().replace("+", "_")
