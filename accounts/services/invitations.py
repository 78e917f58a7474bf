"""The only way in: an invitation, used once, bound to an address, an administration and a role.

The link leaves the house by mail and is never shown to whoever invites; the database keeps its
hash, and the waiting mail keeps it sealed until it is sent.

Whether an address has an account with another administration is nothing that a coordinator may
find out here: the answer, the list and the journal are those of any invitation. The mail differs:
it says to its reader, who knows, that there is an account, and it carries no link.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from access.actors import Actor
from access.policy import Action, require
from access.roles import Role
from accounts.actors import find_actor
from accounts.appointments import CannotAppoint, enter_appointment, facts_of, refuse_misfit
from accounts.models import SECRETARIAT, Administration, Appointment, Invitation, User
from accounts.queries import person_here
from accounts.sessions import end_sessions_of
from accounts.tokens import FOUNDER, hash_of, is_good, path_of
from activity.events import Event
from activity.links import seal_link
from activity.outgoing import queue_to_address
from activity.record import record

MAIL = "invitation"


class CannotInvite(ValueError):
    """An invitation that cannot be made or used; the message is for the person."""


@transaction.atomic
def invite(
    *,
    actor: Actor,
    administration: Administration,
    role: Role,
    email: str,
    name: str,
    language: str = "en",
) -> Invitation:
    """Invite somebody and let the worker mail the link, which nobody inside gets to see."""
    invitation, token = _draft(administration, role, email, name, language)
    require(actor, Action.INVITE, invitation)
    _refuse_misfit(invitation)
    person = _with_account(invitation)
    is_elsewhere = person is not None and person_here(actor, person.pk) is None
    if not is_elsewhere:
        _refuse_taken(actor, person)
    _refuse_second(actor, invitation)
    invitation.made_by_id = actor.user_id
    invitation.save()
    _queue_mail(invitation, "" if is_elsewhere else token)
    record(actor, Event.PERSON_INVITED, invitation, detail=_facts(invitation))
    return invitation


@transaction.atomic
def found(*, actor: Actor, email: str, name: str, language: str = "en") -> str:
    """The first invitation of all, to a Secretariat officer; gives the path of its link.

    For the operator at the machine, and only while there is nobody who could invite.
    """
    Administration.objects.select_for_update().get(pk=SECRETARIAT)
    if actor.name != FOUNDER:
        raise CannotInvite(_("Only the operator's command founds the portal."))
    if User.objects.exists():
        raise CannotInvite(_("The portal has people already: one of them can invite."))
    Invitation.objects.filter(accepted_at=None).update(withdrawn_at=timezone.now())
    secretariat = Administration.objects.get(pk=SECRETARIAT)
    invitation, token = _draft(secretariat, Role.SECRETARIAT, email, name, language)
    invitation.save()
    record(actor, Event.PERSON_INVITED, invitation, detail=_facts(invitation))
    return path_of(token)


@transaction.atomic
def withdraw_invitation(*, actor: Actor, invitation: Invitation) -> Invitation:
    """Make an invitation worthless before it is used."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    require(actor, Action.INVITE, invitation)
    if invitation.accepted_at is not None:
        raise CannotInvite(_("This invitation has been used: the person has an account now."))
    invitation.withdrawn_at = invitation.withdrawn_at or timezone.now()
    invitation.save(update_fields=["withdrawn_at"])
    record(actor, Event.INVITATION_WITHDRAWN, invitation, detail=_facts(invitation))
    return invitation


@transaction.atomic
def close_expired(*, actor: Actor, now: datetime.datetime | None = None) -> int:
    """Nightly: whoever invited is told, once, that an invitation was not used in time."""
    moment = now or timezone.now()
    waiting = Invitation.objects.select_for_update().filter(
        expires_at__lte=moment, accepted_at=None, withdrawn_at=None
    )
    for invitation in waiting:
        invitation.withdrawn_at = moment
        invitation.save(update_fields=["withdrawn_at"])
        told = Q(pk=invitation.made_by_id) if invitation.made_by_id else None
        record(actor, Event.INVITATION_EXPIRED, invitation, audience=told)
    return len(waiting)


@transaction.atomic
def enter_invited(*, actor: Actor, invitation: Invitation) -> User:
    """Turn a good invitation into a person with a role. `actor` is who vouches: its maker.

    Judged again as of now: an invitation by somebody who has since been suspended, or who has
    lost the right to invite, opens nothing.
    """
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if not is_good(invitation):
        raise CannotInvite(_("This invitation is not good any more."))
    if actor.name != FOUNDER or invitation.made_by_id is not None:
        require(actor, Action.INVITE, invitation)
    _refuse_misfit(invitation)
    _refuse_taken(actor, _with_account(invitation))
    person = _person_for(invitation)
    appointment = Appointment(
        user=person,
        administration=invitation.administration,
        role=invitation.role,
        since=timezone.now().date(),
        made_by_id=invitation.made_by_id,
    )
    enter_appointment(appointment)
    invitation.accepted_at, invitation.accepted_by = timezone.now(), person
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    told = Q(pk=invitation.made_by_id) if invitation.made_by_id else None
    record(
        find_actor(person.pk) or actor,
        Event.INVITATION_ACCEPTED,
        person,
        detail=facts_of(appointment),
        audience=told,
    )
    return person


def _draft(
    administration: Administration, role: Role, email: str, name: str, language: str
) -> tuple[Invitation, str]:
    token = Invitation.make_token()
    invitation = Invitation(
        token_hash=hash_of(token),
        administration=administration,
        role=role,
        email=email.strip().lower(),
        name=name.strip(),
        language=language,
    )
    return invitation, token


def _refuse_misfit(invitation: Invitation) -> None:
    try:
        refuse_misfit(invitation.administration, Role(invitation.role))
    except CannotAppoint as misfit:
        raise CannotInvite(str(misfit)) from None


def _with_account(invitation: Invitation) -> User | None:
    return User.objects.filter(email__iexact=invitation.email).first()


def _refuse_taken(actor: Actor, person: User | None) -> None:
    if person is not None and person.is_active:
        raise CannotInvite(_("There is an account with this address already."))
    if person is not None:
        # Somebody comes back, or starts again after losing everything: an act on a person.
        require(actor, Action.SUSPEND_PERSON, find_actor(person.pk))


def _refuse_second(actor: Actor, invitation: Invitation) -> None:
    """One at a time, of those that the actor knows of; what others sent is theirs."""
    waiting = Invitation.objects.filter(
        email__iexact=invitation.email,
        accepted_at=None,
        withdrawn_at=None,
        expires_at__gt=timezone.now(),
    )
    if Role.SECRETARIAT not in actor.roles:
        waiting = waiting.filter(administration=invitation.administration)
    if waiting.exists():
        raise CannotInvite(_("An invitation to this address is on its way: withdraw it first."))


def _person_for(invitation: Invitation) -> User:
    """A new person, or one who was suspended and comes back: with the same past, no second
    factor from before, and no keys but the ones they make now."""
    former = User.objects.select_for_update().filter(email__iexact=invitation.email).first()
    if former is None:
        return User.objects.enter(
            email=invitation.email, name=invitation.name, language=invitation.language
        )
    yesterday = timezone.now().date() - datetime.timedelta(days=1)
    former.appointments.filter(until=None).update(until=yesterday)
    former.authenticator_set.all().delete()
    former.is_active, former.asleep_since, former.joined_at = True, None, timezone.now()
    former.last_login = None
    former.save(update_fields=["is_active", "asleep_since", "joined_at", "last_login"])
    end_sessions_of(former)
    return former


def _queue_mail(invitation: Invitation, token: str) -> None:
    """Without a token it says that there is an account; its link is thrown away unseen."""
    queue_to_address(
        address=invitation.email,
        language=invitation.language,
        kind=MAIL,
        facts={
            "administration": invitation.administration_id,
            "until": invitation.expires_at.isoformat(timespec="minutes"),
            "has_account": not token,
        },
        secret=seal_link(path_of(token), address=invitation.email, kind=MAIL) if token else None,
    )


def _facts(invitation: Invitation) -> dict[str, Any]:
    return {"role": invitation.role, "for": invitation.administration_id}
