"""A thread that somebody takes away: what stands in it, for whom, and that the journal knows."""

import io
import json

import pytest
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import User
from activity.models import JournalEntry
from bulletins.content import EntityFact
from discussions.models import Message
from discussions.services.messages import answer_message, edit_message, withdraw_message
from discussions.services.participants import add_participant
from tests.discussions.taking_part import Writer
from tests.table import TOPIC

TAKEN = "discussions.taken_away"


@pytest.fixture
def thread(world, table):
    """Six numbers: words, an edit, a withdrawal, an answer, a note, French."""
    thread = table.open(world.fj, "VU", history="joining")
    first = table.says(world.fj, thread, "Eleven **crates** at Nukuʻalofa.")
    edit_message(**table.both(world.fj), message=first, text="Twelve **crates** at Nukuʻalofa.",
                 revision=1)  # fmt: skip
    gone = table.says(world.vu, thread, "quombat by mistake")
    withdraw_message(**table.both(world.vu), message=gone)
    table.says(world.vu, thread, "Thank you.", reply_to=1)
    answer_message(**table.both(world.vu), message=first, meaning="noted", on=True)
    add_participant(**table.both(world.fj), thread=thread, name="PW")
    table.says(world.fj, thread, "« À l’œuvre », déjà.")
    return thread


def taken(user, thread, what: str):
    return Writer(user, thread).client.get(reverse(f"discussions:{what}", args=[thread.ref]))


def lines_of(answer) -> str:
    assert answer.status_code == 200, answer.content
    return answer.content.decode("utf-8-sig")


def paper_of(answer) -> str:
    assert answer.status_code == 200, answer.content
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)


def recorded() -> list[dict]:
    return [
        json.loads(bytes(line.entry))["detail"] for line in JournalEntry.objects.filter(event=TAKEN)
    ]


@pytest.mark.parametrize(("what", "read"), [("text", lines_of), ("pdf", paper_of)])
def test_it_holds_what_was_said_by_whom_and_when(world, thread, what, read):
    answer = taken(world.vu, thread, what)
    said = read(answer)
    for words in (
        "TLP:AMBER", TOPIC, thread.ref, "Opened by", "Fiji (FJ)", "Vanuatu (VU)", world.fj.name,
        "Twelve", "Nukuʻalofa", "Thank you.", "œuvre", "Edited", "Withdrawn.", "Answers number 1",
        "Noted: VU", "takes part from here on", "UTC", "numbers 1 to 5 follow one another",
    ):  # fmt: skip
        assert words in said, words
    assert "Eleven" not in said
    assert "quombat" not in said
    assert "attachment" in answer["Content-Disposition"]
    assert thread.ref in answer["Content-Disposition"]
    assert answer["Cache-Control"] == "no-store"
    assert recorded() == [{"as_pdf": what == "pdf", "number": 5, "thread": thread.ref}]


def test_the_label_stands_first_and_last_in_the_text(world, thread):
    said = lines_of(taken(world.fj, thread, "text")).strip().split("\r\n")
    assert said[0] == "TLP:AMBER"
    assert said[-2] == "TLP:AMBER"
    assert "Fiji (FJ)" in said[-1]


@pytest.mark.parametrize(("what", "read"), [("text", lines_of), ("pdf", paper_of)])
def test_who_joined_later_takes_away_what_follows_the_joining(world, thread, what, read):
    said = read(taken(world.pw, thread, what))
    assert "déjà" in said
    assert "crates" not in said
    assert "numbers 4 to 5 follow" in said


@pytest.mark.parametrize("what", ["text", "pdf"])
def test_who_takes_no_part_finds_nothing_and_nothing_is_recorded(world, table, what):
    thread = table.open(world.fj, "VU")
    table.says(world.fj, thread)
    assert taken(world.pw, thread, what).status_code == 404
    assert taken(world.vu, thread, what).status_code == 200
    assert len(recorded()) == 1


def test_what_is_not_as_signed_is_said_in_it(world, thread):
    Message.objects.filter(thread=thread, number=3).update(administration_id="FJ")
    said = lines_of(taken(world.vu, thread, "text"))
    assert "Thank you." not in said
    assert "What is stored here is not what was signed" in said
    assert "No: something here is not what was written." in said


def test_in_french(world, thread):
    User.objects.filter(pk=world.vu.pk).update(language="fr")
    said = lines_of(taken(world.vu, thread, "text"))
    assert "Thank you." in said
    for english in ("Opened by", "Who can read it", "Taken away", "Edited", "Answers number"):
        assert english not in said
    assert "TLP:AMBER" in said


def test_a_press_that_fails_leaves_the_text_and_records_nothing(world, thread, monkeypatch):
    monkeypatch.setattr("papers.printing.PATIENCE", 0.001)
    answer = taken(world.vu, thread, "pdf")
    assert answer.status_code == 302
    assert recorded() == []
    assert taken(world.vu, thread, "text").status_code == 200


@pytest.mark.parametrize(("what", "read"), [("text", lines_of), ("pdf", paper_of)])
def test_what_it_is_about_is_called_by_its_name(world, table, desk, what, read):
    bulletin = desk.publish(world.fj, entities=(EntityFact("vessel", "Zornquill Petrel"),))
    about = ("entity", bulletin.entities.get().uuid)
    said = read(taken(world.vu, table.open(world.fj, "VU", about=about), what))
    assert f"Entity {bulletin.ref} Zornquill Petrel" in " ".join(said.split())
