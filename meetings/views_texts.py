"""The words of the minutes: edited side by side, with their history; the communiqué."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from access.policy import Action, can, require
from activity.queries import latest_live_id
from meetings import queries, writings
from meetings.adopted import MINUTES
from meetings.communique import drafted
from meetings.forms_minutes import CommuniqueForm, ItemTextForm
from meetings.found import found, found_item
from meetings.frame import tabs
from meetings.minuted import ItemRecord, items_of, roll_of
from meetings.models import AgendaItem, Field, Meeting, MinutesState, Writing
from meetings.sealing import Locked
from meetings.services.minutes import write_communique
from meetings.services.series import NotPossible
from meetings.texts_of_item import Typed, save_texts
from meetings.titles import title_of
from meetings.versions import versions_of
from meetings.views import topics
from meetings.views_minutes import locked_words, put
from meetings.writings import Overtaken, Text, TooLong
from vault.http import unlocked
from vault.manifests import SealBroken

LANGUAGES = ("en", "fr")


@require_http_methods(["GET", "POST"])
@unlocked(keeps_typed_work=True)
def edit(request: HttpRequest, ref: str, item_id: UUID) -> HttpResponse:
    """One item in both languages; what others saved meanwhile is shown beside what was typed."""
    item = found_item(request, ref, item_id)
    if request.method == "POST":
        return _saved(request, item)
    record = _record(request, item)
    texts = dict(record.texts)
    initial: dict[str, Any] = {}
    for name, text in texts.items():
        initial |= {name: text.words, f"{name}_base": text.revision}
    return _form_page(request, record, ItemTextForm(initial=initial))


def _record(request: HttpRequest, item: AgendaItem) -> ItemRecord:
    records = items_of(request.actor, request.vault, item.meeting)
    return next(one for one in records if one.item.pk == item.pk)


def _form_page(
    request: HttpRequest,
    record: ItemRecord,
    form: ItemTextForm,
    *,
    overtaken: dict[str, Text] | None = None,
    status: int = 200,
) -> HttpResponse:
    meeting = record.item.meeting
    require(request.actor, Action.RUN_MEETING, meeting)
    context = {
        "nav_key": "meetings",
        "live_since": latest_live_id(),
        "live_topics": topics(request, f"meeting:{meeting.uuid}"),
        "meeting": meeting,
        "title": title_of(request.vault, meeting),
        "record": record,
        "form": form,
        "overtaken": overtaken or {},
        "following": _following(request, record),
        "is_adopted": meeting.minutes_state == MinutesState.ADOPTED,
    }
    return _unkept(render(request, "meetings/minutes_edit.html", context, status=status))


def _following(request: HttpRequest, record: ItemRecord) -> AgendaItem | None:
    later = [
        one
        for one in queries.items_for(request.actor, record.item.meeting)
        if one.position > record.item.position and one.kind != "break"
    ]
    return later[0] if later else None


def _saved(request: HttpRequest, item: AgendaItem) -> HttpResponse:
    form = ItemTextForm(request.POST)
    if not form.is_valid():
        return _form_page(request, _record(request, item), form, status=400)
    if request.vault is None:
        form.add_error(None, locked_words())
        return _form_page(request, _record(request, item), form, status=409)
    typed = [
        Typed(one, form.cleaned_data[one], form.cleaned_data[f"{one}_base"] or 0)
        for one in LANGUAGES
    ]
    try:
        saved, overtaken = save_texts(request.actor, request.vault, item, typed)
    except NotPossible as problem:
        put(form, problem.faults)
        return _form_page(request, _record(request, item), form, status=409)
    except (Locked, SealBroken):
        form.add_error(None, _("This item does not open with your keys. Nothing was saved."))
        return _form_page(request, _record(request, item), form, status=409)
    if overtaken:
        return _overtaken(request, item, form, overtaken)
    messages.success(request, _("Saved.") if saved else _("Nothing was changed."))
    following = _following(request, _record(request, item)) if "next" in request.POST else None
    if following is not None:
        return redirect("meetings:edit_minutes", ref=item.meeting.ref, item_id=following.uuid)
    return redirect(f"{reverse('meetings:minutes', args=[item.meeting.ref])}#item-{item.uuid}")


def _overtaken(
    request: HttpRequest, item: AgendaItem, form: ItemTextForm, overtaken: dict[str, Text]
) -> HttpResponse:
    """Both texts are shown; what is sent next counts, because its sender has seen the other."""
    form.data = form.data.copy()
    record = _record(request, item)
    for name, text in record.texts:
        form.data[f"{name}_base"] = str(text.revision)
    for name in overtaken:
        form.add_error(
            name, _("Somebody saved this text meanwhile. Both stand here; save what should remain.")
        )
    return _form_page(request, record, form, overtaken=overtaken, status=409)


# History --------------------------------------------------------------------------------------


@require_GET
@unlocked
def history(request: HttpRequest, ref: str, item_id: UUID) -> HttpResponse:
    """Every revision of the two texts, with what came and what went."""
    item = found_item(request, ref, item_id)
    versions = {
        one: versions_of(writings.history_of(request.vault, item.meeting, item.uuid, MINUTES[one]))
        for one in LANGUAGES
    }
    if not any(versions.values()):
        raise Http404
    title = writings.read(
        request.vault, item.meeting, fields=[Field.TITLE], subjects=[item.uuid]
    ).get((item.uuid, Field.TITLE))
    context = {
        "nav_key": "meetings",
        "meeting": item.meeting,
        "title": title,
        "item": item,
        "histories": [(one, rows) for one, rows in versions.items() if rows],
    }
    return _unkept(render(request, "meetings/minutes_history.html", context))


# The communiqué -------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@unlocked(keeps_typed_work=True)
def communique(request: HttpRequest, ref: str) -> HttpResponse:
    """The text for the public; where none was written, a draft from what is open to all."""
    meeting = found(request, ref)
    if request.method == "POST":
        return _communique_saved(request, meeting)
    kept = _kept(request, meeting)
    words = kept.words if kept else _draft(request, meeting)
    initial = {"words": words, "base": kept.revision if kept else 0}
    return _communique_page(request, meeting, CommuniqueForm(initial=initial), kept)


def _kept(request: HttpRequest, meeting: Meeting) -> Text | None:
    texts = writings.read(
        request.vault, meeting, fields=[Field.COMMUNIQUE], subjects=[meeting.uuid]
    )
    return texts.get((meeting.uuid, Field.COMMUNIQUE))


def _draft(request: HttpRequest, meeting: Meeting) -> str:
    items = items_of(request.actor, request.vault, meeting)
    return drafted(meeting, title_of(request.vault, meeting), roll_of(meeting), items)


def _communique_page(
    request: HttpRequest,
    meeting: Meeting,
    form: CommuniqueForm,
    kept: Text | None,
    *,
    overtaken: Text | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "nav_key": "meetings",
        "meeting": meeting,
        "title": title_of(request.vault, meeting),
        "tabs": tabs(meeting, "minutes"),
        "form": form,
        "kept": kept,
        "overtaken": overtaken,
        "may_write": can(request.actor, Action.RUN_MEETING, meeting),
        "history": Writing.objects.filter(
            meeting=meeting, subject=meeting.uuid, field=Field.COMMUNIQUE
        ).count(),
        "draft": _draft(request, meeting) if kept and "draft" in request.GET else "",
    }
    return _unkept(render(request, "meetings/communique.html", context, status=status))


def _communique_saved(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    form = CommuniqueForm(request.POST)
    if form.is_valid():
        try:
            return _communique_written(request, meeting, form)
        except Overtaken as problem:
            form.data = form.data.copy()
            form.data["base"] = str(problem.now.revision)
            form.add_error(
                "words",
                _("Somebody saved this text meanwhile. Both stand here; save what should remain."),
            )
            kept = problem.now
            return _communique_page(request, meeting, form, kept, overtaken=kept, status=409)
        except TooLong as problem:
            form.add_error("words", problem.sentence)
        except (Locked, SealBroken):
            form.add_error(None, locked_words())
    return _communique_page(request, meeting, form, _kept(request, meeting), status=400)


def _communique_written(
    request: HttpRequest, meeting: Meeting, form: CommuniqueForm
) -> HttpResponse:
    if request.vault is None:
        raise Locked
    write_communique(
        actor=request.actor,
        vault=request.vault,
        meeting=meeting,
        words=form.cleaned_data["words"],
        base=form.cleaned_data["base"] or 0,
    )
    messages.success(request, _("Saved."))
    return redirect("meetings:communique", ref=meeting.ref)


def _unkept(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
