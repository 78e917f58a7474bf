"""The cast: Fiji and Tonga, each with a coordinator and a contact point, and the Secretariat."""

import datetime
from types import SimpleNamespace

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from access.actors import current_actor
from access.roles import Role
from accounts.models import Administration, AdministrationKind, Appointment

YEAR_AGO = datetime.timedelta(days=365)
ADMINISTRATIONS = (
    ("FJ", "Fiji", "Fidji", "Pacific/Fiji", AdministrationKind.MEMBER),
    ("TO", "Tonga", "Tonga", "Pacific/Tongatapu", AdministrationKind.MEMBER),
    ("OCO", "Secretariat", "Secrétariat", "Pacific/Fiji", AdministrationKind.SECRETARIAT),
)
PEOPLE = (
    ("sela", "FJ", Role.COORDINATOR),
    ("ratu", "FJ", Role.CONTACT),
    ("ana", "TO", Role.COORDINATOR),
    ("mele", "TO", Role.CONTACT),
    ("viliami", "TO", Role.READER),
    ("officer", "OCO", Role.SECRETARIAT),
)


def person(name, code, role, **facts):
    user = get_user_model().objects.enter(
        email=f"{name}@{code.lower()}.invalid", name=name.title(), **facts
    )
    Appointment.objects.create(
        user=user, administration_id=code, role=role, since=timezone.now().date() - YEAR_AGO
    )
    return user


def make_cast():
    for code, name, name_fr, zone, kind in ADMINISTRATIONS:
        Administration.objects.update_or_create(
            code=code, defaults={"name": name, "name_fr": name_fr, "zone": zone, "kind": kind}
        )
    return SimpleNamespace(**{name: person(name, code, role) for name, code, role in PEOPLE})


@pytest.fixture
def cast(db):
    return make_cast()


@pytest.fixture
def actor_of():
    """The facts about a person as of now."""
    return lambda user: current_actor(user.pk)


@pytest.fixture
def mail_dir(settings, tmp_path):
    settings.MAIL_DIR = tmp_path / "mail"
    settings.EMAIL_BACKEND = "activity.mail.EmlFileBackend"
    return settings.MAIL_DIR
