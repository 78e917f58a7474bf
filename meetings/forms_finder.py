"""What is asked of the date finder: of whom, from when, how long, by whose clock."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Administration
from accounts.spoken import in_order
from wording.spans import long_span

MEMBERS, SEATS, CHOSEN = "members", "seats", "chosen"
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
LENGTHS = (60, 90, 120, 180, 240, 480)


def lengths() -> list[tuple[int, str]]:
    """Asked for with each form: French writes `1 h 30`."""
    return [(minutes, long_span(minutes)) for minutes in LENGTHS]


class FinderForm(forms.Form):
    """Read from the address, so that a search can be sent to a colleague."""

    who = forms.ChoiceField(
        label=_("Who has to be there"),
        choices=[
            (SEATS, _("The seats of the working group")),
            (MEMBERS, _("All members")),
            (CHOSEN, _("Those chosen below")),
        ],
        widget=forms.RadioSelect,
    )
    codes = forms.MultipleChoiceField(
        label=_("Administrations"), required=False, widget=forms.CheckboxSelectMultiple
    )
    start = forms.DateField(label=_("Fortnight from"), widget=DAY)
    minutes = forms.TypedChoiceField(label=_("Hours"), choices=lengths, coerce=int)
    host = forms.ChoiceField(label=_("By the clock of"))

    def __init__(self, *args: Any, administrations: Iterable[Administration], **kwargs: Any):
        super().__init__(*args, **kwargs)
        choices = in_order((one.code, one.label) for one in administrations)
        self.fields["codes"].choices = choices  # type: ignore[attr-defined]  # choice fields
        self.fields["host"].choices = choices  # type: ignore[attr-defined]

    def clean_start(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["start"]
        if not datetime.date(2020, 1, 1) <= day <= datetime.date(2099, 12, 1):
            raise forms.ValidationError(_("Choose a day of this century, from 2020 on."))
        return day

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("who") == CHOSEN and not found.get("codes"):
            self.add_error("codes", _("Choose at least one administration."))
        return found


class PollForm(forms.Form):
    """The times that were ticked, and until when answers are wanted."""

    meeting = forms.ChoiceField(label=_("For the meeting"))
    closes_on = forms.DateField(label=_("Answers wanted by"), widget=DAY)
    own_day = forms.DateField(label=_("Another day"), required=False, widget=DAY)
    own_time = forms.TimeField(
        label=_("at"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    def __init__(self, *args: Any, meetings: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meeting"].choices = list(meetings)  # type: ignore[attr-defined]
