"""What people fill in: a new discussion."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from discussions.content import TEXT_LIMIT, TOPIC_LIMIT
from discussions.models import History
from wording.markings import TLP_ORDER


class ThreadForm(forms.Form):
    """Field names are the model's words. The service judges; this only reads what was typed."""

    topic = forms.CharField(label=_("Topic"), max_length=TOPIC_LIMIT)
    tlp = forms.ChoiceField(
        label=_("Who may see it (TLP)"),
        choices=[(one, one) for one in TLP_ORDER],
        widget=forms.RadioSelect,
    )
    participants = forms.MultipleChoiceField(
        label=_("Administrations"), required=False, widget=forms.CheckboxSelectMultiple
    )
    officers = forms.TypedMultipleChoiceField(
        label=_("Named officers, and invited observers"),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    history = forms.ChoiceField(
        label=_("Who joins later reads"),
        choices=History.choices,
        initial=History.START,
        widget=forms.RadioSelect,
    )
    ends_on = forms.DateField(
        label=_("Ends with its operation on"),
        help_text=_("After this day the discussion is closed. Leave it empty if it has no end."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    text = forms.CharField(
        label=_("First message"),
        required=False,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(
        self,
        *args: Any,
        administrations: list[Any],
        officers: list[Any],
        own: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["participants"].choices = [  # type: ignore[attr-defined]
            (one.code, one.label) for one in administrations if one.code != own
        ]
        self.fields["officers"].choices = [(one.pk, one.name) for one in officers]  # type: ignore[attr-defined]

    def clean_ends_on(self) -> datetime.date | None:
        ends_on = self.cleaned_data["ends_on"]
        if ends_on and ends_on <= timezone.localdate():
            raise forms.ValidationError(_("Choose a day to come."))
        return ends_on
