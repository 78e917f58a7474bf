"""The registers: what was decided, and what is to be done."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from access.policy import Action, can
from accounts.spoken import in_order
from activity.queries import latest_live_id, notices_about
from activity.services import mark_read
from meetings import registers, writings
from meetings.facts import action_target
from meetings.forms_registers import ActionFilter, DecisionFilter, ReportForm, SupersedeForm
from meetings.models import ActionPoint, ActionState, Decision, Field
from meetings.registers import Entry
from meetings.sealing import Locked
from meetings.services.deciding import may_replace, report_on_action, supersede
from meetings.services.series import NotPossible
from meetings.stamps import short
from meetings.tables import as_csv
from meetings.taking_registers import take_actions_away
from meetings.views import topics
from meetings.views_minutes import locked_words, put
from meetings.writings import Overtaken, Text
from vault.http import is_act, unlocked
from vault.manifests import SealBroken
from vault.searching import StillSearching

PER_PAGE = 25
LONGEST = 200
CODE = re.compile(r"[A-Z]{2,8}")
LOOKS = {ActionState.OPEN: "none", ActionState.DONE: "done", ActionState.DROPPED: "off"}


def _typed(form: Any, name: str) -> str:
    """What the address asks for; what fits no field is left out."""
    form.is_valid()
    return str(form.cleaned_data.get(name, "")).strip()[:LONGEST] if form.is_bound else ""


def _shown(request: HttpRequest, rows: Sequence[Any], typed: str) -> Any:
    """A page of the register with its words; with `typed`, of what was found."""
    number = request.GET.get("page")
    if typed:
        found = registers.search(request.actor, request.vault, rows, typed)
        return Paginator(found, PER_PAGE).get_page(number)
    page = Paginator(rows, PER_PAGE).get_page(number)
    page.object_list = registers.with_words(request.vault, list(page.object_list))
    return page


def _busy(request: HttpRequest) -> HttpResponse:
    return render(request, "errors/429.html", {"status": 429, "seconds": 5}, status=429)


def _unkept(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response


def _live(request: HttpRequest) -> dict[str, Any]:
    return {"live_since": latest_live_id(), "live_topics": topics(request)}


def _stamp(entries: Iterable[Entry], notes: Mapping[int, Text]) -> str:
    """What these lines show: which they are, their state, and the revisions of their words."""
    lines = []
    for one in entries:
        row, note = one.row, notes.get(one.row.pk)
        replaced = getattr(row, "superseded_by_id", "")
        told = note.revision if note else ""
        lines.append(f"{row.number}.{row.state}.{replaced}.{one.words.revision}.{told}")
    return short("|".join(lines))


# Decisions ------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@unlocked
def decisions(request: HttpRequest) -> HttpResponse:
    """Every decision this reader may read, newest first; `?q=` looks into their words."""
    if request.method == "POST":
        return _superseded(request)
    return _decisions(request)


def _decisions(
    request: HttpRequest, *, refused: tuple[str, SupersedeForm] | None = None, status: int = 200
) -> HttpResponse:
    everything = registers.decisions_of(request.actor)
    years = sorted({one.meeting.fiscal_year for one in everything}, reverse=True)
    form = DecisionFilter(request.GET or None, years=years)
    typed, year = _typed(form, "q"), _typed(form, "year")
    rows = [one for one in everything if not year or one.meeting.fiscal_year == year]
    try:
        page = _shown(request, rows, typed)
    except StillSearching:
        return _busy(request)
    context = {
        "nav_key": "meetings",
        "form": form,
        "typed": typed,
        "page_obj": page,
        "rows": [_decision(request, one, everything, refused) for one in page.object_list],
        "total": len(everything),
        "stamp": _stamp(page.object_list, {}),
        **_live(request),
    }
    return _unkept(render(request, "registers/decisions.html", context, status=status))


def _decision(
    request: HttpRequest,
    entry: Entry,
    everything: Iterable[Decision],
    refused: tuple[str, SupersedeForm] | None,
) -> dict[str, Any]:
    decision = entry.row
    form = None
    if refused and refused[0] == decision.number:
        form = refused[1]
    elif decision.superseded_by_id is None and _may_supersede(request, decision):
        later = _later(decision, everything)
        prefix = f"id_{decision.number}_%s"
        form = SupersedeForm(later=later, auto_id=prefix) if later else None
    numbers = {one.pk: one.number for one in everything}
    return {
        "decision": decision,
        "words": entry.words,
        "replaced_by": numbers.get(decision.superseded_by_id, ""),
        "form": form,
    }


def _may_supersede(request: HttpRequest, decision: Decision) -> bool:
    return bool(can(request.actor, Action.PREPARE_MEETING, decision.meeting))


def _later(decision: Decision, everything: Iterable[Decision]) -> list[Decision]:
    return [
        one for one in everything if one.taken_at > decision.taken_at and may_replace(one, decision)
    ]


def _superseded(request: HttpRequest) -> HttpResponse:
    everything = registers.decisions_of(request.actor)
    known = {one.number: one for one in everything}
    decision = known.get(request.POST.get("decision", ""))
    if decision is None:
        raise Http404
    form = SupersedeForm(request.POST, later=_later(decision, everything))
    if form.is_valid():
        try:
            supersede(actor=request.actor, decision=decision, by=known[form.cleaned_data["by"]])
        except NotPossible as problem:
            put(form, problem.faults)
        else:
            facts = {"number": decision.number, "by": form.cleaned_data["by"]}
            messages.success(request, _("%(number)s is replaced by %(by)s.") % facts)
            return redirect(f"{reverse('registers:decisions')}#{decision.number}")
    return _decisions(request, refused=(decision.number, form), status=400)


# Actions --------------------------------------------------------------------------------------

BOX_WORDS = {
    "ours": lambda: _("Ours"), "mine": lambda: _("Mine"), "late": lambda: _("Late"),
    "open": lambda: _("All open"), "all": lambda: pgettext("actions", "All"),
}  # fmt: skip


@require_GET
@unlocked
def actions(request: HttpRequest) -> HttpResponse:
    """Actions by administration, the nearest day first."""
    box, form, rows, typed = _asked(request)
    try:
        page = _shown(request, rows, typed)
    except StillSearching:
        return _busy(request)
    context = {
        "nav_key": "meetings",
        "form": form,
        "box": box,
        "typed": typed,
        "tabs": _tabs(request, box),
        "page_obj": page,
        "rows": _lines(request, page.object_list),
        "table_query": urlencode({"box": box, "owner": _typed(form, "owner")}),
        "stamp": _stamp(page.object_list, _notes(request, page.object_list)),
        **_live(request),
    }
    return _unkept(render(request, "registers/actions.html", context))


def _asked(request: HttpRequest) -> tuple[str, ActionFilter, list[ActionPoint], str]:
    box = request.GET.get("box", "ours")
    box = box if box in BOX_WORDS else "ours"
    rows = registers.actions_in(request.actor, box)
    named = {one.owner_id: one.owner.label for one in rows}
    asked = request.GET.get("owner", "")
    if CODE.fullmatch(asked):
        named.setdefault(asked, asked)  # a kept address of an administration that owes nothing now
    owners = in_order(named.items())
    form = ActionFilter(request.GET or None, owners=owners)
    owner = _typed(form, "owner")
    return (
        box,
        form,
        [one for one in rows if not owner or one.owner_id == owner],
        _typed(form, "q"),
    )


def _tabs(request: HttpRequest, box: str) -> list[dict[str, Any]]:
    counted = {name: len(registers.actions_in(request.actor, name)) for name in ("ours", "late")}
    return [
        {"label": words(), "url": f"?box={name}", "current": name == box,
         "count": counted.get(name)}
        for name, words in BOX_WORDS.items()
    ]  # fmt: skip


def _lines(request: HttpRequest, entries: Sequence[Entry]) -> list[dict[str, Any]]:
    notes = _notes(request, entries)
    return [_line(request, one, notes[one.row.pk]) for one in entries]


def _notes(request: HttpRequest, entries: Sequence[Entry]) -> dict[int, Text]:
    return registers.progress_of(request.vault, [one.row for one in entries])


def _line(request: HttpRequest, entry: Entry, note: Text) -> dict[str, Any]:
    action = entry.row
    form = None
    if can(request.actor, Action.UPDATE_ACTION, action):
        form = ReportForm(
            initial={"state": action.state, "base": note.revision},
            auto_id=f"id_{action.uuid.hex[:8]}_%s",
        )
    return {
        "action": action,
        "words": entry.words,
        "note": note,
        "form": form,
        "late": registers.is_late(action),
        "look": LOOKS[ActionState(action.state)],
    }


@require_GET
@unlocked
def actions_csv(request: HttpRequest) -> HttpResponse:
    """The same box as a table."""
    _box, _form, rows, _words = _asked(request)
    entries = take_actions_away(actor=request.actor, vault=request.vault, rows=rows)
    head = [
        _("Number"), _("What is to be done"), _("To be done by"), _("Due"), _("State"),
        _("Settled"), _("Meeting"),
    ]  # fmt: skip
    lines = [
        [
            one.row.number, one.words.words, one.row.owner.label, one.row.due_on or "",
            one.row.get_state_display(),
            one.row.settled_at.date() if one.row.settled_at else "", one.row.meeting.ref,
        ]
        for one in entries
    ]  # fmt: skip
    return as_csv(head, lines, "actions.csv")


@require_http_methods(["GET", "POST"])
@unlocked(keeps_typed_work=True)
def action(request: HttpRequest, action_id: UUID) -> HttpResponse:
    """One action with every note of its progress; reporting on it."""
    rows = registers.actions_of(request.actor, uuid=action_id)
    if not rows:
        raise Http404
    if request.method == "POST":
        return _reported(request, rows[0])
    if is_act(request):
        mark_read(actor=request.actor, notices=notices_about(request.actor, action_target(rows[0])))
    return _action_page(request, rows[0])


def _action_page(
    request: HttpRequest,
    action: ActionPoint,
    *,
    form: ReportForm | None = None,
    overtaken: Text | None = None,
    status: int = 200,
) -> HttpResponse:
    history = writings.history_of(request.vault, action.meeting, action.uuid, Field.PROGRESS)
    newest = history[-1] if history else Text(action.uuid, Field.PROGRESS)
    entry = registers.with_words(request.vault, [action])[0]
    line, words = _line(request, entry, newest), entry.words
    context = {
        "nav_key": "meetings",
        **line,
        "form": (form or line["form"]) if line["form"] else None,
        "overtaken": overtaken,
        "notes": list(reversed(history)),
        "stamp": short(f"{action.state}.{len(history)}.{words.revision}"),
        **_live(request),
    }
    return _unkept(render(request, "registers/action.html", context, status=status))


def _reported(request: HttpRequest, action: ActionPoint) -> HttpResponse:
    form = ReportForm(request.POST)
    status = 400
    if form.is_valid():
        try:
            _report(request, action, form)
        except Overtaken as problem:
            form.data = form.data.copy()
            form.data["base"] = str(problem.now.revision)
            form.add_error("words", _("Somebody reported meanwhile. Read it, then send yours."))
            return _action_page(request, action, form=form, overtaken=problem.now, status=409)
        except NotPossible as problem:
            put(form, problem.faults)
        except (Locked, SealBroken):
            form.add_error(None, locked_words())
            status = 409
        else:
            messages.success(request, _("Kept: %(number)s.") % {"number": action.number})
            return redirect(_back(request, action))
    return _action_page(request, action, form=form, status=status)


def _report(request: HttpRequest, action: ActionPoint, form: ReportForm) -> None:
    if request.vault is None:
        raise Locked
    report_on_action(
        actor=request.actor,
        vault=request.vault,
        action=action,
        words=form.cleaned_data["words"],
        state=form.cleaned_data["state"],
        base=form.cleaned_data["base"] or 0,
    )


def _back(request: HttpRequest, action: ActionPoint) -> str:
    """To the list from which it was reported, or to its own page."""
    box = request.POST.get("box", "")
    if box in BOX_WORDS:
        return f"{reverse('registers:actions')}?box={box}#{action.number}"
    return reverse("registers:action", args=[action.uuid])
