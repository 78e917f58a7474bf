"""The same person in two windows, on a real database with a connection for each."""

import pytest
from django.test import Client
from django.urls import reverse

from bulletins.models import PersonCount, ReadMark
from bulletins.queries import unread_count
from tests.factories import sign_in
from tests.vault.test_at_once import together

pytestmark = pytest.mark.django_db(transaction=True)

WINDOWS, READ_ALL = 4, "/bulletins/read/"


@pytest.fixture
def windows(world):
    """Several browsers of Vanuatu's coordinator."""
    opened = [Client() for _ in range(WINDOWS)]
    for window in opened:
        sign_in(window, world.vu)
    return opened


def counted(world):
    read = PersonCount.objects.get(user=world.vu).read
    return read, ReadMark.objects.filter(user=world.vu).count()


def test_all_marked_as_read_in_several_windows_is_counted_once(desk, world, windows):
    for _round in range(3):
        for _ in range(3):
            desk.publish(world.fj)
        assert together(*(lambda w=w: w.post(READ_ALL) for w in windows)) == [None] * WINDOWS
        read, marks = counted(world)
        assert read == marks
        assert unread_count(world.actor(world.vu)) == 0
    assert marks == 9


def test_one_opened_while_all_are_marked_is_counted_once(desk, world, windows):
    for _round in range(3):
        issued = [desk.publish(world.fj) for _ in range(3)]
        acts = [lambda: windows[0].post(READ_ALL)]
        for window, bulletin in zip(windows[1:], issued, strict=True):
            place = reverse("bulletins:detail", args=[bulletin.ref])
            acts.append(lambda w=window, p=place: w.get(p))
        assert together(*acts) == [None] * WINDOWS
        read, marks = counted(world)
        assert read == marks
        assert unread_count(world.actor(world.vu)) == 0


def test_two_who_name_the_same_officers_at_once_do_not_wait_for_each_other(desk, world):
    """Each publishes to the same recipients, in whatever order they were chosen."""
    officers = (world.vu_contact.pk, world.pw.pk, world.vu.pk)
    drafts = []
    for author, names, codes in (
        (world.fj, officers, ("VU", "PW")), (world.oco, officers[::-1], ("PW", "VU")),
    ):  # fmt: skip
        drafts.append((author, desk.draft(author, tlp="TLP:RED", recipients=(), officers=names)))
        drafts.append((author, desk.draft(author, recipients=codes)))
    from bulletins import services

    acts = [
        lambda a=author, d=draft: services.publish_bulletin(**desk.acting(a), draft=d, version=1)
        for author, draft in drafts
    ]
    assert together(*acts) == [None] * 4
    assert unread_count(world.actor(world.vu)) == 4
