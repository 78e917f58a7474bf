"""Colleagues: who they are, how far they have come, and what may be done for them.

Granting a key and suspending somebody need the passphrase and stand in vault/views.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from access.actors import Actor
from access.policy import Action, can, require
from access.roles import READS, Role
from accounts.actors import find_actors
from accounts.forms import InviteForm
from accounts.models import Administration, User
from accounts.ports import KeyState, keys
from accounts.queries import (
    invitation_here,
    open_invitations,
    people_of,
    person_here,
    with_second_factor,
)
from accounts.services import CannotInvite, invite, wake, withdraw_invitation
from accounts.spoken import fold_name


@dataclass(frozen=True, slots=True)
class Colleague:
    """One row of the page of people."""

    person: User
    roles: list[str]
    reads: bool  # whether the roles need the administration's key at all
    key: KeyState
    has_second_factor: bool
    is_me: bool
    may_grant: bool
    may_vouch: bool  # for somebody of another administration, who gets its key elsewhere
    may_suspend: bool
    may_wake: bool


def people(request: HttpRequest) -> HttpResponse:
    """The own administration's people; the Secretariat may look at any (`?of=FJ`)."""
    code = request.GET.get("of") or request.actor.administration
    administration = Administration.objects.filter(pk=code).first()
    if administration is None and code:
        raise Http404
    require(request.actor, Action.READ_PEOPLE, administration)
    assert administration is not None, "whoever acts for none has no standing"
    context = {
        "administration": administration,
        "colleagues": _colleagues(request.actor, administration),
        "invitations": open_invitations(code),
        "now": timezone.now(),
        "may_invite": bool(roles_to_give(request.actor, code)),
        "choices": _others(request.actor),
        "nav_key": "administrations",
    }
    return render(request, "accounts/people.html", context)


def _colleagues(actor: Actor, administration: Administration) -> list[Colleague]:
    rows = list(people_of(administration))
    ids = [person.pk for person in rows]
    facts, protected = find_actors(ids), with_second_factor(ids)
    states = keys().states(administration.pk, ids)
    return [
        Colleague(
            person=person,
            roles=[row.get_role_display() for row in person.appointments_here],
            reads=facts[person.pk].holds(READS),
            key=states.get(person.pk, KeyState.NONE),
            has_second_factor=person.pk in protected,
            is_me=person.pk == actor.user_id,
            may_grant=states.get(person.pk) in {KeyState.WAITING, KeyState.VOUCHED}
            and person.pk != actor.user_id
            and bool(can(actor, Action.GRANT_KEYS, facts[person.pk])),
            may_vouch=states.get(person.pk) == KeyState.WAITING
            and person.pk != actor.user_id
            and actor.administration != administration.pk
            and bool(can(actor, Action.ENTER_KEY, facts[person.pk])),
            may_suspend=person.is_active
            and bool(can(actor, Action.SUSPEND_PERSON, facts[person.pk])),
            may_wake=person.asleep_since is not None
            and bool(can(actor, Action.WAKE_PERSON, facts[person.pk])),
        )
        for person in rows
    ]


def _others(actor: Actor) -> list[Administration]:
    if Role.SECRETARIAT not in actor.roles:
        return []
    return sorted(Administration.objects.all(), key=lambda one: fold_name(one.label))


def roles_to_give(actor: Actor, code: str) -> list[Role]:
    """The roles that this actor may invite somebody to, in that administration."""
    return [
        role
        for role in Role
        if can(actor, Action.INVITE, SimpleNamespace(administration_id=code, role=role))
    ]


def invite_person(request: HttpRequest) -> HttpResponse:
    own = request.actor.administration
    asked = SimpleNamespace(administration_id=own, role=Role.READER)
    require(request.actor, Action.INVITE, asked)
    form = InviteForm(
        request.POST or None, actor=request.actor, roles=roles_to_give(request.actor, own)
    )
    if request.method == "POST" and form.is_valid() and _invited(request, form):
        messages.success(
            request,
            _("An invitation is on its way to %(address)s. It works for 72 hours.")
            % {"address": form.cleaned_data["email"]},
        )
        return redirect("accounts:people")
    return render(request, "accounts/invite.html", {"form": form, "nav_key": "administrations"})


def _invited(request: HttpRequest, form: InviteForm) -> bool:
    facts = dict(form.cleaned_data)
    administration = facts.pop("administration", None)
    if administration is None:
        administration = Administration.objects.get(pk=request.actor.administration)
    facts["role"] = Role(facts["role"])
    try:
        invite(actor=request.actor, administration=administration, **facts)
    except CannotInvite as reason:
        form.add_error(None, str(reason))
        return False
    return True


@require_POST
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    invitation = invitation_here(request.actor, pk)
    if invitation is None:
        raise Http404
    try:
        withdraw_invitation(actor=request.actor, invitation=invitation)
    except CannotInvite as reason:
        messages.error(request, str(reason))
    else:
        messages.success(request, _("The invitation is withdrawn: its link opens nothing."))
    return redirect(people_url(request.actor, invitation.administration_id))


@require_POST
def wake_person(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_here(request.actor, pk)
    if person is None:
        raise Http404
    wake(actor=request.actor, person=person)
    messages.success(request, _("%(name)s can sign in again.") % {"name": person.name})
    return redirect("accounts:people")


def people_url(actor: Actor, code: str) -> str:
    """The page of people of that administration, as this actor reaches it."""
    page = reverse("accounts:people")
    return page if code == actor.administration else f"{page}?of={code}"
