"""One's own account: how the portal looks and speaks, and where one is signed in."""

from __future__ import annotations

from allauth.usersessions.internal import flows
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _

from access.policy import Action, can
from accounts.browsers import browser_words
from accounts.factors import is_protected
from accounts.forms import SettingsForm
from accounts.language import remember_language
from accounts.models import Administration
from accounts.queries import whom_to_ask
from accounts.services import change_settings, end_other_sessions
from accounts.sessions import keep_this_session


def settings(request: HttpRequest) -> HttpResponse:
    form = SettingsForm(request.POST or None, person=request.user, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        person = change_settings(actor=request.actor, **form.cleaned_data)
        translation.activate(person.language)
        messages.success(request, _("Your settings are kept."))
        response = redirect("accounts:settings")
        remember_language(response, person.language)
        return response
    own = Administration.objects.filter(pk=request.actor.administration).first()
    context = {
        "form": form,
        "own": own,
        "roles": sorted(role.label for role in request.actor.roles),
        "protected": is_protected(request.user),
        "sees_people": own is not None and bool(can(request.actor, Action.READ_PEOPLE, own)),
        "sees_keys": bool(can(request.actor, Action.READ_FINGERPRINTS)),
        "sees_journal": bool(can(request.actor, Action.READ_JOURNAL, request.actor.administration)),
        "ask": whom_to_ask(request.user),
        "nav_key": "account",
    }
    return render(request, "accounts/settings.html", context)


def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in; and one button that ends it everywhere else."""
    if request.method == "POST":
        person = end_other_sessions(actor=request.actor)
        flows.sessions.end_other_sessions(request, person)
        keep_this_session(request, person)
        messages.success(request, _("You are signed out everywhere else."))
        return redirect("accounts:sessions")
    rows = UserSession.objects.purge_and_list(request.user)
    rows.sort(key=lambda row: row.created_at, reverse=True)
    sessions = [{"row": row, "browser": browser_words(row.user_agent)} for row in rows]
    return render(request, "usersessions/usersession_list.html", {"sessions": sessions})
