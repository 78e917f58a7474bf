"""What is typed in the live room. The services judge; these only read what was typed."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.spoken import in_order
from meetings.models import Meeting, Method


class _Words(forms.Form):
    """A text, and the revision of it that was on the page."""

    base = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    words = forms.CharField(required=False, strip=False, widget=forms.Textarea(attrs={"rows": 6}))

    @property
    def revision(self) -> int:
        return self.cleaned_data.get("base") or 0


class NotesForm(_Words):
    """The notes of an item, typed by several people."""

    def __init__(self, *args: Any, number: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label = _("Notes of item %(n)s") % {"n": number}


class JoinForm(_Words):
    """How to join by video or telephone."""

    words = forms.CharField(
        label=_("Link and telephone numbers"),
        help_text=_("Everybody who takes part sees this, and nobody else."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class RewordForm(_Words):
    """Another wording of the decision on the screen."""

    words = forms.CharField(
        label=_("Text of the decision"),
        help_text=_("Votes that were cast fall: they were for other words."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class ProposeForm(forms.Form):
    """The text of a decision, to be put on the screen."""

    prefix = "decision"

    proposal = forms.UUIDField(required=False, widget=forms.HiddenInput)
    item = forms.UUIDField(required=False, widget=forms.HiddenInput)
    words = forms.CharField(
        label=_("Text of the decision"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    method = forms.ChoiceField(
        label=_("How it is decided"),
        choices=[(one.value, one.label) for one in (Method.CONSENSUS, Method.VOTE)],
        initial=Method.CONSENSUS,
        widget=forms.RadioSelect,
    )

    @classmethod
    def fresh(cls, item: UUID | None) -> ProposeForm:
        """Empty, with an id of its own: sent twice, it is put on the screen once. `item` is the
        one on the screen while it is typed."""
        return cls(initial={"proposal": uuid4(), "item": item, "method": Method.CONSENSUS})


class ActionForm(forms.Form):
    """What an administration is to do, and until when."""

    prefix = "task"

    action = forms.UUIDField(required=False, widget=forms.HiddenInput)
    item = forms.UUIDField(required=False, widget=forms.HiddenInput)
    words = forms.CharField(
        label=_("What is to be done"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    owner = forms.ChoiceField(label=_("Who does it"))
    due_on = forms.DateField(
        label=pgettext_lazy("a day", "Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(
        self, *args: Any, meeting: Meeting, item: UUID | None = None, **kwargs: Any
    ) -> None:
        kwargs.setdefault("initial", {"action": uuid4(), "item": item})
        super().__init__(*args, **kwargs)
        rows = [row.administration for row in meeting.participants.all()]
        self.fields["owner"].choices = [  # type: ignore[attr-defined]  # a choice field
            ("", "–"),
            *in_order((one.pk, one.label) for one in rows),
        ]


class PersonForm(forms.Form):
    """Somebody whom the rapporteur sees in the room."""

    prefix = "somebody"

    person = forms.ChoiceField(label=_("Who has come"))

    def __init__(self, *args: Any, people: dict[str, list[tuple[int, str]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", "–"), *people.items()]  # type: ignore[attr-defined]  # a choice field
