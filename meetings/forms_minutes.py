"""What people fill in about minutes. The services judge; these only read what was typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from meetings.forms_invitations import DAY
from meetings.writings import LIMIT


class Words(forms.CharField):
    """A text of several lines, as it is kept: browsers end lines in their own way."""

    def __init__(self, *, rows: int = 8, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LIMIT)
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)

    def to_python(self, value: Any) -> str:
        words = str(super().to_python(value) or "")
        return words.replace("\r\n", "\n").strip()


def base_field() -> forms.IntegerField:
    """Which revision was on the page when its reader began to type."""
    return forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)


class ItemTextForm(forms.Form):
    """The minutes of one item, in both languages."""

    en = Words(label=_("English"), required=False, rows=14)
    en_base = base_field()
    fr = Words(label=_("French"), required=False, rows=14)
    fr_base = base_field()


class CommuniqueForm(forms.Form):
    words = Words(label=_("Text for the public"), required=False, rows=18)
    base = base_field()


class CirculateForm(forms.Form):
    until = forms.DateField(
        label=_("Comments until"),
        help_text=_("Whoever takes part is told, and may comment on each item until this day."),
        widget=DAY,
    )


class CommentForm(forms.Form):
    words = Words(label=_("What should be changed, and how"), required=False, rows=4)
    comment_id = forms.UUIDField(widget=forms.HiddenInput)
