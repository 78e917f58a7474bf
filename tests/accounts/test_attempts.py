"""Tries are counted where all processes see them, and the table says of nobody that he tried."""

import hashlib
import threading

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from accounts.attempts import Openings, forget_lapsed
from accounts.models import Attempt
from tests.factories import PHRASE
from vault.sockets import Doorkeeper

pytestmark = pytest.mark.django_db
SIGN_IN = "/sign-in/"


def test_the_table_holds_no_address_and_no_hash_that_could_be_tried_out(world, client):
    for path, fields in (
        (SIGN_IN, {"login": world.fj.email, "password": "wrong wrong wrong"}),
        ("/account/recover/", {
            "login": world.fj.email, "code": "AAAA", "new_passphrase": PHRASE,
            "new_passphrase_again": PHRASE,
        }),
    ):  # fmt: skip
        client.post(path, fields, REMOTE_ADDR="203.0.113.77")
    rows = str(list(Attempt.objects.values_list()))
    assert Attempt.objects.count() >= 3
    plain = [world.fj.email, "203.0.113.77", f"recover:{world.fj.email}"]
    for word in plain + [hashlib.sha256(one.encode()).hexdigest() for one in plain]:
        assert word not in rows
    key = "allauth:rl:allauth.account:login:30/60/ip:ip:203.0.113.77"
    assert hashlib.sha256(cache.make_key(key).encode()).hexdigest() not in rows


def test_with_another_secret_the_same_address_is_another_row(world, client, settings):
    client.post(SIGN_IN, {"login": world.fj.email, "password": "wrong wrong wrong"})
    before = set(Attempt.objects.values_list("key", flat=True))
    settings.SECRET_KEY = "another " * 8
    client.post(SIGN_IN, {"login": world.fj.email, "password": "wrong wrong wrong"})
    assert len(set(Attempt.objects.values_list("key", flat=True)) - before) == len(before)


def test_what_a_row_holds_is_read_as_json_and_never_run():
    cache.set("a", [1.5])
    Attempt.objects.update(value="gASVIQAAAAAAAACMBXBvc2l4")  # a pickle, as a hand would put it
    with pytest.raises(ValueError):
        cache.get("a")


def test_a_counter_lapses_and_its_row_is_taken_away():
    cache.set("lapsed", 1, 60)
    Attempt.objects.update(until=timezone.now())
    cache.set("stays", 1, 60)
    assert cache.get("lapsed") is None
    assert cache.add("lapsed", 2, 60)
    assert not cache.add("lapsed", 3, 60)
    assert cache.get("lapsed") == 2
    Attempt.objects.filter(value="2").update(until=timezone.now())
    assert forget_lapsed() == 1
    assert cache.get("stays") == 1


def test_a_session_opens_so_many_sockets_in_a_minute_and_another_is_not_stopped(
    world, door, monkeypatch
):
    monkeypatch.setattr(Openings, "MOST", 3)
    monkeypatch.setattr("vault.sockets.openings", first := Openings())
    keeper = Doorkeeper()

    def opened(browser):
        key = browser.cookies[settings.SESSION_COOKIE_NAME].value
        cookie = f"{settings.SESSION_COOKIE_NAME}={key}".encode()
        try:
            return keeper.open_socket_vault({"headers": [(b"cookie", cookie)]}) is not None
        except Exception as refusal:
            return type(refusal).__name__

    fiji, vanuatu = door(world.fj), door(world.vu)
    for _ in range(first.FREE):
        assert opened(fiji) is True
    rows = Attempt.objects.count()
    assert opened(fiji) is True
    assert Attempt.objects.count() == rows + 1  # the first few cost no write
    # Another process gives its own few away, and then counts on where this one stood.
    monkeypatch.setattr("vault.sockets.openings", Openings())
    answers = [opened(fiji) for _ in range(first.FREE + 3)]
    assert answers == [True] * (first.FREE + 2) + ["TooManyOpened"]
    assert opened(vanuatu) is True


@pytest.mark.django_db(transaction=True)
def test_twenty_who_count_at_once_count_twenty_and_one_of_them_is_first():
    first, gate, errors = [], threading.Barrier(20), []

    def one_more():
        try:
            gate.wait(30)
            first.append(cache.add("who", 0, 60))
            cache.incr("who")
        except Exception as problem:
            errors.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=one_more) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert first.count(True) == 1
    assert cache.get("who") == 20
