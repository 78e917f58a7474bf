"""What narrows the journal's page down."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activity.events import Event
from activity.models import JournalEntry
from activity.words import happened

ANYTHING = [("", _("Everything"))]


class JournalFilter(forms.Form):
    """What, who, and between which days."""

    event = forms.ChoiceField(label=_("What happened"), required=False)
    person = forms.ChoiceField(label=_("Person"), required=False)
    since = forms.DateField(
        label=pgettext_lazy("a day", "From"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    until = forms.DateField(
        label=pgettext_lazy("a day", "To"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, people: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        events = sorted(((event.value, happened(event)) for event in Event), key=lambda e: e[1])
        self.fields["event"].choices = [*ANYTHING, *events]  # type: ignore[attr-defined]  # ChoiceField
        named = [(str(pk), name) for pk, name in people.items()]
        self.fields["person"].choices = [("", _("Everybody")), *named]  # type: ignore[attr-defined]  # ChoiceField

    def narrowed(self, rows: QuerySet[JournalEntry]) -> QuerySet[JournalEntry]:
        """The rows that fit; a field that makes no sense does not narrow."""
        self.is_valid()
        given = self.cleaned_data if self.is_bound else {}
        if given.get("event"):
            rows = rows.filter(event=given["event"])
        if given.get("person"):
            rows = rows.filter(user_id=int(given["person"]))
        if given.get("since"):
            rows = rows.filter(at__gte=_start_of(given["since"]))
        if given.get("until") and given["until"] < datetime.date.max:
            rows = rows.filter(at__lt=_start_of(given["until"] + datetime.timedelta(days=1)))
        return rows


def _start_of(day: datetime.date) -> datetime.datetime:
    """Midnight where the reader is."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
