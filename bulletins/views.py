"""Lists, one bulletin, and what one does with it. Views arrange; they do not decide."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from access.policy import Action, can
from activity.queries import latest_live_id
from bulletins import filters, handling, opening, queries, services
from bulletins.boxes import Box
from bulletins.entities import named_in
from bulletins.granted import granted
from bulletins.lawful import bases_of, kinds_in
from bulletins.models import Bulletin, Outcome
from bulletins.ports import ports_named
from bulletins.presentation import attachments, drawn_rows, ledger_cells, map_points
from vault.http import unlocked
from wording.markup import render as markdown

PER_PAGE = 50


@require_GET
@unlocked
@granted
def bulletin_list(request: HttpRequest) -> HttpResponse:
    box = request.GET.get("box", "inbox")
    box = box if box in queries.BOXES else "inbox"
    since = latest_live_id()
    if box == "drafts":
        return _drafts(request, since)
    filter_form, chosen = filters.read(request.GET, request.actor)
    rows = Box(request.actor, box, chosen)
    page: Page[Any] = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown = page.object_list
    titles = opening.open_listed(request.vault, shown)
    context = {
        "nav_key": "bulletins",
        "tabs": _tabs(request, box),
        "box": box,
        "page_obj": page,
        "rows": drawn_rows(shown, titles),
        "filters": filter_form,
        "filtered": bool(chosen),
        "may_write": can(request.actor, Action.WRITE_DRAFT),
        "live_since": since,
    }
    return render(request, "bulletins/list.html", context)


def _drafts(request: HttpRequest, since: int) -> HttpResponse:
    page = Paginator(queries.drafts_for(request.actor), PER_PAGE).get_page(request.GET.get("page"))
    rows = [{"draft": d, "content": services.open_draft_or_none(request.vault, d)} for d in page]
    context = {
        "nav_key": "bulletins",
        "tabs": _tabs(request, "drafts"),
        "box": "drafts",
        "page_obj": page,
        "drafts": rows,
        "may_write": can(request.actor, Action.WRITE_DRAFT),
        "live_since": since,
    }
    return render(request, "bulletins/drafts.html", context)


def _tabs(request: HttpRequest, current: str) -> list[dict]:
    unread = queries.unread_count(request.actor)
    tabs = [
        ("inbox", _("Inbox"), unread),
        ("all", _("All"), 0),
        ("ours", _("From us"), 0),
    ]
    if can(request.actor, Action.WRITE_DRAFT):
        tabs.append(("drafts", _("Drafts"), queries.drafts_for(request.actor).count()))
    return [
        {"label": label, "url": f"?box={key}", "count": count, "current": key == current}
        for key, label, count in tabs
    ]


def opened_first(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For pages of what a bulletin says: they get it opened, with the ledger filled. Whoever may
    not read it finds nothing; where it does not open, a page says why."""

    @wraps(view)
    def guarded(request: HttpRequest, ref: str, **more: Any) -> HttpResponse:
        bulletin = get_object_or_404(queries.bulletins_for(request.actor), ref=ref)
        try:
            opened = opening.open_bulletin(
                actor=request.actor, vault=request.vault, bulletin=bulletin
            )
        except opening.Locked:
            return _locked(request, bulletin)
        except opening.SealBroken:
            return _broken(request, bulletin)
        return view(request, opened, **more)

    return guarded


@require_GET
@unlocked
@opened_first
def detail(request: HttpRequest, opened: opening.Opened) -> HttpResponse:
    since, ref = latest_live_id(), opened.bulletin.ref
    # Once more: opening has changed the ledger that the page shows.
    bulletin = get_object_or_404(queries.bulletins_for(request.actor), ref=ref)
    response = render(request, "bulletins/detail.html", {
        **detail_context(request.actor, bulletin, opened), "live_since": since,
        "live_topics": [*_page_topics(request), f"bulletin:{bulletin.uuid}"],
    })  # fmt: skip
    response["Cache-Control"] = "no-store"
    return response


def _locked(request: HttpRequest, bulletin: Bulletin) -> HttpResponse:
    """Nobody reads, or says to have read, what the own keys do not open."""
    facts = {"bulletin": bulletin, "nav_key": "bulletins"}
    return render(request, "bulletins/locked.html", facts, status=409)


def _broken(request: HttpRequest, bulletin: Bulletin) -> HttpResponse:
    """What is stored is not what its author signed: it is not shown, and the journal says so."""
    services.report_broken_seal(actor=request.actor, bulletin=bulletin)
    facts = {"bulletin": bulletin, "nav_key": "bulletins"}
    return render(request, "bulletins/broken.html", facts, status=409)


def _page_topics(request: HttpRequest) -> list[str]:
    return [f"administration:{request.actor.administration}", f"person:{request.actor.user_id}"]


def detail_context(actor, bulletin: Bulletin, opened: opening.Opened) -> dict:
    content = opened.content
    return {
        "nav_key": "bulletins",
        "bulletin": bulletin,
        "content": content,
        "body": markdown(content.body),
        "meaning": handling.TLP_MEANING[bulletin.tlp],
        "pap_meaning": handling.PAP_MEANING.get(content.pap, ""),
        "reliability": handling.RELIABILITY.get(content.source_reliability),
        "credibility": handling.CREDIBILITY.get(content.information_credibility),
        "likelihood": handling.LIKELIHOOD.get(content.likelihood),
        "likelihood_range": handling.LIKELIHOOD_RANGE.get(content.likelihood),
        "confidence": handling.CONFIDENCE.get(content.confidence),
        "requested_action": handling.REQUESTED_ACTION.get(content.requested_action),
        "files": attachments(bulletin, opened),
        "entities": named_in(content, bulletin),
        "ports": ports_named(content.places),
        "points": map_points(content.places),
        "expired": queries.is_expired(bulletin),
        "kinds": kinds_in(content),
        "bases": bases_of(bulletin) if actor.administration == bulletin.origin_id else [],
        **ledger_context(actor, bulletin),
    }


def ledger_context(actor, bulletin: Bulletin) -> dict:
    """What the acknowledgement card and the ledger show; the live fragments use it as well."""
    ledger = queries.ledger_of(bulletin)
    return {
        "bulletin": bulletin,
        "ledger": ledger,
        "cells": ledger_cells(ledger, actor.administration),
        "own_row": queries.own_row(actor, bulletin),
        "may_acknowledge": can(actor, Action.ACKNOWLEDGE_BULLETIN, bulletin),
        "outcomes": [(o.value, o.label) for o in (Outcome.ACTED, Outcome.NOTHING)],
        "named": bulletin.named_ids is not None,
        "officers": [grant.user for grant in bulletin.named_officers.all()],
    }


@require_POST
@unlocked
def acknowledge(request: HttpRequest, ref: str) -> HttpResponse:
    bulletin = get_object_or_404(queries.bulletins_for(request.actor), ref=ref)
    if not opening.can_open(request.vault, bulletin):
        return _locked(request, bulletin)
    services.acknowledge(actor=request.actor, bulletin=bulletin)
    messages.success(request, _("Acknowledged. The originator sees it in the ledger."))
    return redirect("bulletins:detail", ref=bulletin.ref)


@require_POST
@unlocked
def outcome(request: HttpRequest, ref: str) -> HttpResponse:
    bulletin = get_object_or_404(queries.bulletins_for(request.actor), ref=ref)
    if not opening.can_open(request.vault, bulletin):
        return _locked(request, bulletin)
    chosen = request.POST.get("outcome", "")
    if chosen not in {Outcome.ACTED, Outcome.NOTHING}:
        messages.error(request, _("Choose what came of it."))
        return redirect("bulletins:detail", ref=bulletin.ref)
    services.record_outcome(actor=request.actor, bulletin=bulletin, outcome=chosen)
    messages.success(request, _("Recorded."))
    return redirect("bulletins:detail", ref=bulletin.ref)


@require_POST
def mark_read(request: HttpRequest) -> HttpResponse:
    """All that is in the inbox now; opening and acknowledging stay what they are."""
    unread = queries.rows_in_box(request.actor, "inbox").filter(is_read=False)
    rows = queries.bulletins_for(request.actor).filter(pk__in=unread.values("bulletin_id"))
    opening.mark_all_read(actor=request.actor, bulletins=rows)
    messages.success(request, _("All marked as read. Nothing was acknowledged by it."))
    return redirect("bulletins:list")
