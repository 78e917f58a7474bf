"""The pieces of the look, as template tags. `docs/ui.md` lists them with examples.

A tag draws; it never decides what a reader may see. Everything that comes from people passes
through the template engine or `format_html`, so it is escaped.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cache
from typing import Any

from django import template
from django.core.paginator import Page
from django.templatetags.static import static
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.language import city_of
from iswg import form_pieces, labels, moments
from iswg.addresses import address_of
from iswg.pacific import part, placed

register = template.Library()

STATES = {"done", "part", "none", "late", "off"}


class SteadyNode(template.Node):
    """What is between the tags, drawn once in each language and then given again."""

    def __init__(self, nodelist: template.NodeList) -> None:
        self.nodelist = nodelist
        self.drawn: dict[str, SafeString] = {}

    def render(self, context: template.Context) -> SafeString:
        language = get_language() or ""
        if language not in self.drawn:
            # Without the page's values, so that nobody's can stay here by mistake.
            self.drawn[language] = self.nodelist.render(context.new({}))
        return self.drawn[language]


@register.tag
def steady(parser: template.base.Parser, token: template.base.Token) -> SteadyNode:
    """Words and addresses that depend on the language and on nothing else: every page of every
    reader has the same, so they are not put together a thousand times."""
    nodelist = parser.parse(("endsteady",))
    parser.delete_first_token()
    return SteadyNode(nodelist)


@register.simple_tag
def icon(name: str, words: str = "") -> SafeString:
    """One drawing of the sprite; with words it speaks, without it is decoration."""
    drawn = _drawing(name)
    return format_html('{}<span class="vh">{}</span>', drawn, words) if words else drawn


@cache
def _drawing(name: str) -> SafeString:
    return format_html(
        '<svg class="i" aria-hidden="true"><use href="{}#{}"/></svg>',
        static("img/icons.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def address(context: template.Context, name: str) -> str:
    """The address of one of the pages that every page links to, or nothing if it does not exist."""
    return context.get(f"{name}_url") or address_of(name)


@register.filter
def go_letter(key: str) -> str:
    """The letter that goes to an area of the site after `g`."""
    return {"mous": "o", "crafts": "w"}.get(key, key[:1])


# Handling


@register.simple_tag
def tlp(value: object) -> SafeString:
    label = labels.label_of(value)
    return format_html('<span class="tlp {}">TLP:{}</span>', labels.look_of(label), label)


@register.simple_tag
def tlp_rule(value: object) -> str:
    return str(labels.RULES[labels.label_of(value)])


@register.inclusion_tag("_tlp_bar.html")
def tlp_bar(value: object, rule: str = "", *, end: bool = False) -> dict[str, Any]:
    label = labels.label_of(value)
    words = rule or labels.RULES[label]
    return {"label": label, "look": labels.look_of(label), "rule": words, "end": end}


# Times


def _time(moment: dt.date, words: str, title: str = "") -> SafeString:
    machine = moments.machine(moment)
    if title:
        return format_html('<time datetime="{}" title="{}">{}</time>', machine, title, words)
    return format_html('<time datetime="{}">{}</time>', machine, words)


@register.simple_tag
def when(moment: dt.datetime | None, how: str = "both") -> SafeString | str:
    """An instant for the reader: local with weekday, and UTC beside it unless told otherwise."""
    if moment is None:
        return ""
    title = f"{moments.full_words(moment)} ({moments.utc_words(moment)})"
    if how == "short":
        return _time(moment, moments.spell(moments.local(moment), "short"), title)
    if how == "time":
        return _time(moment, moments.spell(moments.local(moment), "time"), title)
    if how == "full":
        return _time(moment, moments.full_words(moment), title)
    shown = _time(moment, moments.local_words(moment), title)
    if how == "local":
        return shown
    return format_html('{} <span class="utc">({})</span>', shown, moments.utc_words(moment))


@register.simple_tag
def day(date: dt.date | None) -> SafeString | str:
    if date is None:
        return ""
    here = moments.local(date) if isinstance(date, dt.datetime) else date
    return _time(date, moments.spell(here, "day"), moments.spell(here, "full"))


@register.simple_tag
def ago(moment: dt.datetime | None) -> SafeString | str:
    if moment is None:
        return ""
    return _time(moment, moments.ago(moment), moments.full_words(moment))


@register.inclusion_tag("_due.html")
def due_margin(due: dt.date | None, *, done: bool = False) -> dict[str, Any]:
    if due is None:
        return {"due": None, "done": done}
    look = "" if done else moments.due_class(due)
    return {"due": due, "done": done, "look": look, "word": moments.due_word(due)}


# For sentences and mails, where there is no room for an element.
register.filter("full_words", moments.full_words)
register.filter("local_words", moments.local_words)
register.filter("full_day", lambda date: moments.spell(date, "full"))
register.filter("due_word", moments.due_word)
register.filter("due_class", moments.due_class)
register.simple_tag(moments.zone_words, name="zone_name")
register.filter("zone_city", lambda zone: city_of(zone, moments.language()))


# Figures and states


@register.filter
def file_size(count: int) -> str:
    """`412 KB`, `3.0 MB`: in thousands, as people count, never finer than they need."""
    if count < 1000:
        return _("%(n)s bytes") % {"n": count}
    if count < 999_500:
        return _("%(n)s KB") % {"n": round(count / 1000)}
    return _("%(n)s MB") % {"n": number_format(round(count / 1_000_000, 1), 1)}


@register.simple_tag
def unread_dot(flag: bool = True) -> SafeString | str:
    if not flag:
        return ""
    return format_html('<span class="dot"></span><span class="vh">{}</span>', _("Unread"))


@register.simple_tag
def state(kind: str, words: str) -> SafeString:
    """A shape and its words: solid, half, dashed, square, crossed."""
    if kind not in STATES:
        raise ValueError(f"state is one of {', '.join(sorted(STATES))}")
    return format_html('<span class="state state-{}">{}</span>', kind, words)


@register.inclusion_tag("_cells.html")
def cells(rows: Iterable[Any], words: str) -> dict[str, Any]:
    return {"rows": rows, "words": words}


@register.inclusion_tag("_cells_key.html")
def cells_key(done: str = "", part: str = "", none: str = "") -> dict[str, str]:
    return {"done": done, "part": part, "none": none}


@register.inclusion_tag("_scale.html")
def scale(value: object, steps: str) -> dict[str, Any]:
    return {"steps": list(steps), "value": str(value)}


@register.inclusion_tag("_map.html")
def pacific_map(points: Iterable[Any], words: str, *, mini: bool = False) -> dict[str, Any]:
    rows = list(points)
    own = {part(row, "code") for row in rows if part(row, "me")}
    return {"points": placed(rows), "words": words, "mini": mini, "own": own}


@register.inclusion_tag("_pages.html", takes_context=True)
def pages(context: template.Context, page: Page) -> dict[str, Any]:
    """Numbered pages that keep the rest of the query."""
    request = context.get("request")
    query = request.GET.copy() if request else {}

    def link(number: int) -> str:
        if not request:
            return f"?page={number}"
        query["page"] = str(number)
        return "?" + query.urlencode()

    paginator = page.paginator
    numbers = [
        {"number": n, "url": link(n) if isinstance(n, int) else "", "current": n == page.number}
        for n in paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    ]
    return {
        "page": page,
        "numbers": numbers,
        "before": link(page.previous_page_number()) if page.has_previous() else "",
        "after": link(page.next_page_number()) if page.has_next() else "",
    }


# Forms

register.inclusion_tag("_field.html", name="field")(form_pieces.field)
register.inclusion_tag("_choices.html", name="choices")(form_pieces.choices)
register.inclusion_tag("_administrations.html", name="administrations")(form_pieces.administrations)
register.inclusion_tag("_errors.html", name="error_summary")(form_pieces.error_summary)
