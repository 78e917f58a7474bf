"""Lists of discussions, the figure beside them, opening one, and who takes part."""

import datetime
import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from discussions.models import Attention, Message, Thread
from discussions.services.reading import pay_attention
from tests.discussions.test_pages import page, words
from tests.factories import signed_in
from tests.table import TEXT, TOPIC

pytestmark = pytest.mark.django_db

LIST = "/threads/"
NEW = "/threads/new/"


@pytest.fixture
def fiji(world):
    return signed_in(world.fj)


@pytest.fixture
def vanuatu(world):
    return signed_in(world.vu)


def figure(client) -> tuple[int, str, str]:
    """The figure beside "Discussions", which threads it counts, and which never count."""
    shown = client.get("/help/").content.decode()
    found = re.search(
        r'data-count="discussions" data-ids="([^"]*)" data-mute="([^"]*)"[^>]*>(\d+)', shown
    )
    assert found
    return int(found[3]), found[1], found[2]


# Lists -----------------------------------------------------------------------------------------


def test_the_list_says_what_is_new_who_wrote_last_and_under_which_label(
    world, table, fiji, vanuatu
):
    thread = table.open(world.fj, "VU")
    table.says(world.fj, thread)
    table.says(world.fj, thread)
    row = words(vanuatu.get(LIST))
    assert TOPIC in row
    assert f"TLP:AMBER 2 new Last Fiji , {world.fj.name} {thread.ref}" in row
    assert TOPIC not in words(fiji.get(LIST))
    assert TOPIC in words(fiji.get(LIST + "?box=following"))
    assert TOPIC not in words(vanuatu.get(LIST + "?box=following"))
    assert TOPIC in words(vanuatu.get(LIST + "?box=all"))


@pytest.mark.parametrize(
    ("box", "sentence"),
    [
        ("unread", "You have read everything."),
        ("following", "You follow no discussion yet."),
        ("all", "No discussions yet."),
        ("subject", "No discussions yet."),
        ("nonsense", "You have read everything."),
    ],
)
def test_an_empty_list_says_what_will_show_there(fiji, box, sentence):
    assert sentence in words(fiji.get(LIST, {"box": box}))


def test_by_subject_they_stand_under_what_they_are_about(world, table, desk, vanuatu):
    bulletin = desk.publish(world.fj)
    table.open(world.fj, "VU", topic="about the catamaran", about=("bulletin", bulletin.uuid))
    table.open(world.fj, "VU", topic="about nothing else")
    shown = words(vanuatu.get(LIST + "?box=subject"))
    assert re.search(
        rf"On their own .*about nothing else.*Bulletin .*{bulletin.ref}.*catamaran", shown
    )


def test_the_figure_counts_threads_not_own_words_and_nothing_muted(world, table, fiji, vanuatu):
    first, second = table.open(world.fj, "VU"), table.open(world.fj, "VU")
    for thread in (first, first, second):
        table.says(world.fj, thread)
    count, unread, _muted = figure(vanuatu)
    assert (count, set(unread.split())) == (2, {str(first.pk), str(second.pk)})
    assert figure(fiji) == (0, "", "")
    pay_attention(actor=world.actor(world.vu), thread=second, attention=Attention.MUTED)
    table.says(world.fj, second)
    assert figure(vanuatu) == (1, str(first.pk), str(second.pk))
    vanuatu.get(page(first))
    assert figure(vanuatu) == (0, "", str(second.pk))


def test_where_one_is_named_is_listed_and_asked_for_on_the_home_page(world, table, vanuatu):
    thread = table.open(world.fj, "VU")
    table.says(world.fj, thread, "nothing for anybody")
    assert "Nobody has named you yet." in words(vanuatu.get("/threads/mentions/"))
    table.says(world.fj, thread, "@Vanuatu, and @Palau who is not here")
    table.says(world.fj, thread, f"@{world.vu.name}")
    listed = words(vanuatu.get("/threads/mentions/"))
    assert "names your administration" in listed
    assert "names you" in listed
    assert "Fiji names you" in words(vanuatu.get("/"))
    vanuatu.get(page(thread))
    assert "Fiji names you" not in words(vanuatu.get("/"))
    assert TOPIC not in words(signed_in(world.pw).get("/threads/mentions/"))


def test_lists_ask_as_often_for_many_as_for_few(world, table, vanuatu):
    def asked(address) -> int:
        vanuatu.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert vanuatu.get(address).status_code == 200
        return len(queries)

    addresses = [LIST, LIST + "?box=all", "/threads/mentions/", "/"]
    for _ in range(2):
        table.says(world.fj, table.open(world.fj, "VU"), "@Vanuatu")
    few = [asked(address) for address in addresses]
    for _ in range(6):
        table.says(world.fj, table.open(world.fj, "VU"), "@Vanuatu")
    assert [asked(address) for address in addresses] == few


# Beside bulletins ------------------------------------------------------------------------------


def test_a_bulletin_shows_its_discussions_and_the_way_to_begin_one(world, table, desk, vanuatu):
    bulletin = desk.publish(world.fj, recipients=("VU", "PW"))
    shown = vanuatu.get(f"/bulletins/{bulletin.ref}/").content.decode()
    assert f"{NEW}?about=bulletin%3A{bulletin.uuid}" in shown
    thread = table.open(world.fj, "VU", about=("bulletin", bulletin.uuid))
    table.says(world.fj, thread)
    shown = words(vanuatu.get(f"/bulletins/{bulletin.ref}/"))
    assert re.search(rf"{TOPIC} 1 message 1 new Last Fiji .* Reply", shown)
    assert TOPIC not in words(signed_in(world.pw).get(f"/bulletins/{bulletin.ref}/"))


# Opening ---------------------------------------------------------------------------------------

FIELDS = {
    "topic": TOPIC, "tlp": "TLP:AMBER", "participants": ["VU", "PW"], "history": "start",
    "text": TEXT,
}  # fmt: skip


def asked_for(**changes):
    ids = {"thread": str(uuid.uuid4()), "message": str(uuid.uuid4())}
    return {**FIELDS, **ids, **changes}


def test_before_it_is_opened_the_page_says_who_will_read_it(fiji, vanuatu):
    typed = asked_for(check="1")
    shown = fiji.post(NEW, typed)
    assert "3 administrations with yours, 6 people." in words(shown)
    assert "White quombat hull, no stripe" in words(shown)
    assert not Thread.objects.exists()
    back = fiji.post(NEW, {**typed, "change": "1"})
    assert back.context["form"]["topic"].value() == TOPIC
    assert back.context["form"]["participants"].value() == ["VU", "PW"]
    del typed["check"]
    opened = fiji.post(NEW, typed)
    assert fiji.post(NEW, typed).url == opened.url
    assert (Thread.objects.count(), Message.objects.count()) == (1, 1)
    assert TOPIC in words(vanuatu.get(opened.url))


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"topic": " "}, "topic", "required"),
        ({"topic": "x" * 151}, "topic", "at most 150"),
        ({"tlp": ""}, "tlp", "required"),
        ({"tlp": "TLP:PURPLE"}, "tlp", "valid choice"),
        ({"tlp": "TLP:RED"}, "participants", "goes to named officers"),
        ({"participants": []}, "participants", "Choose at least one administration"),
        ({"participants": ["XX"]}, "participants", "valid choice"),
        ({"history": ""}, "history", "required"),
        ({"ends_on": "2020-01-01"}, "ends_on", "Choose a day to come"),
        ({"ends_on": "soon"}, "ends_on", "valid date"),
        ({"text": "x" * 8001}, "text", "at most 8000"),
    ],
)
@pytest.mark.parametrize("button", [{"check": "1"}, {}])
def test_bad_input_is_said_beside_its_field_and_loses_nothing(
    fiji, changes, field, sentence, button
):
    typed = asked_for(**changes, **button)
    answer = fiji.post(NEW, typed)
    assert answer.status_code == 422
    form = answer.context["form"]
    assert sentence in str(form.errors[field])
    for name in ("topic", "tlp", "participants", "history", "text"):
        assert (form[name].value() or "") == (typed[name] or ""), name
    assert not Thread.objects.exists()


def test_about_a_bulletin_only_who_received_it_can_take_part_and_no_freer(world, desk, fiji):
    bulletin = desk.publish(world.fj)
    about = f"bulletin:{bulletin.uuid}"
    shown = fiji.get(NEW, {"about": about})
    assert bulletin.ref in words(shown)
    form = shown.context["form"]
    assert [code for code, _ in form.fields["participants"].choices] == ["VU"]
    assert "TLP:GREEN" not in [label for label, _ in form.fields["tlp"].choices]
    refused = fiji.post(NEW, asked_for(about=about, participants=["PW"]))
    assert refused.status_code == 422
    opened = fiji.post(NEW, asked_for(about=about, participants=["VU"]))
    assert bulletin.ref in words(fiji.get(opened.url))
    stranger = signed_in(world.pw).get(NEW, {"about": about})
    assert bulletin.ref not in words(stranger)
    assert "cannot be found, or is not for you" in words(stranger)


def test_for_red_the_officers_are_counted(world, fiji):
    shown = fiji.post(
        NEW, asked_for(tlp="TLP:RED", participants=[], officers=[world.vu.pk], check="1")
    )
    assert "2 named officers with you." in words(shown)
    assert world.vu.name in words(shown)


def test_who_only_reads_opens_none(world):
    from access.roles import Role

    reader = signed_in(world.colleague("VU", Role.READER, name="reader"))
    assert reader.get(NEW).status_code == 403
    assert NEW not in reader.get(LIST).content.decode()
    assert NEW in signed_in(world.vu).get(LIST).content.decode()


def test_what_is_typed_into_a_locked_session_comes_back(fiji):
    from vault.models import VaultSession

    VaultSession.objects.all().delete()
    answer = fiji.post(NEW, asked_for())
    assert answer.status_code == 422
    assert TOPIC in answer.content.decode()
    assert "Your keys are locked" in words(answer)


# Who takes part --------------------------------------------------------------------------------


def test_letting_in_and_taking_out_say_what_they_mean_before_they_do_it(world, table, fiji):
    thread = table.open(world.fj, "VU")
    table.says(world.fj, thread)
    palau, parts = signed_in(world.pw), page(thread, "participants")
    assert "Palau will read what was said from the start: 1 message." in words(
        fiji.get(parts, {"add": "PW"})
    )
    assert palau.get(page(thread)).status_code == 404
    fiji.post(parts, {"change": "add", "participant": "PW"})
    assert "Palau takes part from here on." in words(palau.get(page(thread)))
    assert "Take Palau out of this discussion?" in words(fiji.get(parts, {"remove": "PW"}))
    fiji.post(parts, {"change": "remove", "participant": "PW"})
    assert palau.get(page(thread)).status_code == 404


def test_who_did_not_open_it_sees_who_takes_part_and_changes_nothing(world, table, vanuatu):
    thread = table.open(world.fj, "VU")
    parts = page(thread, "participants")
    shown = words(vanuatu.get(parts, {"remove": "FJ", "add": "PW"}))
    assert "Only the administration that opened a discussion changes who takes part." in shown
    assert "Take Fiji out" not in shown
    for change, name in (("add", "PW"), ("remove", "FJ")):
        answer = vanuatu.post(parts, {"change": change, "participant": name})
        assert answer.status_code == 403
    assert Thread.objects.get().holder_codes == {"FJ", "VU"}


def test_the_opener_is_not_taken_out(world, table, fiji):
    thread = table.open(world.fj, "VU")
    parts = page(thread, "participants")
    assert "Take Fiji out" not in words(fiji.get(parts, {"remove": "FJ"}))
    fiji.post(parts, {"change": "remove", "participant": "FJ"})
    assert "stays in it" in words(fiji.get(parts))


def test_a_room_that_ends_says_until_when(world, table, vanuatu):
    day = timezone.localdate() + datetime.timedelta(days=3)
    thread = table.open(world.fj, "VU", ends_on=day)
    assert "Ends" in words(vanuatu.get(page(thread)))
