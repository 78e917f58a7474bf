"""What the Secretariat fills in: a meeting, its time, who takes part, an item of the agenda.

The services judge; these only read what was typed, so that all of it comes back with a fault.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext_lazy as _

from accounts.language import city_of
from accounts.models import Administration
from accounts.spoken import in_order
from meetings.models import Format, Group, ItemKind, Kind
from meetings.services.agenda import TITLE_LIMIT
from meetings.services.series import NotPossible
from meetings.writings import LIMIT

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
CLOCK = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
PLANNED_KINDS = [one for one in Kind.choices if one[0] != Kind.CIRCULATION]


def quarters() -> list[tuple[Any, str]]:
    """Asked for with each form: what is put together here is in the language of its reader."""
    words = [(n, _("Quarter %(n)d") % {"n": n}) for n in (1, 2, 3, 4)]
    return [("", pgettext("a quarter", "None")), *words]


def zone_choices(administrations: Iterable[Administration]) -> list[tuple[str, str]]:
    """The zones of the members, by their cities; UTC last."""
    tongue = (get_language() or "en")[:2]
    zones = {zone for one in administrations for zone in [one.zone, *one.zones.split()]}
    named = in_order((zone, city_of(zone, tongue)) for zone in zones - {"UTC"})
    return [*named, ("UTC", "UTC")]


def put_faults(form: forms.Form, problem: NotPossible) -> None:
    """The sentences of a service beside the fields they are about."""
    for name, sentence in problem.faults.items():
        form.add_error(name if name in form.fields else None, sentence)


class TimeForm(forms.Form):
    """When, by the host's clock. A new meeting may still be without a time."""

    day = forms.DateField(label=_("Date, at the host"), widget=DAY)
    time = forms.TimeField(label=_("Time, at the host"), widget=CLOCK)
    zone = forms.ChoiceField(label=_("Whose clock"))
    minutes = forms.IntegerField(
        label=_("Length in minutes"), min_value=15, max_value=7 * 24 * 60, initial=120
    )

    def __init__(self, *args: Any, zones: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"].choices = zones  # type: ignore[attr-defined]  # a choice field


class MeetingForm(TimeForm):
    """A meeting that is entered. What it is called is asked for what is not quarterly."""

    group = forms.ModelChoiceField(label=_("Group"), queryset=Group.objects.order_by("pk"))
    kind = forms.ChoiceField(label=_("Kind"), choices=PLANNED_KINDS)
    fiscal_year = forms.CharField(label=_("Fiscal year"), help_text=_("As 2026-27."), max_length=7)
    quarter = forms.TypedChoiceField(
        label=_("Quarter"), choices=quarters, coerce=int, empty_value=None, required=False
    )
    title = forms.CharField(
        label=_("Title"),
        help_text=_("For what is not quarterly. Sealed: only those who take part read it."),
        max_length=TITLE_LIMIT,
        required=False,
    )
    host = forms.ChoiceField(label=_("Host"))
    chair = forms.ChoiceField(label=_("Chair"), required=False)
    format = forms.ChoiceField(label=_("Format"), choices=Format.choices)
    participants = forms.MultipleChoiceField(
        label=_("Who takes part"), required=False, widget=forms.CheckboxSelectMultiple
    )
    standing = forms.BooleanField(
        label=_("Put the standing items on the agenda"), required=False, initial=True
    )
    field_order = (
        "group", "kind", "fiscal_year", "quarter", "title", "host", "chair", "format", "day",
        "time", "zone", "minutes", "participants", "standing",
    )  # fmt: skip

    def __init__(self, *args: Any, places: list[Administration], own: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].required = self.fields["time"].required = False
        named = in_order((one.code, one.label) for one in places)
        self.fields["host"].choices = named  # type: ignore[attr-defined]
        self.fields["chair"].choices = [("", _("Nobody yet")), *named]  # type: ignore[attr-defined]
        self.fields["participants"].choices = [one for one in named if one[0] != own]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        chosen = super().clean() or {}
        if bool(chosen.get("day")) != bool(chosen.get("time")) and not self.errors:
            missing = "time" if chosen.get("day") else "day"
            self.add_error(missing, _("Give both the date and the time, or neither."))
        if chosen.get("kind") not in (None, Kind.QUARTERLY) and not chosen.get("title"):
            self.add_error("title", _("Give it a title: only the series is known by its quarter."))
        return chosen


class PeopleForm(forms.Form):
    participants = forms.MultipleChoiceField(
        label=_("Who takes part"), required=False, widget=forms.CheckboxSelectMultiple
    )
    observers = forms.MultipleChoiceField(
        label=_("Who listens as an observer"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, places: list[Administration], own: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = in_order((one.code, one.label) for one in places if one.code != own)
        for name in ("participants", "observers"):
            self.fields[name].choices = named  # type: ignore[attr-defined]  # a choice field

    def clean(self) -> dict[str, Any]:
        chosen = super().clean() or {}
        both = set(chosen.get("participants", ())) & set(chosen.get("observers", ()))
        if both:
            sentence = _("Choose one of the two for: %(codes)s.")
            self.add_error("observers", sentence % {"codes": ", ".join(sorted(both))})
        return chosen


class ItemForm(forms.Form):
    """`title_base` and `lead_base` are the revisions that were on the page."""

    title = forms.CharField(label=_("Title"), max_length=TITLE_LIMIT)
    kind = forms.ChoiceField(
        label=_("What it is for"), choices=ItemKind.choices, initial=ItemKind.DISCUSSION
    )
    minutes = forms.IntegerField(
        label=_("Length in minutes"), min_value=1, max_value=600, initial=15
    )
    presenter = forms.ChoiceField(label=_("Who presents it"), required=False)
    lead = forms.CharField(
        label=_("Lead text"),
        required=False,
        max_length=LIMIT,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    closed_to = forms.MultipleChoiceField(
        label=_("Closed item: only for"),
        help_text=_(
            "Leave this empty for an item that everybody in the meeting reads. Of a closed one "
            "nobody else sees that it exists."
        ),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    title_base = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    lead_base = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(
        self, *args: Any, places: list[Administration], own: str, fixed: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        named = in_order((one.code, one.label) for one in places)
        self.fields["presenter"].choices = [("", _("Nobody named")), *named]  # type: ignore[attr-defined]
        if fixed:
            del self.fields["closed_to"]
        else:
            self.fields["closed_to"].choices = [one for one in named if one[0] != own]  # type: ignore[attr-defined]


class AudienceForm(forms.Form):
    """For whom an item is; empty: for everybody in the meeting."""

    closed_to = forms.MultipleChoiceField(
        label=_("Closed item: only for"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, places: list[Administration], own: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = in_order((one.code, one.label) for one in places if one.code != own)
        self.fields["closed_to"].choices = named  # type: ignore[attr-defined]  # a choice field


class DeadlineForm(forms.Form):
    papers_due_on = forms.DateField(
        label=_("Papers wanted by"),
        help_text=_("By the host's calendar. Who presents an item is reminded of it."),
        required=False,
        widget=DAY,
    )
