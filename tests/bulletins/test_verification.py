"""`verify_vault` finds what a page would meet, before anybody opens it."""

import pytest

from bulletins.models import Recipient
from bulletins.verification import holders_fit
from vault.models import KeyHolder, Manifest

pytestmark = pytest.mark.django_db


def test_what_was_published_fits(desk, world):
    desk.publish(world.fj)
    desk.publish(world.fj, tlp="TLP:RED", recipients=(), officers=(world.vu_contact.pk,))
    assert list(holders_fit(None)) == []


def test_each_thing_changed_by_hand_is_named(desk, world):
    issued = desk.publish(world.fj)
    extra = Recipient.objects.create(administration_id="PW", bulletin=issued)
    assert "not those that its author signed" in next(holders_fit(None))
    extra.delete()
    holder = KeyHolder.objects.get(object_id=issued.uuid, holder="VU")
    KeyHolder.objects.filter(pk=holder.pk).update(holder="PW")
    assert "to whom it was not sent" in next(holders_fit(None))
    holder.delete()
    assert "holds no key of it" in next(holders_fit(None))
    Manifest.objects.all().delete()
    assert "not those that its author signed" in next(holders_fit(None))
