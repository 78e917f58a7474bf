"""A small working group with real keys: the cast of most tests.

Three administrations and the Secretariat, each with a coordinator and a contact point who hold
the administration's key. Everything is made by the real services, once; each later test gets
the same rows back by bulk insertion, with the same secrets, in a few milliseconds.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse

from access.actors import Actor, current_actor
from access.roles import Role
from access.sockets import MemberFacts
from accounts.models import (
    Administration,
    AdministrationKind,
    Appointment,
    Membership,
    User,
)
from vault import directory as ledger
from vault import passphrases, slots
from vault.colleagues import claimed_keys, enter_person, welcome
from vault.crypto.keys import PersonKeys
from vault.epochs import make_first_epoch, open_vault
from vault.open_vault import Vault
from vault.sockets import Doorkeeper

PHRASE = "reef lantern copra harbour tide"
CAST = {"OCO": "Secretariat", "FJ": "Fiji", "VU": "Vanuatu", "PW": "Palau"}
LONG_AGO = datetime.date(2020, 1, 1)
SNAPSHOT_APPS = ("accounts", "activity", "vault")


@dataclass(repr=False)
class World:
    """`world.fj` is Fiji's coordinator, `world.fj_contact` its contact point, and so on."""

    roots: dict[int, bytes] = field(default_factory=dict)
    recovery_codes: dict[int, str] = field(default_factory=dict)
    pin: str = ""

    def __getattr__(self, name: str) -> User:
        code, _, post = name.partition("_")
        if code.upper() not in CAST:
            raise AttributeError(name)
        return person(code.upper(), post or "coordinator")

    def actor(self, user: User) -> Actor:
        found = current_actor(user.pk)
        assert found is not None
        return found

    def keys(self, user: User) -> PersonKeys:
        return PersonKeys.derive(self.roots[user.pk])

    def vault(self, user: User) -> Vault:
        """What the person's session would hold after signing in."""
        return open_vault(user, self.roots[user.pk])

    def act(self, user: User) -> dict[str, Any]:
        """`**world.act(world.fj)`: the arguments of a service that asks for the phrase."""
        return {"actor": self.actor(user), "keys": self.keys(user)}

    def words(self, user: User) -> list[str]:
        """The eight words that a person reads out over the telephone."""
        public = claimed_keys(user)
        assert public is not None
        return public.fingerprint

    def newcomer(self, code: str, role: Role = Role.CONTACT, *, name: str = "newcomer") -> User:
        """A person with an account and own keys, for whom nobody has vouched yet."""
        user = _enter(code, name, role)
        self._begin(user)
        return user

    def colleague(self, code: str, role: Role = Role.CONTACT, *, name: str = "colleague") -> User:
        """A newcomer to whom the coordinator has granted the administration's key."""
        user = self.newcomer(code, role, name=name)
        granter = person(code, "coordinator")
        welcome(**self.act(granter), colleague=user, compared=self.words(user))
        return user

    def _begin(self, user: User) -> None:
        beginning = passphrases.begin(actor=self.actor(user), user=user, passphrase=PHRASE)
        self.roots[user.pk] = beginning.root
        self.recovery_codes[user.pk] = beginning.recovery_code


def person(code: str, post: str) -> User:
    return User.objects.get(email=address(code, post))


def address(code: str, post: str) -> str:
    return f"{post}.{code.lower()}@test.invalid"


def _enter(code: str, post: str, role: Role) -> User:
    user = User.objects.enter(email=address(code, post), name=f"{post.capitalize()} {code}")
    Appointment.objects.create(user=user, administration_id=code, role=role, since=LONG_AGO)
    return user


def build_world() -> World:
    """The whole of it by the real services; most tests want the `world` fixture instead."""
    world = World()
    with transaction.atomic():
        for code in CAST:
            _administration(code)
            chief = Role.SECRETARIAT if code == "OCO" else Role.COORDINATOR
            for post, role in (("coordinator", chief), ("contact", Role.CONTACT)):
                role = Role.SECRETARIAT if code == "OCO" else role
                world._begin(_enter(code, post, role))
    world.pin = passphrases.found_directory(**world.act(world.oco))
    return world


def _administration(code: str) -> None:
    kind = AdministrationKind.SECRETARIAT if code == "OCO" else AdministrationKind.MEMBER
    Administration.objects.get_or_create(
        code=code, defaults={"kind": kind, "name": CAST[code], "name_fr": CAST[code]}
    )
    if code != "OCO":
        Membership.objects.get_or_create(administration_id=code, since=LONG_AGO)


def hand_out_keys(world: World) -> None:
    """Epochs and grants. Apart, because the pin must be known before a second line is read."""
    make_first_epoch(**world.act(world.oco))
    for code in CAST:
        chief, contact = person(code, "coordinator"), person(code, "contact")
        if code != "OCO":
            enter_person(**world.act(world.oco), person=chief, compared=world.words(chief))
            make_first_epoch(**world.act(chief))
        welcome(**world.act(chief), colleague=contact, compared=world.words(contact))


Counted = dict[Any, set[Any]]


class Snapshot:
    """The rows of a built world, to be put back into an empty database.

    The statements of the first time are kept and said again: putting them together takes Django
    longer than the database needs for all of them.
    """

    def __init__(self, world: World, before: Counted) -> None:
        self.world = world
        self.rows = {
            model: [row for row in model._base_manager.all() if row.pk not in before[model]]
            for model in _models()
        }
        self.statements: list[tuple[str, Any]] = []

    def restore(self) -> World:
        with transaction.atomic():
            if not self.statements:
                with connection.execute_wrapper(self._keep):
                    self._insert()
            else:
                with connection.cursor() as cursor:
                    for sql, params in self.statements:
                        cursor.execute(sql, params)
        return self.cast()

    def _keep(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        assert not many
        self.statements.append((sql, params))
        return execute(sql, params, many, context)

    def _insert(self) -> None:
        for model, rows in self.rows.items():
            if rows:
                model._base_manager.bulk_create(rows)
        _after_insertion([model for model, rows in self.rows.items() if rows])

    def cast(self) -> World:
        """A copy for one test: what it does to a person's keys is not the next one's."""
        world = self.world
        return World(dict(world.roots), dict(world.recovery_codes), world.pin)


def _models() -> list[Any]:
    """Referred-to models first, so that foreign keys find what they point at."""
    return [model for label in SNAPSHOT_APPS for model in apps.get_app_config(label).get_models()]


def _rows_now() -> Counted:
    """What a migration put there already, which is not the world's."""
    return {m: set(m._base_manager.values_list("pk", flat=True)) for m in _models()}


def _after_insertion(models: list[Any]) -> None:
    """PostgreSQL does not move its counters when rows come with their numbers."""
    from django.core.management.color import no_style

    statements = connection.ops.sequence_reset_sql(no_style(), models)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


_snapshot: Snapshot | None = None


def make_world(settings: Any) -> World:
    """For the `world` fixture: build at the first call of the run, restore at the others."""
    global _snapshot
    cache.clear()  # the counters of attempts, which would add up over the tests
    if _snapshot is None:
        before = _rows_now()
        world = build_world()
        settings.DIRECTORY_PIN = world.pin
        hand_out_keys(world)
        ledger.directory()
        _snapshot = Snapshot(world, before)
        return _snapshot.cast()
    settings.DIRECTORY_PIN = _snapshot.world.pin
    return _snapshot.restore()


def sign_in(client: Client, user: User, phrase: str = PHRASE) -> None:
    """Through the sign-in page, as a person would."""
    response = client.post(_sign_in_page(), {"login": user.email, "password": phrase})
    assert response.status_code == 302, f"sign-in answered {response.status_code}"


def signed_in(user: User, phrase: str = PHRASE, **about: Any) -> Client:
    """A browser in which this person has just signed in; `about` as for Django's `Client`."""
    client = Client(**about)
    sign_in(client, user, phrase)
    return client


def handshake(client: Client, **cookies: str) -> MemberFacts | None:
    """What the portal knows of a socket that a page of this browser opens."""
    pairs = {name: morsel.value for name, morsel in client.cookies.items()} | cookies
    written = "; ".join(f"{name}={value}" for name, value in pairs.items())
    return Doorkeeper().open_socket_vault({"headers": [(b"cookie", written.encode())]})


def _sign_in_page() -> str:
    for name in ("account_login", "accounts:sign_in"):
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    raise AssertionError("there is no sign-in page")


def root_of(user: User, phrase: str = PHRASE) -> bytes:
    return slots.open_passphrase(user, phrase)
