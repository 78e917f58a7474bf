"""What is filled in to submit a paper; its files arrive on their own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from meetings.models import Paper
from meetings.services.papers import TITLE_LIMIT


class PaperForm(forms.Form):
    draft = forms.UUIDField(widget=forms.HiddenInput)
    title = forms.CharField(
        label=_("Title of the paper"),
        help_text=_("Empty: the name of its first file."),
        max_length=TITLE_LIMIT,
        required=False,
    )
    number = forms.TypedChoiceField(
        label=_("Is it a new paper?"), coerce=int, empty_value=0, required=False
    )

    def __init__(self, *args: Any, numbers: Iterable[Paper], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = sorted({one.number for one in numbers})
        words = _("The next version of paper %(n)d")
        self.fields["number"].choices = [  # type: ignore[attr-defined]  # a choice field
            ("", _("A new paper")),
            *((n, words % {"n": n}) for n in known),
        ]
