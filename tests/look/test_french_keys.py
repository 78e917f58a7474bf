"""The rare pages about keys in French: the worst day is not the day for another language."""

import datetime

import pytest
from django.utils import timezone

from accounts.models import Administration, User
from activity.drawing import draw
from activity.links import open_link
from activity.models import OutgoingMail
from tests.factories import PHRASE
from tests.look.french import browser, english_in, pieces_of
from vault import passphrases
from vault.colleagues import enter_person, off_board
from vault.envelopes import make_envelope
from vault.models import NewStart, Proposal

NEW = "récif lanterne coprah port marée"
FORM = {"new_passphrase": NEW, "new_passphrase_again": NEW, "understood": "on"}


@pytest.fixture
def france(world):
    User.objects.update(language="fr")
    Administration.objects.filter(pk="OCO").update(name_fr="Secrétariat")
    return world


def assert_french(answer, *statuses):
    assert answer.status_code in (statuses or (200,))
    page = answer.content.decode()
    assert '<html lang="fr"' in page
    assert not list(english_in(pieces_of(page)))


def lose_every_key(world):
    off_board(**world.act(world.oco), leaver=world.fj_contact)
    fresh = passphrases.begin(actor=world.actor(world.fj), user=world.fj, passphrase=PHRASE)
    world.roots[world.fj.pk] = fresh.root
    enter_person(**world.act(world.oco), person=world.fj, compared=world.words(world.fj))


def path():
    mail = OutgoingMail.objects.filter(kind="new_start").latest("pk")
    return open_link(bytes(mail.secret), address=mail.address, kind=mail.kind)


def test_starting_anew_is_in_french(france):
    guest = browser()
    assert_french(guest.get("/account/start-anew/"))
    assert_french(guest.post("/account/start-anew/", {"login": "no"}))
    assert_french(guest.post("/account/start-anew/", {"login": france.fj.email}))
    first = path()
    assert_french(guest.get(first))
    assert_french(guest.post(first, {"lost": "1"}))
    assert_french(guest.get(first), 410)
    assert_french(guest.get(path()))
    earlier = timezone.now() - datetime.timedelta(minutes=1)
    NewStart.objects.filter(ended_at=None).update(opens_at=earlier)
    assert_french(guest.get(path()))
    assert_french(guest.post(path(), {**FORM, "understood": ""}))
    assert_french(guest.post(path(), FORM))
    assert_french(browser(france.vu).get(path()), 409, 410)


def test_the_envelope_is_in_french(france):
    reader = browser(france.fj)
    assert_french(reader.get("/account/keys/envelope/"))
    assert_french(reader.post("/account/keys/envelope/", {"password": "x" * 20}))
    assert_french(reader.post("/account/keys/envelope/", {"password": PHRASE}))
    code = make_envelope(**france.act(france.fj))
    lose_every_key(france)
    officer = browser(france.fj)
    assert_french(officer.get("/account/keys/envelope/"))
    other = "1" if code.endswith("0") else "0"
    wrong = {"code": code[:-1] + other, "password": PHRASE}
    assert_french(officer.post("/account/keys/envelope/open/", wrong))
    assert_french(officer.post("/account/keys/envelope/open/", {**wrong, "code": code}))


def test_a_new_beginning_is_in_french(france):
    lose_every_key(france)
    fiji, vanuatu = browser(france.fj), browser(france.vu)
    assert_french(fiji.get("/account/keys/"))
    own = "/account/keys/new-beginning/"
    for typed in ({}, {"password": PHRASE}):
        assert_french(fiji.post(own, typed, follow=True))
    row = Proposal.objects.get()
    assert_french(vanuatu.get("/account/keys/"))
    page = vanuatu.get(f"{own}{row.pk}/")
    assert_french(page)
    assert_french(vanuatu.post(f"{own}{row.pk}/", {"words": "x", "password": "x"}))
    told = {"words": page.context["shown"], "compared": "on", "password": PHRASE}
    assert_french(vanuatu.post(f"{own}{row.pk}/", told, follow=True))
    assert_french(fiji.get(own))
    assert_french(fiji.post(own, {"password": PHRASE}, follow=True))


def test_a_new_key_is_in_french(france):
    reader = browser(france.fj)
    assert_french(reader.get("/account/keys/renew/"))
    assert_french(reader.post("/account/keys/renew/", {"password": PHRASE}, follow=True))


def test_the_mails_of_all_this_are_in_french(france):
    test_starting_anew_is_in_french(france)
    make_envelope(**france.act(france.vu))
    now = timezone.now()
    rows = OutgoingMail.objects.select_related("recipient", "notice")
    assert {"new_start", "warning"} <= set(rows.values_list("kind", flat=True))
    for row in rows:
        mail = draw([row], zone="Pacific/Noumea", now=now)
        html = mail.alternatives[0].content
        assert not list(english_in([mail.subject, *mail.body.splitlines(), *pieces_of(html)]))
