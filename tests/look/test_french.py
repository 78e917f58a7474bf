"""French for the officers of New Caledonia, French Polynesia, and Wallis and Futuna: all of it."""

import csv
import re
from datetime import time, timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils import timezone, translation

from accounts import spoken
from accounts.administrations_data import TABLE
from accounts.models import Administration, Seat, User
from activity.drawing import draw
from activity.events import Event
from activity.models import Notice, OutgoingMail
from activity.outgoing import warn
from activity.record import record_refusal
from bulletins.models import Bulletin, Draft
from discussions.models import Thread
from discussions.services.messages import edit_message
from meetings.groups import group
from meetings.models import Meeting, Paper, Poll
from meetings.services.deciding import report_on_action
from meetings.services.invitations import invite
from meetings.services.minutes import comment_on_minutes, write_minutes
from meetings.services.poll import open_poll
from meetings.services.silence import open_silence
from tests.factories import LONG_AGO, PHRASE
from tests.look.french import browser, english_in, pieces_of
from tools import messages

NAMES = {"FJ": "Nouvelle-Calédonie", "VU": "Vanuatu", "PW": "Palaos", "OCO": "Secrétariat"}
WORDS = {
    "title": "Voilier en retard à Neiafu",
    "key_line": "Signaler toute observation.",
    "body": "## Éléments\n\nParti de Nuku Hiva.",
    "purpose": "Retrouver l’équipage",
    "language": "fr",
    "places": ("NCNOU",),
}
# What machines ask, and downloads: no page for a reader.
NO_PAGES = {
    "healthz", "readyz", "metrics", "security_txt", "robots", "bulletins:download",
    "discussions:names", "discussions:text", "discussions:pdf", "discussions:download",
    "discussions:files", "discussions:piece", "meetings:room_clock",
    "calendar_feed", "meetings:ics",
    "meetings:files", "meetings:piece", "meetings:paper_file", "meetings:pack",
    "meetings:agenda_pdf", "meetings:minutes_pdf", "meetings:reports_csv", "registers:actions_csv",
    "mfa_login_webauthn",
}  # fmt: skip


@pytest.fixture
def france(world, desk):
    """Everybody reads French; FJ plays New Caledonia, because it has an article."""
    cache.clear()
    User.objects.update(language="fr")
    for code, name in NAMES.items():
        Administration.objects.filter(pk=code).update(name_fr=name)
    spoken_here = {**spoken.ARTICLES, "FJ": "la "}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spoken, "ARTICLES", spoken_here)
        yield world


def assert_french(answer, where):
    page = answer.content.decode()
    assert '<html lang="fr"' in page, where
    assert not list(english_in(pieces_of(page))), where


# The catalogue


def test_every_message_is_translated_collected_and_compiled(capsys):
    assert messages.check() == 0, capsys.readouterr().out


def every_form():
    for message in messages.read():
        forms = [message.string] if isinstance(message.string, str) else message.string
        yield from ((message.id, form) for form in (forms if message.id else ()))


def test_french_is_set_as_french_is():
    wrong = [
        form
        for _id, form in every_form()
        if re.search(r"[ \u00a0][;:!?»]|«[ \u00a0]|[^\W\d_][;!?»]|'", form)
    ]
    assert not wrong, (
        "a narrow space (U+202F) before ; : ! ? and in « », and U+2019: dev.py messages"
    )


def test_a_translator_may_type_plain_signs_and_the_tool_sets_them():
    assert messages.typeset("L'heure : « 9 h » ?") == "L’heure\u202f: «\u202f9 h\u202f»\u202f?"


def test_labels_are_never_translated():
    label = re.compile(r"\b(?:TLP|PAP):[A-Z+]+")
    for english, form in every_form():
        source = english if isinstance(english, str) else english[0]
        assert sorted(label.findall(source)) == sorted(label.findall(form)), form


# Names, labels and the block that tools/verify_journal.py reads: the same in both languages.
UNMARKED = {
    "ISWG", "· ISWG", "EN", "FR", "English", "Français", "Ctrl", "TLP:", "SHA-256 …", "SHA-256",
    "/account/", "journal/", "gate", "OpenStreetMap", "[ISWG]", "UTC",
}  # fmt: skip
TEMPLATES = sorted(p for p in (messages.ROOT / "templates").rglob("*.*") if p.suffix != ".svg")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_a_template_holds_no_word_that_is_not_marked(path):
    text = re.sub(r"{#.*?#}|<pre.*?</pre>", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"ISWG journal checkpoint\n.*?\n\n", "", text, flags=re.DOTALL)
    # What a page fills into an attribute of the frame is read by no reader.
    framed = r"{% block (?:topics|viewport|body_class) %}.*?{% endblock %}"
    text = re.sub(framed, "", text, flags=re.DOTALL)
    text = re.sub(
        r"{%\s*blocktranslate.*?endblocktranslate\s*%}|{%.*?%}|{{.*?}}", "", text, flags=re.DOTALL
    )
    spoken_attributes = re.findall(r'(?:alt|title|aria-label|placeholder)="([^"]*)"', text)
    lines = {line.strip() for line in re.sub(r"<[^>]*>", "\n", text).splitlines()}
    lines |= {line.strip() for line in spoken_attributes}
    assert not {line for line in lines if re.search(r"[^\W\d_]{2}|: ?$", line)} - UNMARKED


def test_what_pages_show_of_the_seed_data_is_said_in_french():
    with TABLE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        assert {row["region"], row["source"]} <= set(spoken.WORDS)
        assert set(row["languages"].split("; ")) <= set(spoken.LANGUAGES)
    assert set(spoken.ARTICLES) <= {row["code"] for row in rows} | {"OCO", "PTCCC"}


# Every page


def arguments(world):
    """For each address with a place in it, something that is there."""
    bulletin, draft = Bulletin.objects.latest("pk"), Draft.objects.latest("saved_at")
    person = {"pk": world.fj_contact.pk}
    thread = Thread.objects.latest("pk")
    message = {"ref": thread.ref, "number": 1}
    return {
        **{f"discussions:{name}": {"ref": thread.ref} for name in ("thread", "participants")},
        **{f"discussions:{name}": message for name in ("edit", "withdraw", "history")},
        **room_of(Meeting.objects.filter(state="live").latest("pk")),
        "meetings:invitation": {"ref": Poll.objects.get().meeting.ref},
        "meetings:poll": {"ref": Poll.objects.get().meeting.ref},
        "bulletins:detail": {"ref": bulletin.ref},
        "bulletins:draft": {"draft_id": draft.pk},
        "bulletins:check": {"draft_id": draft.pk},
        "accounts:administration": {"code": "PW"},
        "accounts:remove_factor": {"pk": 0},
        "activity:mail": {"name": "none.eml"},
        "vault:grant": {"pk": User.objects.get(email__startswith="newcomer").pk},
        "vault:suspend": person,
        "vault:invitation": {"token": "none"},
        "vault:new_start": {"token": "none"},
        "vault:witness": {"pk": "0192d1a4-0000-4000-8000-000000000001"},
    }


def room_of(meeting):
    """The live room, in the chair's hands."""
    names = ("room", "room_screen", "room_open", "room_close", "room_join")
    item, proposal = meeting.items.first(), meeting.proposals.first()
    return {
        **{f"meetings:{name}": {"ref": meeting.ref} for name in names},
        "meetings:room_notes": {"ref": meeting.ref, "item_id": item.uuid},
        "meetings:room_reword": {"ref": meeting.ref, "proposal_id": proposal.uuid},
        **minutes_of(meeting, item),
        **prepared(meeting, item),
    }


def prepared(meeting, item):
    """The same meeting as it was prepared, with its papers."""
    names = ("meeting", "participants", "papers", "time", "people", "cancel", "item_new")
    paper = {"ref": meeting.ref, "paper_id": Paper.objects.latest("pk").uuid}
    return {
        **{f"meetings:{name}": {"ref": meeting.ref} for name in names},
        **{
            f"meetings:{name}": {"ref": meeting.ref, "item_id": item.uuid}
            for name in ("item", "item_drop", "submit")
        },
        "meetings:withdraw": paper,
    }


def minutes_of(meeting, item):
    """The minutes of the same meeting, and what came of it."""
    names = ("minutes", "communique")
    silence = Meeting.objects.filter(kind="circulation").first()
    return {
        **{f"meetings:{name}": {"ref": meeting.ref} for name in names},
        "meetings:edit_minutes": {"ref": meeting.ref, "item_id": item.uuid},
        "meetings:minutes_history": {"ref": meeting.ref, "item_id": item.uuid},
        "meetings:silence": {"ref": silence.ref},
        "registers:action": {"action_id": meeting.actions.first().uuid},
    }


def pages(world):
    """Every address that answers to reading, by its name."""
    known = arguments(world)
    for name, kwargs in _names():
        if name in NO_PAGES:
            continue
        try:
            yield name, reverse(name, kwargs=known.get(name))
        except NoReverseMatch:
            # Acts have a place in their address too; whatever is read needs an example above.
            assert _only_acts(name, kwargs), f"{name}: give it an example in arguments()"


def _names():
    for entry in get_resolver().url_patterns:
        inside = getattr(entry, "url_patterns", None)
        space = f"{entry.namespace}:" if getattr(entry, "namespace", None) else ""
        for row in inside or [entry]:
            deeper = getattr(row, "url_patterns", None)
            prefix = f"{row.namespace}:" if deeper and row.namespace else space
            for leaf in deeper or [row]:
                yield prefix + leaf.name, leaf.pattern.converters


EXAMPLES = [
    "FJ", "B-7KQF2", "T-7KQF2", "2026-27-Q1", "0192d1a4-0000-4000-8000-000000000001", 1,
]  # fmt: skip


def _only_acts(name, converters):
    """Whether the view of that name refuses to be read."""
    values = {
        field: next(one for one in EXAMPLES if re.fullmatch(how.regex, str(one)))
        for field, how in converters.items()
    }
    return Client().get(reverse(name, kwargs=values)).status_code in (302, 401, 405)


@pytest.fixture
def story(france, desk, table, hall):
    """Enough has happened that every page has something to show."""
    france.newcomer("FJ")
    User.objects.update(language="fr")
    desk.publish(france.vu, **WORDS, recipients=("FJ", "PW"))
    desk.publish(france.fj, **WORDS)
    desk.draft(france.fj, **WORDS)
    record_refusal(france.actor(france.fj), "read_people", "/people/")
    thread = table.open(france.fj, "VU", topic=WORDS["title"])
    said = table.says(france.fj, thread, WORDS["body"])
    edit_message(**table.both(france.fj), message=said, text=WORDS["key_line"], revision=1)
    table.says(france.vu, thread, "@Palaos, merci.")
    sitting = hall.sitting("VU")
    hall.paper(france.fj, sitting.item, b"Route observ\xc3\xa9e.\n", name="route.txt")
    after(france, hall, sitting)
    ask(france, hall)
    return france


def ask(world, hall):
    """An invitation that waits for an answer, and a poll about another time."""
    meeting = hall.plan("FJ", "VU", title=WORDS["title"])
    invite(actor=world.actor(world.oco), meeting=meeting)
    day = timezone.localdate() + timedelta(days=20)
    open_poll(
        actor=world.actor(world.oco), meeting=meeting, closes_on=timezone.localdate(),
        candidates=[(day, time(9)), (day, time(11))],
    )  # fmt: skip


def after(world, hall, sitting):
    """What a meeting leaves behind: minutes with a comment, a report, a text out of session."""
    Seat.objects.create(administration_id="FJ", since=LONG_AGO, elected="by acclamation")
    Meeting.objects.filter(pk=sitting.meeting.pk).update(minutes_state="circulated")
    fiji, words = hall.both(world.fj), WORDS["key_line"]
    write_minutes(**fiji, item=sitting.item, language="fr", words=words, base=0)
    comment_on_minutes(**fiji, item=sitting.item, words=words)
    report_on_action(**fiji, action=sitting.action, words=words, state="open", base=0)
    open_silence(
        **hall.both(world.oco), proposal_id=uuid4(), group=group("ISWG"),
        title=WORDS["title"], words=words, deadline=timezone.now() + timedelta(days=9),
    )  # fmt: skip


def test_no_page_shows_a_word_of_the_catalogue_in_english(story):
    reader, secretary, seen = browser(story.fj), browser(story.oco), set()
    for name, address in pages(story):
        answer = reader.get(address)
        if answer.status_code == 403:
            assert_french(answer, name)
            answer = secretary.get(address)
        if answer.status_code in (302, 405):
            continue
        assert answer.status_code in (200, 404), (name, answer.status_code)
        assert_french(answer, name)
        seen.add(name)
    assert len(seen) > 25, sorted(seen)


READ_BY_ALL = [
    "/sign-in/", "/account/recover/", "/help/", "/nowhere/", "/people/", "/journal/", "/",
]  # fmt: skip


@pytest.mark.parametrize("who", [None, "fj_contact", "oco"])
def test_strangers_and_others_read_french_too(story, who):
    reader = browser(getattr(story, who) if who else None)
    for address in READ_BY_ALL:
        assert_french(reader.get(address, follow=True), address)


FORMS = [
    "/account/", "/account/passphrase/", "/account/recovery-code/", "/people/invite/",
    "/account/second-factor/app/", "/account/second-factor/passkey/", "/bulletins/new/",
    "/threads/new/",
]  # fmt: skip


@pytest.mark.parametrize("typed", [{}, {"language": "xx", "email": "no", "due_on": "x"}])
def test_what_is_wrong_with_a_form_is_said_in_french(story, typed):
    reader = browser(story.fj)
    for address in FORMS:
        reader.get(address)
        assert_french(reader.post(address, typed, follow=True), address)


@pytest.mark.parametrize("address", ["/sign-in/", "/account/recover/"])
def test_a_stranger_is_refused_in_french(france, address):
    for typed in ({}, {"login": "no", "password": "x", "code": "x"}):
        assert_french(browser().post(address, typed), address)
    typed = {"login": france.fj.email, "password": PHRASE + "x", "code": "x"}
    assert_french(browser().post(address, typed), address)


def test_an_invitation_and_what_follows_are_in_french(story):
    facts = {"name": "Agent", "email": "agent@nc.invalid", "role": "reader", "language": "fr"}
    browser(story.fj).post("/people/invite/", facts)
    from activity.links import open_link

    mail = OutgoingMail.objects.latest("pk")
    path = open_link(bytes(mail.secret), address=facts["email"], kind=mail.kind)
    guest = browser()
    assert_french(guest.get(path), "invitation")
    phrase = {"new_passphrase": "récif lanterne coprah", "new_passphrase_again": "x"}
    assert_french(guest.post(path, phrase), "wrong phrase")
    phrase["new_passphrase_again"] = phrase["new_passphrase"]
    assert_french(guest.post(path, phrase), "recovery code")
    assert_french(guest.get("/unlock/"), "waiting for the key")
    assert_french(browser().get(path), "used invitation")


# What leaves the house


def test_mails_are_in_french(story):
    warn(event=Event.PASSPHRASE_CHANGED, person=story.fj, network="192.0.2.0/24")
    now = timezone.now()
    drawn = [
        draw([row], zone="Pacific/Noumea", now=now)
        for row in OutgoingMail.objects.select_related("recipient", "notice")
    ]
    assert drawn
    for mail in drawn:
        html = mail.alternatives[0].content
        assert not list(english_in([mail.subject, *mail.body.splitlines(), *pieces_of(html)]))


def test_notices_name_whoever_is_called_with_an_article(story):
    assert Notice.objects.exists()
    page = browser(story.vu).get("/notices/").content.decode()
    assert "émetteur\u202f: Nouvelle-Calédonie" in page


# Sentences that French builds otherwise


def acknowledging(world, code):
    bulletin = Bulletin.objects.get(origin="VU" if code != "vu" else "FJ")
    return browser(getattr(world, code)).get(f"/bulletins/{bulletin.ref}/").content.decode()


def test_one_acknowledges_for_vanuatu_but_for_new_caledonia_with_its_article(story):
    assert "Accuser réception pour la Nouvelle-Calédonie" in acknowledging(story, "fj")
    assert "Accuser réception pour Vanuatu" in acknowledging(story, "vu")


def test_a_date_field_keeps_its_day_in_french(france):
    page = browser(france.fj).get("/bulletins/new/").content.decode()
    assert re.search(r'<input type="date" name="valid_until" value="20\d\d-\d\d-\d\d"', page)


def test_a_map_is_the_same_drawing_in_both_languages(france):
    reader, drawn = browser(france.fj), {}
    for language in ("en", "fr"):
        User.objects.update(language=language)
        page = reader.get("/administrations/").content.decode()
        drawn[language] = re.findall(r'<circle class="dot"[^>]+>', page)
    assert drawn["fr"]
    assert drawn["fr"] == drawn["en"]


def test_the_first_of_a_month_is_written_as_french_writes_it():
    from iswg import moments

    day = timezone.datetime(2026, 12, 1).date()
    with translation.override("fr"):
        assert moments.spell(day, "full") == "mardi 1er décembre 2026"
    with translation.override("en"):
        assert moments.spell(day, "full") == "Tuesday 1 December 2026"
