"""A form field as our templates draw it: label, hint, error beside it, and the input.

Django gives the input its `aria-describedby`; the ids here are the ones it points to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

from iswg import labels

CHOICES = {"radioselect", "checkboxselectmultiple"}
LONG = {"textarea"}


def drawn(bound: BoundField, rows: int | None) -> SafeString:
    """The input itself. A browser would cut pasted text at `maxlength` without a word, so the
    limit becomes a count below the box, and the form says when there is too much."""
    attrs: dict[str, Any] = {}
    if limit := bound.field.widget.attrs.get("maxlength") or getattr(
        bound.field, "max_length", None
    ):
        attrs.update({"maxlength": False, "data-max": limit})
    if rows:
        attrs["rows"] = rows
    return bound.as_widget(attrs=attrs)


def field(
    bound: BoundField, width: str = "", rows: int | None = None, *, optional: bool = False
) -> dict[str, Any]:
    kind = bound.widget_type
    if kind in CHOICES:
        return {"choices": choices(bound, optional=optional)}
    limit = bound.field.widget.attrs.get("maxlength") or getattr(bound.field, "max_length", None)
    return {
        "field": bound,
        "kind": kind,
        "input": drawn(bound, rows),
        "width": width,
        "optional": optional,
        "limit": limit if kind in LONG else None,
    }


def option_rows(
    bound: BoundField, sentences: Mapping[Any, str], look: str
) -> Iterable[dict[str, Any]]:
    for choice in bound.subwidgets:
        value = choice.data["value"]
        if value in (None, ""):
            continue
        yield {
            "input": choice.tag(),
            "id": choice.id_for_label,
            "value": str(value),
            "label": choice.data["label"],
            "sentence": sentences.get(str(value)) or "",
            "tlp": labels.label_of(value) if look == "tlp" else "",
            "tlp_look": labels.look_of(labels.label_of(value)) if look == "tlp" else "",
        }


def choices(
    bound: BoundField,
    sentences: Mapping[Any, str] | None = None,
    look: str = "",
    *,
    optional: bool = False,
) -> dict[str, Any]:
    """Radios or checkboxes, each with a sentence that says what choosing it means."""
    known = {str(key): words for key, words in (sentences or {}).items()}
    rows = list(option_rows(bound, known, look))
    if look == "tlp":
        for row in rows:
            row["sentence"] = row["sentence"] or labels.RULES[row["tlp"]]
    return {"field": bound, "rows": rows, "look": look, "optional": optional}


def administrations(
    bound: BoundField,
    groups: Iterable[Any] = (),
    *,
    own: str = "",
    notes: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """A grid of checkboxes, one an administration; groups become buttons that tick them. `notes`
    say by code what stands against choosing one; they have their place where there are any."""
    rows = [
        {**row, "note": None if notes is None else notes.get(row["value"], "")}
        for row in option_rows(bound, {}, "")
    ]
    return {"field": bound, "rows": rows, "groups": groups, "own": own}


def first_id(bound: BoundField) -> str:
    """Where a link to a field leads: its input, or the first of its choices."""
    if bound.widget_type in CHOICES:
        return next((choice.id_for_label for choice in bound.subwidgets), "")
    return bound.id_for_label


def error_summary(*forms: BaseForm | None) -> dict[str, Any]:
    """Every error of these forms in one list, each a link to its field."""
    rows: list[dict[str, Any]] = []
    for form in forms:
        if form is None or not form.is_bound:
            continue
        rows += [{"words": words, "id": ""} for words in form.non_field_errors()]
        for bound in form:
            at = first_id(bound)
            name = str(bound.label).rstrip(".")  # a label that is a sentence, before a colon
            rows += [{"words": words, "id": at, "label": name} for words in bound.errors]
    return {"rows": rows}
