"""Names of files: what they hide is met, and what is stored is harmless."""

import json

import pytest
from django.utils import translation

from tests.vault.inspection.build import GPS, exif, jpeg, look, refused, windows_program
from vault.inspection import NoteCode, Reason, Verdict, safe_name
from vault.inspection.sentences import NOTES, REFUSALS


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("reef\u202egpj.jpg", "name-hidden-characters"),
        ("reef\u2066x.jpg", "name-hidden-characters"),
        ("reef\u200b.jpg", "name-hidden-characters"),
        ("reef\0.jpg", "name-hidden-characters"),
        ("reef\n.jpg", "name-hidden-characters"),
        ("reef.jpg.exe", "name-of-program"),
        ("reef.jpg              .exe", "name-of-program"),
        ("reef.jpg.exe. .", "name-of-program"),
        ("reef.SCR", "name-of-program"),
        ("reef.html", "name-of-program"),
        ("reef.exe.jpg", "name-hides-program"),
        ("reef.js.jpg", "name-hides-program"),
    ],
)
def test_hostile_names_are_refused_even_around_a_photograph(name, reason):
    assert refused(jpeg(), name) == reason


@pytest.mark.parametrize(
    "name",
    ["reef.jpg", "REEF.JPEG", "reef", "Vavaʻu 2.jpg", "scan.docx.jpg", "v1.2.jpg",
     "www.example.com.jpg", "x" * 400 + ".jpg", "récif à marée basse.jpg", "../../etc/reef.jpg"],
)  # fmt: skip
def test_ordinary_and_clumsy_names_pass(name):
    assert refused(jpeg(), name) == ""


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("reef.jpg", "reef.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\mele\\reef.jpg", "reef.jpg"),
        ("reef\u202egpj.exe", "reefgpj.exe"),
        ("a\r\nb\tc.txt", "a b c.txt"),
        ('a<b>:"c|d?*.txt', "a_b___c_d__.txt"),
        ("con.txt", "file_con.txt"),
        ("COM1", "file_COM1"),
        ("lpt1.tar.txt", "file_lpt1.tar.txt"),
        ("", "file"),
        ("...", "file"),
        ("  .hidden  ", "hidden"),
        ("e\u0301te\u0301.txt", "été.txt"),
        ("Vava\u02bbu.txt", "Vava\u02bbu.txt"),
        ("report .pdf", "report.pdf"),
    ],
)
def test_a_name_is_made_safe(name, safe):
    assert safe_name(name) == safe
    assert safe_name(safe) == safe


def test_an_over_long_name_keeps_its_ending():
    for letter in ("x", "é", "漢", "😀"):
        name = safe_name(letter * 500 + ".jpeg")
        assert name.endswith(letter + ".jpeg")
        assert len(name) <= 120
        assert len(name.encode()) <= 240


def test_a_name_without_an_ending_gets_the_usual_one_of_its_kind():
    assert safe_name("image", "jpeg") == "image.jpg"
    assert safe_name("image.jpeg", "jpeg") == "image.jpeg"
    assert safe_name("", "pdf") == "file.pdf"


def test_every_reason_and_note_has_a_sentence():
    assert set(REFUSALS) == set(Reason)
    assert set(NOTES) == set(NoteCode)
    assert all(str(said).endswith(".") for said in [*REFUSALS.values(), *NOTES.values()])


@pytest.mark.parametrize("content", [jpeg(exif(GPS)), windows_program(), b""])
def test_a_verdict_is_stored_and_read_back_without_the_name(content):
    verdict = look(content, "Mele-secret.jpg")
    stored = json.dumps(verdict.as_data())
    assert "Mele" not in stored
    assert Verdict.from_data(json.loads(stored)) == verdict


def test_a_refusal_speaks_the_readers_language_when_it_is_shown():
    """The sentence is put together late, so that the same verdict serves English and French."""
    verdict = look(windows_program(), "reef.jpg")
    with translation.override("fr"):
        assert isinstance(str(verdict.sentence), str)
    assert str(verdict.sentence) == "This is a Windows program named like a photograph (JPEG)."
