"""Filters of the list, kept in the address so that the back button and a link keep them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from access.actors import Actor
from access.policy import Action, visible
from accounts.models import Administration
from accounts.spoken import fold_name
from bulletins.handling import TLP_ORDER
from bulletins.models import ProductType, Recipient

ANY = ("", _("Any"))
STATES = [ANY, ("unread", _("Unread")), ("waiting", _("Not acknowledged"))]


class ShortSelect(forms.Select):
    """Django draws a template for every option, and a list has forty of them in its filters."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = "" if value is None else str(value)
        options = format_html_join(
            "\n",
            '<option value="{}"{}>{}</option>',
            ((key, SELECTED if key == chosen else "", words) for key, words in self.choices),
        )
        around = flatatt(self.build_attrs(self.attrs, {"name": name, **(attrs or {})}))
        return format_html("<select{}>\n{}\n</select>", around, options)


SELECTED = SafeString(" selected")


class FilterForm(forms.Form):
    type = forms.ChoiceField(
        label=_("Kind"),
        choices=[ANY, *ProductType.choices],
        required=False,
        widget=ShortSelect,
    )
    tlp = forms.ChoiceField(
        label=_("Label"),
        choices=[ANY, *((v, v) for v in TLP_ORDER)],
        required=False,
        widget=ShortSelect,
    )
    origin = forms.ChoiceField(label=_("From"), required=False, widget=ShortSelect)
    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False, widget=ShortSelect)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Observers do not see the list of members, here neither.
        rows = visible(Administration.objects.all(), actor, Action.READ_ADMINISTRATION)
        rows = rows.exclude(kind="partner").order_by()
        french = get_language() == "fr"
        origins = [
            (code, name_fr if french and name_fr else name)
            for code, name, name_fr in rows.values_list("code", "name", "name_fr")
        ]
        self.fields["origin"].choices = [ANY, *sorted(origins, key=lambda o: fold_name(o[1]))]


def read(query: Any, actor: Actor) -> tuple[FilterForm, dict[str, str]]:
    """The form as it was filled in, and the filters that say something.

    Anything else in the address is passed over.
    """
    form = FilterForm(query, actor=actor)
    form.is_valid()
    return form, {name: value for name, value in form.cleaned_data.items() if value}


def apply(rows: QuerySet[Recipient], chosen: dict[str, str]) -> QuerySet[Recipient]:
    columns = {
        "type": "bulletin__product_type",
        "tlp": "bulletin__tlp",
        "origin": "bulletin__origin",
    }
    rows = rows.filter(**{columns[name]: v for name, v in chosen.items() if name in columns})
    if chosen.get("state") == "unread":
        rows = rows.filter(is_read=False)
    if chosen.get("state") == "waiting":
        rows = rows.filter(place="to", acknowledged_at__isnull=True)
    return rows
