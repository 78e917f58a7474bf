"""The composer: generous while one types, strict when one sends.

Nothing is required to keep a draft, and what cannot be read yet (a half-typed date) is kept
as it was typed. `faults()` is asked before the preview and before publication.
"""

from __future__ import annotations

import datetime
from dataclasses import asdict
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bulletins import handling
from bulletins.content import BODY_LIMIT, KEY_LINE_LIMIT, TITLE_LIMIT, DraftContent
from bulletins.forms_entities import EntityRows
from bulletins.models import ProductType, Tlp, Urgency
from bulletins.ports import ports
from wording.sharing import DataKind

NOT_SAID = ("", _("Not said"))
DATES = ("due_on", "valid_until")


def pairs(table: dict[Any, Any], *, empty: bool = False) -> list[tuple[Any, Any]]:
    return [NOT_SAID, *table.items()] if empty else list(table.items())


class ComposeForm(forms.Form):
    """Field names are the model's words: see the contract."""

    product_type = forms.ChoiceField(label=_("Kind of product"), choices=ProductType.choices)
    urgency = forms.ChoiceField(label=_("Urgency"), choices=Urgency.choices)
    tlp = forms.ChoiceField(
        label=_("Who may see it (TLP)"),
        choices=[(v, v) for v in handling.TLP_ORDER],
        widget=forms.RadioSelect,
    )
    pap = forms.ChoiceField(
        label=_("What may be done with it (PAP)"),
        choices=[(v, v) for v in handling.PAP_MEANING],
        widget=forms.RadioSelect,
    )
    recipients = forms.MultipleChoiceField(
        label=_("Administrations"), widget=forms.CheckboxSelectMultiple
    )
    officers = forms.TypedMultipleChoiceField(
        label=_("Named officers (TLP:RED only)"),
        widget=forms.CheckboxSelectMultiple,
        coerce=int,
    )
    data_kinds = forms.MultipleChoiceField(
        label=_("Kinds of data in it"),
        help_text=_("Some laws keep these back. Tick what the text or a file holds."),
        choices=DataKind.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    source_reliability = forms.ChoiceField(
        label=_("Source"),
        choices=pairs(handling.RELIABILITY, empty=True),
        widget=forms.RadioSelect,
    )
    information_credibility = forms.ChoiceField(
        label=_("Information"),
        choices=pairs(handling.CREDIBILITY, empty=True),
        widget=forms.RadioSelect,
    )
    likelihood = forms.ChoiceField(
        label=_("Likelihood"), choices=pairs(handling.LIKELIHOOD, empty=True)
    )
    confidence = forms.ChoiceField(
        label=_("Confidence in the judgement"), choices=pairs(handling.CONFIDENCE, empty=True)
    )
    requested_action = forms.ChoiceField(
        label=_("Requested action"), choices=pairs(handling.REQUESTED_ACTION)
    )
    title = forms.CharField(label=_("Title"), max_length=TITLE_LIMIT)
    key_line = forms.CharField(
        label=_("Key line"),
        help_text=_("What the reader is to do or know, in one or two sentences."),
        max_length=KEY_LINE_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    body = forms.CharField(
        label=_("Text"),
        help_text=_("Headings with ##, lists with -, **bold**. Pictures go below as files."),
        max_length=BODY_LIMIT,
        widget=forms.Textarea(attrs={"rows": 14}),
    )
    language = forms.ChoiceField(
        label=_("Language of the text"), choices=[("en", "English"), ("fr", "Français")]
    )
    places = forms.MultipleChoiceField(
        label=_("Places"),
        help_text=_("Ports to show on the map."),
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    purpose = forms.CharField(
        label=_("Purpose of sharing"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    legal_basis = forms.CharField(label=_("Legal basis"), max_length=200)
    caveats = forms.CharField(
        label=_("Handling caveats"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    due_on = forms.DateField(
        label=_("Acknowledge or answer by"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    valid_until = forms.DateField(
        label=_("Valid until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
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
        self.own = own
        kept = (self.data or self.initial).get("entities", ())
        self.entities = EntityRows(self.data if self.is_bound else None, kept)
        self.fields["recipients"].choices = [
            (a.code, a.label) for a in administrations if a.code != own
        ]
        self.fields["officers"].choices = [(p.pk, f"{p.name}") for p in officers]
        self.fields["places"].choices = [(p.code, p.label) for p in ports().values()]
        for field in self.fields.values():
            field.required = False

    @classmethod
    def initial_of(cls, content: DraftContent) -> dict[str, Any]:
        return {**asdict(content), **content.extra}

    def content(self, *, in_place: bool = False) -> DraftContent:
        """What is on the form as a draft; what a field refused is kept as typed in `extra`. With
        `in_place`, what it names keeps the places that it has on the page."""
        self.full_clean()
        good = self.cleaned_data
        values: dict[str, Any] = {}
        extra: dict[str, str] = {}
        for name in self.fields:
            raw = self.data.get(self.add_prefix(name), "")
            if name in good:
                values[name] = _plain(good[name])
            elif name in DATES:
                extra[name] = str(raw)[:40]
            elif isinstance(self.fields[name], forms.MultipleChoiceField):
                values[name] = ()
            else:
                values[name] = str(raw)
        said = {k: v for k, v in values.items() if v is not None}
        named = self.entities.facts_in_place() if in_place else self.entities.facts()
        return DraftContent(**said, entities=named, extra=extra)

    def check(self) -> bool:
        """Strict: add what is missing or impossible to the fields. True if nothing is."""
        self.full_clean()
        for name, sentence in self._missing():
            if not self.has_error(name):
                self.add_error(name, sentence)
        for name, sentence in self._dates():
            if not self.has_error(name):
                self.add_error(name, sentence)
        if fault := self.entities.fault():
            self.add_error(None, fault)
        return not self.errors

    def _missing(self) -> list[tuple[str, str]]:
        typed = self.cleaned_data
        wanted = {
            "title": gettext("Give it a title: readers see it in their list."),
            "key_line": gettext("Say in one or two sentences what the reader is to do or know."),
            "body": gettext("Write the text of the bulletin."),
            "tlp": gettext("Choose who may see it."),
            "purpose": gettext("Say what the information may be used for."),
        }
        kind = typed.get("product_type")
        if kind in handling.GRADED:
            wanted["source_reliability"] = gettext("Grade the source; F if it cannot be judged.")
            wanted["information_credibility"] = gettext(
                "Grade the information; 6 if its truth cannot be judged."
            )
        if kind == ProductType.RFI:
            wanted["due_on"] = gettext("A request needs the day by which you want the answer.")
        return [(name, words) for name, words in wanted.items() if not typed.get(name)]

    def _dates(self) -> list[tuple[str, str]]:
        today = timezone.localdate()
        due, until = (self.cleaned_data.get(name) for name in DATES)
        faults = []
        if due and due < today:
            faults.append(("due_on", gettext("This day has passed.")))
        if until and until < today:
            faults.append(("valid_until", gettext("This day has passed.")))
        if due and until and due > until:
            faults.append(("due_on", gettext("This is after the bulletin has lapsed.")))
        return faults

    def add_faults(self, faults: dict[str, str]) -> None:
        for name, sentence in faults.items():
            self.add_error(name if name in self.fields else None, sentence)


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def blank_content(kind: str, language: str) -> DraftContent:
    """A new draft from the template of its kind: headings to fill in, and the usual validity."""
    product = ProductType(kind) if kind in ProductType.values else ProductType.BULLETIN
    days = handling.VALIDITY[product]
    return DraftContent(
        product_type=product,
        body=template_for(product),
        language=language if language in {"en", "fr"} else "en",
        requested_action="reply" if product == ProductType.RFI else "information",
        urgency=Urgency.PRIORITY if product == ProductType.ALERT else Urgency.ROUTINE,
        valid_until=timezone.localdate() + datetime.timedelta(days=days),
        tlp=Tlp.AMBER,
    )


def template_for(kind: ProductType) -> str:
    """The headings that a product of this kind usually has, in the writer's language."""
    blocks = {
        ProductType.ALERT: [
            gettext("What is expected"), gettext("When and where"), gettext("Contact"),
        ],
        ProductType.BULLETIN: [
            gettext("Judgement"), gettext("Evidence"), gettext("Gaps"),
            gettext("Recommended action"),
        ],
        ProductType.PROFILE: [
            gettext("Subject"), gettext("Risk indicators"), gettext("What to check"),
        ],
        ProductType.MO: [gettext("Method"), gettext("Signs"), gettext("How it was found")],
        ProductType.RFI: [gettext("Question"), gettext("Reason"), gettext("What would help")],
        ProductType.SEIZURE: [
            gettext("Goods and quantity"), gettext("Concealment"), gettext("Route"),
            gettext("How it was found"),
        ],
        ProductType.THREAT: [
            gettext("Summary"), gettext("By sub-region"), gettext("Outlook"),
        ],
        ProductType.OPS: [gettext("Course"), gettext("Results"), gettext("Lessons")],
    }  # fmt: skip
    return "\n\n".join(f"## {heading}\n" for heading in blocks[kind])
