"""What people fill in about an invitation: the invitation itself, and its answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from meetings.models import Answer
from meetings.services.invitations import NAMES_LIMIT

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class InviteForm(forms.Form):
    replies_due_on = forms.DateField(
        label=_("Answers wanted by"),
        help_text=_(
            "By the host's calendar. Reminders go out three days before, a day before "
            "and on the day."
        ),
        widget=DAY,
    )


class AnswerForm(forms.Form):
    """The service judges; this only reads what was chosen."""

    answer = forms.ChoiceField(
        label=_("Will you take part?"), choices=Answer.choices, widget=forms.RadioSelect
    )
    delegates = forms.TypedMultipleChoiceField(
        label=_("Who comes"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    alternates = forms.TypedMultipleChoiceField(
        label=_("Alternates, if they cannot"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    names = forms.CharField(
        label=_("Others who come, without an account here"),
        help_text=_("Names and posts. Sealed: only those who take part in the meeting read it."),
        required=False,
        max_length=NAMES_LIMIT,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    base = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, *args: Any, people: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.pk, one.name) for one in people]
        for name in ("delegates", "alternates"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]  # a choice field
