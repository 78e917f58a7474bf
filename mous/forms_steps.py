"""What is filled in on the page of the steps, and on the chase list. The services judge; these
only read what was typed, so that all of it comes back with a fault."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mous.content import TEXT_LIMIT
from mous.models import Instrument, WaitsFor
from mous.services.acts import NotPossible
from mous.steps import STAGES, Stage

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def put_faults(form: forms.Form, problem: NotPossible) -> None:
    """The sentences of a service beside the fields they are about."""
    for name, sentence in problem.faults.items():
        form.add_error(name if name in form.fields else None, sentence)


class NoteForm(forms.Form):
    """A note on a step; its documents arrive on their own."""

    draft = forms.UUIDField(widget=forms.HiddenInput)
    step = forms.ChoiceField(label=_("On which step"))
    words = forms.CharField(
        label=_("Note"), widget=forms.Textarea, max_length=TEXT_LIMIT, required=False
    )
    waits_for = forms.ChoiceField(
        label=_("With whom the next step lies"),
        help_text=_("Leave this as it is if the note changes nothing."),
        choices=[("", pgettext_lazy("with whom a step lies", "As it was")), *WaitsFor.choices],
        required=False,
    )
    since = forms.DateField(
        label=_("Since when"), help_text=_("Empty: since today."), widget=DAY, required=False
    )

    def __init__(self, *args: Any, instrument: Instrument, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [(stage.key, stage.title_in(instrument)) for stage in STAGES]
        self.fields["step"].choices = rows  # type: ignore[attr-defined]  # a choice field


class StepForm(forms.Form):
    """The next step is done: which, and on what day."""

    act = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("What was done"))
    done_on = forms.DateField(label=_("On what day"), widget=DAY)

    def __init__(
        self, *args: Any, stages: Sequence[Stage], instrument: Instrument, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        from mous.vocabulary import act_label

        rows = [(one.key, act_label(instrument, one.key)) for one in stages]
        self.fields["kind"].choices = rows  # type: ignore[attr-defined]  # a choice field
        self.fields["done_on"].initial = timezone.localdate()


class ChaseForm(forms.Form):
    """Whom to remind, and whether again."""

    codes = forms.MultipleChoiceField(
        label=_("Whom to remind"), error_messages={"required": _("Tick one or several first.")}
    )
    again = forms.BooleanField(label=_("Send it all the same"), required=False)

    def __init__(self, *args: Any, codes: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["codes"].choices = [(one, one) for one in codes]  # type: ignore[attr-defined]


class IntervalForm(forms.Form):
    """After how long the portal reminds by itself."""

    days = forms.IntegerField(
        label=_("Days without movement"),
        help_text=_(
            "Until the portal sends a reminder by itself, and again after as many. 0: never."
        ),
        min_value=0,
    )
