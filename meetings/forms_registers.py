"""What people fill in about decisions, actions and decisions out of session."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from meetings.forms_invitations import DAY
from meetings.forms_minutes import Words, base_field
from meetings.models import ActionState, Decision, Group
from meetings.when import NoSuchTime, instant

EVERYBODY = ("", pgettext_lazy("administrations", "All"))


class ActionFilter(forms.Form):
    """What an address narrows the register down to; what does not fit is left out."""

    owner = forms.ChoiceField(label=_("To be done by"), required=False)
    q = forms.CharField(label=_("Words or number"), required=False, max_length=200)

    def __init__(self, *args: Any, owners: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [EVERYBODY, *owners]  # type: ignore[attr-defined]


class DecisionFilter(forms.Form):
    year = forms.ChoiceField(label=_("Fiscal year"), required=False)
    q = forms.CharField(label=_("Words or number"), required=False, max_length=200)

    def __init__(self, *args: Any, years: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [  # type: ignore[attr-defined]  # a choice field
            ("", _("All")),
            *((one, one) for one in years),
        ]


class ReportForm(forms.Form):
    """How far an action is."""

    words = Words(label=_("Progress"), required=False, rows=3)
    state = forms.ChoiceField(label=_("State"), choices=ActionState.choices)
    base = base_field()


class SupersedeForm(forms.Form):
    by = forms.ChoiceField(label=_("Replaced by the later decision"))

    def __init__(self, *args: Any, later: Iterable[Decision], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [("", "–"), *((one.number, one.number) for one in later)]
        self.fields["by"].choices = rows  # type: ignore[attr-defined]  # a choice field


class SilenceForm(forms.Form):
    """A decision out of session; its deadline is typed as the clock of whoever opens it shows."""

    proposal_id = forms.UUIDField(widget=forms.HiddenInput)
    group = forms.ModelChoiceField(label=_("Who decides"), queryset=Group.objects.order_by("pk"))
    title = forms.CharField(
        label=_("Title"), help_text=_("Sealed. Mails and calendars never say it."), max_length=160
    )
    words = Words(label=_("Text of the decision"), rows=8)
    day = forms.DateField(label=_("Last day to object"), widget=DAY)
    clock = forms.TimeField(
        label=_("Until"),
        help_text=_("By your own clock. The same instant for everybody."),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("day") and typed.get("clock"):
            try:
                zone = timezone.get_current_timezone_name()
                typed["deadline"] = instant(typed["day"], typed["clock"], zone)
            except NoSuchTime:
                self.add_error("clock", _("Your clock jumps over this time on that day."))
        return typed

    @property
    def deadline(self) -> datetime.datetime | None:
        found: datetime.datetime | None = self.cleaned_data.get("deadline")
        return found


class ObjectionForm(forms.Form):
    words = Words(label=_("What you object to, and why"), required=False, rows=5)
