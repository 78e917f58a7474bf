"""Who is in the demonstration: people named by their role, and how they get in.

Each is invited by whoever may, accepts with the one passphrase, and has the new key vouched for,
as it would happen over the first weeks of a real working group.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from access.actors import Actor, current_actor
from access.roles import Role
from accounts.models import (
    SECRETARIAT,
    Administration,
    AdministrationKind,
    Invitation,
    Membership,
    User,
    in_force,
)
from accounts.queries import members_on, seats_on
from accounts.services import invite, seed_administrations
from accounts.services.invitations import FOUNDER, found
from activity.events import Event
from activity.record import record
from iswg.demo.clock import Clock, Moment
from vault.colleagues import claimed_keys, enter_person, welcome
from vault.crypto.keys import PersonKeys
from vault.epochs import make_first_epoch, open_vault
from vault.joining import accept_invitation
from vault.open_vault import Vault

DOMAIN = "demo.invalid"
OFFICER = "secretariat"
REGISTRAR = "registrar"  # the second person of the Secretariat, who confirms what it enters
PARTNER = "PTCCC"
FRENCH = frozenset({"NC", "PF", "WF"})
LIAISONS = ("NC", "VU")
ME = Actor.command("load_demo")
# Two of each of the 24, six heads, two liaison officers; two at the Secretariat, the observer, the
# one who sleeps and the one who waits.
BEGUN = -640  # the day on which the first administration was brought in
PEOPLE = 61

# The role, and how its holder is called in English and in French.
POSTS = {
    "contact": (Role.CONTACT, "Contact point", "Point de contact"),
    "coordinator": (Role.COORDINATOR, "Coordinator", "Coordonnateur"),
    "head": (Role.HEAD, "Head of administration", "Chef d’administration"),
    "liaison": (Role.CONTRIBUTOR, "Liaison officer", "Officier de liaison"),
    "contributor": (Role.CONTRIBUTOR, "Contributor", "Contributeur"),
    "reader": (Role.READER, "Reader", "Lecteur"),
    "registrar": (Role.SECRETARIAT, "Registrar", "Responsable du registre"),
    "observer": (Role.OBSERVER, "Observer", "Observateur"),
}


@dataclass(repr=False)  # no repr: it holds a root
class Person:
    """Somebody in the story, with the keys that the passphrase opens."""

    user: User
    root: bytes

    @property
    def actor(self) -> Actor:
        facts = current_actor(self.user.pk)
        assert facts is not None
        return facts

    @cached_property
    def keys(self) -> PersonKeys:
        return PersonKeys.derive(self.root)

    @cached_property
    def vault(self) -> Vault:
        """What a session would hold after sign-in. Asked for once all keys are handed out."""
        return open_vault(self.user, self.root)

    @property
    def words(self) -> list[str]:
        """The eight words that would be read out over the telephone."""
        public = claimed_keys(self.user)
        assert public is not None
        return public.fingerprint


class Cast:
    """Everybody by name: `cast["contact.fj"]`, `cast["secretariat"]`."""

    def __init__(self, passphrase: str) -> None:
        self._passphrase = passphrase
        self.people: dict[str, Person] = {}
        self.pin = ""

    def __getitem__(self, name: str) -> Person:
        return self.people[name]

    def of(self, code: str, post: str = "contact") -> Person:
        return self[OFFICER if code == SECRETARIAT else f"{post}.{code.lower()}"]

    def accept(self, invitation: Invitation) -> Person:
        """What the invited person does: choose the passphrase, and with it make keys."""
        arrival = accept_invitation(invitation=invitation, passphrase=self._passphrase)
        self.pin = self.pin or arrival.pin
        person = Person(arrival.person, arrival.beginning.root)
        self.people[invitation.email.removesuffix(f"@{DOMAIN}")] = person
        return person

    def bring_in(self, by: Person, post: str, code: str) -> Person:
        """Invite somebody to a post, and let them accept."""
        return self.accept(invited(by, post, Administration.objects.get(pk=code)))


def invited(by: Person, post: str, administration: Administration) -> Invitation:
    role, title, title_fr = POSTS[post]
    french = administration.code in FRENCH
    return invite(
        actor=by.actor,
        administration=administration,
        role=role,
        email=f"{post}.{administration.code.lower()}@{DOMAIN}",
        name=f"{title_fr}, {administration.name_fr}"
        if french
        else f"{title}, {administration.name}",
        language="fr" if french else "en",
    )


def enter_places() -> None:
    """The 24, the Secretariat, and a partner agency that observes."""
    seed_administrations(actor=ME)
    Administration.objects.get_or_create(
        code=PARTNER,
        defaults={
            "kind": AdministrationKind.PARTNER,
            "name": "Pacific Transnational Crime Coordination Centre",
            "name_fr": "Centre de coordination de la criminalité transnationale du Pacifique",
            "city": "Apia",
            "zone": "Pacific/Apia",
            "zones": "Pacific/Apia",
        },
    )
    record(ME, Event.ADMINISTRATION_FOUNDED, f"accounts.administration:{PARTNER}")


def found_portal(cast: Cast) -> Person:
    """The first officer of the Secretariat, who signs the first line of the directory."""
    found(actor=Actor.command(FOUNDER), email=f"{OFFICER}@{DOMAIN}", name="Secretariat officer")
    return cast.accept(Invitation.objects.get(email=f"{OFFICER}@{DOMAIN}"))


def bring_in_everybody(cast: Cast, clock: Clock) -> None:
    """A coordinator and a contact point for all, heads for the seats, liaison officers, and an
    observer; each administration on a day of its own."""
    officer = cast[OFFICER]
    make_first_epoch(actor=officer.actor, keys=officer.keys)
    registrar = cast.bring_in(officer, REGISTRAR, SECRETARIAT)
    welcome(
        actor=officer.actor, keys=officer.keys, colleague=registrar.user, compared=registrar.words
    )
    seen = cast.bring_in(officer, "observer", PARTNER)
    enter_person(actor=officer.actor, keys=officer.keys, person=seen.user, compared=seen.words)
    seats = {seat.administration_id for seat in seats_on(clock.today)}
    for moment, code in _joining(clock):
        clock.move_to(moment)
        _open_administration(cast, code)
        for post in _posts(code, has_seat=code in seats):
            join(cast, post, code)


def _joining(clock: Clock) -> list[tuple[Moment, str]]:
    """Two days for each; who became a member only later, on the morrow of that day."""
    codes = {row.code for row in members_on(clock.today)}
    first = sorted(codes & {row.code for row in members_on(clock.day(BEGUN))})
    found = [(clock.at(BEGUN + 2 * number, 22), code) for number, code in enumerate(first)]
    since = dict(
        Membership.objects.filter(in_force(clock.today), administration__in=codes - set(first))
        .order_by("since")
        .values_list("administration", "since")
    )
    for code, day in since.items():
        found.append((clock.at((day - clock.today).days + 1, 22), code))
    return sorted(found)


def _posts(code: str, *, has_seat: bool) -> list[str]:
    posts = ["contact"]
    posts += ["head"] if has_seat else []
    posts += ["liaison"] if code in LIAISONS else []
    return posts


def _open_administration(cast: Cast, code: str) -> None:
    """Its first officer: invited and vouched for by the Secretariat, makes the first key."""
    officer = cast[OFFICER]
    first = cast.bring_in(officer, "coordinator", code)
    enter_person(actor=officer.actor, keys=officer.keys, person=first.user, compared=first.words)
    make_first_epoch(actor=first.actor, keys=first.keys)


def join(cast: Cast, post: str, code: str) -> Person:
    """A colleague, brought in and granted the key by the coordinator."""
    coordinator = cast.of(code, "coordinator")
    colleague = cast.bring_in(coordinator, post, code)
    welcome(
        actor=coordinator.actor,
        keys=coordinator.keys,
        colleague=colleague.user,
        compared=colleague.words,
    )
    return colleague
