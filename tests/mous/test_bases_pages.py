"""On what sharing rests, at the front door."""

import datetime
import re
import uuid

import pytest
from django.urls import reverse

from mous import trusted
from mous.models import AuthorityEnd, GateSetting, LegalBasis, OtherAuthority
from tests.factories import signed_in

pytestmark = pytest.mark.django_db
LAW = "Ziphrannet Act 1986"


@pytest.fixture
def gate(chancery):
    trusted.forget()
    return chancery.open(gates=True)


@pytest.fixture
def people(world):
    """`people("vu")` is signed in."""

    def of(name):
        return signed_in(getattr(world, name))

    return of


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def law(client, **changes):
    fields = {
        "basis": str(uuid.uuid4()), "act": LAW, "section": "s 152", "purposes": ["offences"],
        "excluded": ["biometric"], "conditions": "In writing", **changes,
    }  # fmt: skip
    return client.post(reverse("mous:basis", args=["fj"]), fields)


def agreement(client, **changes):
    fields = {
        "authority": str(uuid.uuid4()), "recipient": "PW", "kind": "bilateral",
        "up_to": "TLP:AMBER", "since": "2024-01-01", "text": "Quombat agreement of 2019",
        **changes,
    }  # fmt: skip
    return client.post(reverse("mous:authorities"), fields)


def test_fiji_states_its_law_and_everybody_reads_it_with_what_was_stated_before(gate, people):
    fiji, vanuatu = people("fj"), people("vu")
    assert law(fiji).status_code == 302
    assert law(fiji, act="Customs Act 2030", excluded=[]).status_code == 302
    page = words(vanuatu.get(reverse("mous:basis", args=["fj"])))
    assert "Customs Act 2030" in page
    assert LAW in page
    assert "State it anew" not in page
    listed = words(vanuatu.get(reverse("mous:bases")))
    assert "Customs Act 2030, s 152" in listed
    assert "Not stated yet" in listed
    assert law(vanuatu).status_code == 403
    assert LegalBasis.objects.count() == 2


def test_a_fault_is_said_beside_the_field_and_nothing_typed_is_lost(gate, people):
    fiji = people("fj")
    answer = law(fiji, purposes=[])
    assert answer.status_code == 422
    assert LAW in answer.content.decode()
    answer = agreement(fiji, until="2023-01-01")
    assert answer.status_code == 422
    assert "It ends on the day it begins, or later." in words(answer)
    assert "Quombat" in answer.content.decode()
    assert not OtherAuthority.objects.exists()


def test_a_locked_session_loses_nothing(gate, people):
    from vault.models import VaultSession

    fiji = people("fj")
    VaultSession.objects.all().delete()
    answer = law(fiji)
    assert answer.status_code == 422
    assert "Your keys are locked" in words(answer)
    assert LAW in answer.content.decode()


def test_both_sides_read_an_authority_and_the_others_see_that_there_is_one(gate, people):
    fiji = people("fj")
    assert agreement(fiji).status_code == 302
    address = reverse("mous:authorities")
    for name in ("fj", "pw", "oco"):
        assert "Quombat" in words(people(name).get(address))
    other = words(people("vu").get(address))
    assert "Fiji may give to Palau" in other
    assert "Quombat" not in other


def test_its_sender_ends_it_and_nobody_else(gate, people):
    fiji = people("fj")
    agreement(fiji)
    address = reverse("mous:authority", args=[OtherAuthority.objects.get().uuid])
    today = datetime.datetime.now(datetime.UTC).date()
    assert people("pw").post(address, {"ends_on": today.isoformat()}).status_code == 403
    assert fiji.post(address, {"ends_on": "2024-02-01"}).status_code == 422
    assert fiji.post(address, {"ends_on": today.isoformat()}).status_code == 302
    assert AuthorityEnd.objects.get().ends_on == today
    assert "Ended, last day" in words(fiji.get(reverse("mous:authorities")))


def test_the_secretariat_sets_the_gate_and_everybody_reads_its_history(gate, people):
    secretariat, address = people("oco"), reverse("mous:gate", args=["oco-mou"])
    chosen = {
        "red": "refuse", "amber_strict": "refuse", "amber": "warn", "green": "open",
        "clear": "open",
    }  # fmt: skip
    assert secretariat.post(address, chosen).status_code == 302
    assert GateSetting.objects.count() == 1
    fiji = people("fj")
    page = words(fiji.get(address))
    assert "Goes after a warning" in page
    assert "Set it from now on" not in page
    assert fiji.post(address, chosen).status_code == 403
    assert secretariat.post(address, {"red": "sometimes"}).status_code == 422


def test_an_observer_sees_none_of_it(gate, people, world):
    from access.roles import Role

    watcher = world.newcomer("PW", Role.OBSERVER, name="watcher")
    client = signed_in(watcher)
    for name in ("mous:bases", "mous:authorities"):
        assert client.get(reverse(name)).status_code in {302, 403, 404}
