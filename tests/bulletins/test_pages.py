"""Bulletins at the front door: what a person sees, and what stays theirs when something fails."""

import re
import uuid

import pytest
from django.urls import reverse

from bulletins.models import Bulletin, Draft, Recipient
from tests.desk import BODY, KEY_LINE, TITLE
from tests.factories import sign_in, signed_in

pytestmark = pytest.mark.django_db

FIELDS = {
    "title": TITLE,
    "key_line": KEY_LINE,
    "body": BODY,
    "product_type": "alert",
    "urgency": "routine",
    "tlp": "TLP:AMBER",
    "pap": "PAP:GREEN",
    "source_reliability": "B",
    "information_credibility": "2",
    "requested_action": "sighting",
    "purpose": "Finding the crew",
    "language": "en",
    "recipients": ["VU"],
}


@pytest.fixture
def fiji(client, world):
    sign_in(client, world.fj)
    return client


def compose(client, **changes):
    """Type a bulletin into the form and press the button that checks it."""
    fields = {**FIELDS, "draft": str(uuid.uuid4()), "version": "0", "check": "1", **changes}
    return client.post(reverse("bulletins:new"), fields)


def send(client, **changes):
    """The whole way: compose, look at the check page, send."""
    answer = compose(client, **changes)
    assert answer.status_code == 302, words(answer)
    page = client.get(answer.url)
    assert page.status_code == 200, words(page)
    draft = Draft.objects.get()
    return client.post(reverse("bulletins:publish", args=[draft.pk]), {"version": draft.version})


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_fiji_writes_and_vanuatu_reads_and_acknowledges(fiji, vanuatu):
    answer = send(fiji)
    bulletin = Bulletin.objects.get()
    assert answer.url == reverse("bulletins:detail", args=[bulletin.ref])
    assert TITLE in words(vanuatu.get(reverse("bulletins:list")))
    page = words(vanuatu.get(answer.url))
    assert KEY_LINE in page
    assert "Usually reliable" in page
    assert "Acknowledge for Vanuatu" in page
    vanuatu.post(reverse("bulletins:acknowledge", args=[bulletin.ref]))
    assert "Acknowledged by 1 of 1" in words(fiji.get(answer.url))


def test_the_check_page_says_who_will_be_able_to_read_it(fiji):
    page = fiji.get(compose(fiji, recipients=["VU", "PW"]).url)
    assert "2 administrations, 4 people will be able to read it" in words(page)
    assert "Send to 2 administrations" in words(page)


def test_what_is_missing_is_said_beside_the_field_and_the_rest_stays(fiji):
    answer = compose(fiji, title="", purpose="", recipients=["VU"])
    assert answer.status_code == 422
    page = words(answer)
    assert "Give it a title" in page
    assert "Say what the information may be used for" in page
    assert answer.context["form"]["body"].value() == BODY
    assert not Bulletin.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"recipients": []}, "Choose at least one administration"),
        ({"tlp": "TLP:RED"}, "TLP:RED goes to named officers"),
        ({"title": "x" * 151}, "at most 150"),
        ({"body": "x" * 40001}, "at most 40000"),
        ({"due_on": "2020-01-01"}, "This day has passed"),
        ({"due_on": "tomorrow-ish"}, "valid date"),
        ({"tlp": "TLP:PURPLE"}, "valid choice"),
        ({"recipients": ["XX"]}, "valid choice"),
    ],
)
def test_bad_input_gets_a_sentence_and_loses_nothing(fiji, changes, sentence):
    answer = compose(fiji, **changes)
    page = answer if answer.status_code == 422 else fiji.get(answer.url)
    assert page.status_code == 422
    assert sentence in words(page)
    kept = {name: page.context["form"][name].value() for name in ("key_line", "body", "title")}
    assert kept["key_line"] == KEY_LINE
    assert kept["body"] == changes.get("body", BODY)
    assert not Bulletin.objects.exists()


def test_what_is_typed_after_the_session_ended_comes_back(fiji):
    fiji.cookies.clear()
    answer = compose(fiji)
    assert answer.status_code == 401
    assert BODY.split()[0] in answer.content.decode()
    assert TITLE in words(answer)
    assert not Draft.objects.exists()


def test_what_is_typed_into_a_locked_session_comes_back(fiji):
    from vault.models import VaultSession

    VaultSession.objects.all().delete()
    answer = compose(fiji)
    assert answer.status_code == 409
    assert TITLE in words(answer)
    assert not Draft.objects.exists()


def test_a_draft_is_kept_as_one_types_and_found_again(fiji, world):
    draft_id = uuid.uuid4()
    url = reverse("bulletins:autosave", args=[draft_id])
    first = fiji.post(url, {"title": "Half a ti", "version": "0"})
    assert first.json()["version"] == 1
    second = fiji.post(url, {"title": "Half a title", "version": "1", "due_on": "next w"})
    assert second.json()["version"] == 2
    page = fiji.get(reverse("bulletins:draft", args=[draft_id]))
    assert page.context["form"]["title"].value() == "Half a title"
    assert page.context["form"]["due_on"].value() == "next w"
    assert "Half a title" in words(fiji.get(reverse("bulletins:list") + "?box=drafts"))


def test_two_windows_both_keep_their_words(fiji):
    draft_id = uuid.uuid4()
    url = reverse("bulletins:autosave", args=[draft_id])
    fiji.post(url, {"title": "one", "version": "0"})
    fiji.post(url, {"title": "two", "version": "1"})
    assert fiji.post(url, {"title": "three", "version": "1"}).status_code == 409
    answer = fiji.post(
        reverse("bulletins:draft", args=[draft_id]), {"title": "three", "version": "1", "save": "1"}
    )
    assert answer.status_code == 409
    assert "two" in words(answer)
    assert answer.context["form"]["title"].value() == "three"
    kept = fiji.post(
        reverse("bulletins:draft", args=[draft_id]), {"title": "three", "version": "2", "save": "1"}
    )
    assert kept.status_code == 302


def test_pages_of_other_administrations_are_not_there(fiji, world):

    palau = signed_in(world.pw)
    send(fiji)
    bulletin = Bulletin.objects.get()
    assert palau.get(reverse("bulletins:detail", args=[bulletin.ref])).status_code == 404
    assert palau.post(reverse("bulletins:acknowledge", args=[bulletin.ref])).status_code == 404
    assert TITLE not in words(palau.get(reverse("bulletins:list") + "?box=all"))
    assert "0 bulletins" in words(palau.get(reverse("search"), {"q": "Ziphrannet"}))
    assert not Recipient.objects.exclude(acknowledged_at=None).exists()


def test_search_finds_title_text_and_folded_letters(fiji, vanuatu):
    send(fiji, body="Seen off Vavaʻu, hull Māhina, near Raʻiātea.")
    for typed in ("ziphrannet", "vavau", "MAHINA", "ra'iatea neiafu"):
        assert "1 bulletin" in words(vanuatu.get(reverse("search"), {"q": typed})), typed
    assert "0 bulletins" in words(vanuatu.get(reverse("search"), {"q": "mahina nowhere"}))


def test_the_home_page_names_what_needs_the_administration(fiji, vanuatu):
    import datetime

    from django.utils import timezone

    assert "Nothing needs Vanuatu today" in words(vanuatu.get("/"))
    send(fiji, due_on=(timezone.localdate() + datetime.timedelta(days=2)).isoformat())
    page = words(vanuatu.get("/"))
    assert "One thing needs Vanuatu" in page
    assert TITLE in page
    assert "In 2 days" in page


def test_the_address_of_a_reference_may_be_typed_as_it_was_heard(fiji):
    send(fiji)
    ref = Bulletin.objects.get().ref
    assert fiji.get(f"/bulletins/{ref.lower()}/").status_code == 200


def test_the_number_of_queries_of_a_list_does_not_grow_with_its_length(
    desk, world, vanuatu, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    desk.publish(world.fj)
    vanuatu.get(reverse("bulletins:list"))
    with CaptureQueriesContext(connection) as few:
        vanuatu.get(reverse("bulletins:list"))
    for _ in range(8):
        desk.publish(world.fj)
    vanuatu.get(reverse("bulletins:list"))
    with CaptureQueriesContext(connection) as many:
        vanuatu.get(reverse("bulletins:list"))
    assert len(many) == len(few)


def test_a_colleague_without_the_key_is_told_whom_to_ask(world, desk):

    from access.roles import Role

    desk.publish(world.pw, recipients=("FJ",))
    newcomer = world.newcomer("FJ", Role.CONTACT)
    client = signed_in(newcomer)
    for address in ("/", reverse("bulletins:list"), reverse("bulletins:new"), reverse("search")):
        page = words(client.get(address))
        assert "Waiting for the key" in page
        assert "coordinator.fj@test.invalid" in page
    colleague = signed_in(world.fj_contact)
    assert TITLE in words(colleague.get(reverse("bulletins:list")))


def test_the_page_that_shuts_an_account_lists_what_is_left_behind(world, desk, fiji):
    desk.publish(world.pw, recipients=("FJ",))
    desk.draft(world.fj_contact)
    page = words(fiji.get(reverse("vault:suspend", args=[world.fj_contact.pk])))
    assert "Drafts that only this person can open" in page
    assert "has not acknowledged" in page


def test_one_search_at_a_time_for_one_person(fiji, vanuatu, world, monkeypatch):
    from vault import searching

    monkeypatch.setattr(searching, "_searching", {("bulletins", world.fj.pk)})
    assert fiji.get(reverse("search"), {"q": "gannet"}).status_code == 429
    assert vanuatu.get(reverse("search"), {"q": "gannet"}).status_code == 200
    searching._searching.clear()
    assert fiji.get(reverse("search"), {"q": "gannet"}).status_code == 200
    assert not searching._searching


@pytest.mark.parametrize(
    "address", ["/people/?of=%00", "/bulletins/?box=%00&q=1", "/search/?q=a%00"]
)
def test_an_address_with_a_nul_is_answered_in_words(fiji, address):
    assert fiji.get(address).status_code == 400


def test_a_form_that_outlived_a_sign_in_comes_back_with_everything_typed(world):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    page = client.get(reverse("account_login")).content.decode()
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)', page)[1]
    sent = {"login": world.fj.email, "password": "reef lantern copra harbour tide"}
    client.post(reverse("account_login"), {**sent, "csrfmiddlewaretoken": token})
    old = {**FIELDS, "csrfmiddlewaretoken": token, "draft": str(uuid.uuid4()), "version": "0"}
    kept = client.post(reverse("bulletins:new"), old, headers={"Origin": "http://testserver"})
    assert kept.status_code == 409
    assert TITLE in words(kept)
    assert "Send again" in words(kept)
    strange = client.post(reverse("bulletins:new"), old, headers={"Origin": "https://evil.test"})
    assert strange.status_code == 403
    assert TITLE not in words(strange)
    assert client.post(reverse("bulletins:new"), old).status_code == 403
    assert not Draft.objects.exists()
