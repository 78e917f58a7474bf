"""A question that was written once answers like the queryset it was written from, each time."""

import datetime
import uuid

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.changes import Change, put_in
from access.policy import people_in_standing
from access.questions import Among, Question
from accounts.models import Appointment, User
from activity.models import LiveEvent
from vault.models import KeyHolder, VaultSession

pytestmark = pytest.mark.django_db

STANDING = Question(
    lambda people: User.objects.filter(people_in_standing(), pk__in=people).values_list("pk")
)


def in_standing(people):
    return set(STANDING.column(people=people))


class TestOtherValues:
    def test_people_come_and_go_and_so_does_the_answer(self, world):
        people = [world.fj.pk, world.vu.pk, world.pw.pk]
        assert in_standing(people) == set(people)
        assert in_standing(people[:1]) == set(people[:1])
        User.objects.filter(pk=world.vu.pk).update(is_active=False)
        assert in_standing(people) == {world.fj.pk, world.pw.pk}
        yesterday = timezone.now().date() - datetime.timedelta(days=1)
        Appointment.objects.filter(user=world.pw).update(until=yesterday)
        assert in_standing(people) == {world.fj.pk}

    def test_nobody_is_asked_about_nobody(self, world):
        with CaptureQueriesContext(connection) as asked:
            assert in_standing([]) == set()
        assert len(asked) == 0

    @pytest.mark.parametrize("count", [1, 2, 3, 5, 8])
    def test_a_list_of_any_length(self, world, count):
        people = list(User.objects.order_by("pk").values_list("pk", flat=True)[:count])
        assert in_standing([*people, 999_999]) == set(people)

    def test_the_next_day_is_another_text(self, world, monkeypatch):
        """Whose appointment ends today is in order today, and not tomorrow."""
        Appointment.objects.filter(user=world.fj).update(until=timezone.now().date())
        assert in_standing([world.fj.pk]) == {world.fj.pk}
        later = timezone.now() + datetime.timedelta(days=1)
        monkeypatch.setattr(timezone, "now", lambda: later)
        assert in_standing([world.fj.pk]) == set()


class TestKindsOfValues:
    def test_moments(self, db):
        now = timezone.now()
        Session.objects.create(session_key="old", session_data="", expire_date=now)
        living = Question(
            lambda keys, at: Session.objects.filter(pk__in=keys, expire_date__gt=at).values_list(
                "pk"
            )
        )
        before = now - datetime.timedelta(seconds=1)
        assert living.column(keys=["old", "new"], at=before) == ["old"]
        assert living.column(keys=["old", "new"], at=now) == []

    def test_ids_and_bytes(self, db):
        thing = uuid.uuid4()
        KeyHolder.objects.create(
            kind="x", object_id=thing, revision=1, key_id=b"\0k", holder="FJ", epoch=1, box=b"b"
        )
        holders = Question(
            lambda objects, keys: KeyHolder.objects.filter(
                object_id__in=objects, key_id__in=keys
            ).values_list("object_id", "key_id")
        )
        found = holders.rows(objects=[thing, uuid.uuid4()], keys=[b"\0k", b"other"])
        assert [(one, bytes(key)) for one, key in found] == [(thing, b"\0k")]
        assert holders.rows(objects=[thing], keys=[b"other"]) == []
        assert holders.rows(objects=[uuid.uuid4()], keys=[b"\0k"]) == []

    def test_models_with_what_is_read_along(self, world):
        posts = Question(
            lambda people: Appointment.objects.select_related("administration").filter(
                user__in=people
            )
        )
        (post,) = posts.models(people=[world.fj.pk])
        with CaptureQueriesContext(connection) as asked:
            assert post.administration.label == "Fiji"
        assert len(asked) == 0
        assert post == Appointment.objects.get(user=world.fj)

    def test_a_value_that_is_not_asked_with_is_a_mistake_of_ours(self, db):
        careless = Question(lambda people: User.objects.values_list("pk"))
        with pytest.raises(AssertionError):
            careless.rows(people=[1])


class TestChanges:
    def test_a_row_is_put_in_and_changed(self, db):
        row = LiveEvent(topic="administration:FJ", event="x.y", target="z", at=timezone.now())
        put_in(row)
        assert LiveEvent.objects.get(pk=row.pk).topic == "administration:FJ"
        change = Change(
            lambda topic, event: (LiveEvent.objects.filter(topic=topic), {"event": event})
        )
        assert change(topic="administration:VU", event="not.this") == 0
        assert change(topic="administration:FJ", event="this") == 1
        assert LiveEvent.objects.get(pk=row.pk).event == "this"

    def test_a_saved_row_can_be_saved_again(self, world):
        row = LiveEvent(topic="administration:FJ", event="x.y", target="z", at=timezone.now())
        put_in(row)
        row.target = "other"
        row.save()
        assert LiveEvent.objects.filter(event="x.y").count() == 1


def test_a_vault_runs_out_by_the_clock_and_not_by_the_day(world, client):
    """The bounds of an open vault are values: nothing of the hour is written into a text."""
    from tests.factories import sign_in
    from vault.sessions import still_open

    sign_in(client, world.fj)
    row = VaultSession.objects.get(user_id=world.fj.pk, pending=False)
    assert still_open({row.pk}) == {row.pk}
    VaultSession.objects.update(used_at=timezone.now() - datetime.timedelta(minutes=31))
    assert still_open({row.pk}) == set()


def test_which_of_many_are_still_so(django_assert_num_queries):
    rows = [LiveEvent.objects.create(topic="a", event="x.y", target=str(n)) for n in range(5)]
    pks = {row.pk for row in rows}
    among = Among(lambda pks, event: LiveEvent.objects.filter(pk__in=pks, event=event))
    with django_assert_num_queries(1):
        assert among.of(pks, event="x.y") == pks
    LiveEvent.objects.filter(pk=rows[2].pk).update(event="other")
    assert among.of(pks, event="x.y") == pks - {rows[2].pk}
    assert among.of(pks, event="nothing") == set()
    with django_assert_num_queries(0):
        assert among.of(set(), event="x.y") == set()
