"""A hand in the database is met in words, on the page that meets it, and never as a failure."""

import pytest
from django.test import Client

from tests.factories import PHRASE
from vault import directory as ledger
from vault.colleagues import off_board
from vault.models import (
    DirectoryEntry,
    EpochGrant,
    KeyClaim,
    KeySlot,
    Remembered,
    VaultSession,
)


def other(model, mine, theirs, *names):
    """The columns of one person's row written into another's."""
    row = model.objects.filter(user=theirs).first()
    model.objects.filter(user=mine).update(**{name: getattr(row, name) for name in names})


def shorten(world):
    size = DirectoryEntry.objects.count()
    off_board(**world.act(world.vu), leaver=world.vu_contact)
    world.vault(world.fj)
    DirectoryEntry.objects.filter(seq__gte=size).delete()


def edit_line(_world):
    DirectoryEntry.objects.filter(seq=4).update(signature=b"\x00" * 64)


WRONG_PHRASE = "do not go together"
DO_NOT_FIT = "your keys do not fit"
NO_DIRECTORY = "directory of keys"

# What was done, and what the person reads on signing in, or on unlocking if sign-in went on.
HANDS = {
    "slot of another": (
        lambda w: other(KeySlot, w.fj, w.vu, "blob", "serial"),
        WRONG_PHRASE,
    ),
    "slot damaged": (lambda w: KeySlot.objects.update(blob=b"\x00" * 40), WRONG_PHRASE),
    "slot gone": (lambda w: KeySlot.objects.all().delete(), WRONG_PHRASE),
    "memory gone": (lambda w: Remembered.objects.all().delete(), WRONG_PHRASE),
    "memory of another": (lambda w: other(Remembered, w.fj, w.vu, "blob"), WRONG_PHRASE),
    "grant of another": (
        lambda w: other(EpochGrant, w.fj, w.fj_contact, "box", "signature"),
        DO_NOT_FIT,
    ),
    "grant damaged": (lambda w: EpochGrant.objects.update(box=b"\x01"), DO_NOT_FIT),
    "directory shortened": (shorten, NO_DIRECTORY),
    "directory edited": (edit_line, NO_DIRECTORY),
    "directory gone": (lambda w: DirectoryEntry.objects.all().delete(), NO_DIRECTORY),
}


@pytest.mark.parametrize("hand", HANDS)
def test_it_is_met_in_words(world, hand):
    act, said = HANDS[hand]
    act(world)
    ledger.forget()
    client = Client(raise_request_exception=False)
    answer = client.post("/sign-in/", {"login": world.fj.email, "password": PHRASE})
    if said == WRONG_PHRASE:
        assert answer.status_code == 200
        assert said in answer.content.decode()
        return
    assert answer.status_code == 302, "who one is has nothing to do with it"
    page = client.post("/unlock/", {"password": PHRASE})
    assert page.status_code == 200
    assert said in page.content.decode()
    for address in ("/", "/bulletins/", "/account/keys/", "/administrations/", "/people/"):
        met = client.get(address, follow=True)
        assert met.status_code in (200, 409), f"{address} answered {met.status_code}"


def test_the_same_pages_without_a_hand_in_the_database(world):
    client = Client(raise_request_exception=False)
    client.post("/sign-in/", {"login": world.fj.email, "password": PHRASE})
    for address in ("/", "/bulletins/", "/account/keys/", "/administrations/", "/people/"):
        assert client.get(address).status_code == 200, address


@pytest.mark.parametrize(
    "cookie", ["", "nonsense", "A" * 43, "%00", "é", "A" * 4000, '"; Domain=x'], ids=range(7)
)
def test_no_vault_cookie_breaks_a_page(world, cookie):
    client = Client(raise_request_exception=False)
    client.post("/sign-in/", {"login": world.fj.email, "password": PHRASE})
    client.cookies["iswg-vault"] = cookie
    assert client.get("/administrations/").status_code == 200
    answer = client.get("/bulletins/new/")
    assert answer.status_code == 302
    assert answer.url.startswith("/unlock/")


def test_a_claim_of_another_key_shows_other_words_to_who_grants(world):
    newcomer = world.newcomer("FJ")
    heard = world.words(newcomer)
    KeyClaim.objects.filter(user=newcomer).update(public=world.keys(world.vu).public.to_bytes())
    client = Client()
    client.post("/sign-in/", {"login": world.fj.email, "password": PHRASE})
    shown = client.get(f"/people/{newcomer.pk}/grant/").content.decode()
    assert not all(word in shown for word in heard)
    client.post(
        f"/people/{newcomer.pk}/grant/",
        {"words": " ".join(heard), "compared": "on", "password": PHRASE},
    )
    assert not EpochGrant.objects.filter(user=newcomer).exists()


def test_a_vault_that_vanishes_while_one_works_sends_to_the_unlock_page(world):
    client = Client()
    client.post("/sign-in/", {"login": world.fj.email, "password": PHRASE})
    assert client.get("/bulletins/new/").status_code in (200, 302)
    VaultSession.objects.all().delete()
    answer = client.get("/bulletins/new/")
    assert answer.url == "/unlock/?next=%2Fbulletins%2Fnew%2F"
