"""Files that are not what they are called, or that tell more than their author knows: met on the
page with a sentence, each beside its harmless twin. The inspection itself is in tests/vault."""

import pytest
from django.urls import reverse

from bulletins.models import Bulletin
from tests.bulletins.attaching import FIELDS, on_disk, words
from tests.vault.inspection.build import GPS, exif, jpeg, pdf, png, windows_program
from tests.vault.inspection.build_zip import Member, office, packed_files, raw_zip
from vault.models import FileState, SealedFile

pytestmark = pytest.mark.django_db

HOSTILE = {
    "a program named like a photograph":
        ("reef.jpg", windows_program(), "a Windows program named like a photograph", jpeg()),
    "a program in a ZIP file":
        ("papers.zip", packed_files({"reef.jpg": windows_program()}),
         "One of the files inside this one is refused", packed_files({"reef.jpg": jpeg()})),
    "a ZIP file in a ZIP file":
        ("papers.zip", packed_files({"more.zip": packed_files({"a.txt": "hello"})}),
         "There is an archive inside this ZIP file", packed_files({"a.txt": "hello"})),
    "a ZIP bomb":
        ("papers.zip", raw_zip(Member(b"a.txt", b"0" * (20 << 20))),
         "unpack to far more data", raw_zip(Member(b"a.txt", b"0" * (3 << 20)))),
    "a picture of 50,000 pixels":
        ("chart.png", png(width=50_000, height=50_000), "too many pixels", png()),
    "a drawing that can run":
        ("chart.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>",
         "drawing in the SVG format", None),
    "a web page":
        ("notes.txt", b"<!DOCTYPE html><script>x()</script>", "This is a web page", b"notes"),
    "a document with macros":
        ("report.docx", office(extra={"word/vbaProject.bin": b"x"}), "contains macros", office()),
    "a PDF with a script":
        ("report.pdf", pdf(b"<< /S /JavaScript /JS (x) >>"), "scripts or commands", pdf()),
    "a name that reads backwards":
        ("reef\u202egpj.txt", b"notes", "hidden characters", None),
    "two endings": ("reef.exe.jpg", jpeg(), "two endings", None),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_it_is_refused_in_words_and_its_harmless_twin_is_taken(author, case):
    name, hostile, sentence, twin = HOSTILE[case]
    said = author.send(name, hostile)
    assert sentence in said.error
    if said.url:
        assert said.state == "refused"
        assert "late" in said.html
        assert sentence.split("'")[0] in words(author.page())
    if twin is not None:
        assert author.send(name, twin).state == "ready"
    assert said.url or not SealedFile.objects.filter(state=FileState.REFUSED).exists()


def test_a_large_program_is_refused_before_it_crosses_the_link(author):
    answer = author.announce("setup.exe", 40 << 20)
    assert answer.status_code == 400
    assert "name ends like that of a program" in answer.json()["error"]
    assert author.announce("setup.pdf", 40 << 20).status_code == 201


def test_what_was_refused_stands_against_sending_until_it_is_removed(author):
    said = author.send("reef.jpg", windows_program())
    author.client.post(
        reverse("bulletins:draft", args=[author.draft_id]), {**FIELDS, "version": "1"}
    )
    check = reverse("bulletins:check", args=[author.draft_id])
    assert "was refused. Finish or remove it" in words(author.client.get(check))
    author.client.post(reverse("bulletins:publish", args=[author.draft_id]), {"version": "2"})
    assert not Bulletin.objects.exists()
    author.client.post(f"{said.url}remove/")
    assert author.client.get(check).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_nothing_of_a_refused_file_stays_on_the_disk(author):
    author.send("reef.jpg", windows_program())
    assert on_disk() == []
    author.send("reef.jpg", jpeg())
    assert len(on_disk()) == 1


def test_a_photograph_with_a_position_is_taken_and_its_author_told(author):
    said = author.send("reef.jpg", jpeg(exif(GPS)))
    assert said.state == "ready"
    assert "The position where it was taken was removed." in said.html
    assert "The position" not in author.send("reef.jpg", jpeg()).html


def test_a_file_sealed_by_its_sender_is_not_called_checked(author):
    sealed = b"age-encryption.org/v1\n-> X25519 " + b"A" * 43 + b"\n" + b"B" * 43
    sealed += b"\n--- " + b"C" * 43 + b"\n" + bytes(64)
    said = author.send("report.age", sealed)
    assert said.state == "ready", said
    assert "Sealed by the sender" in said.html
    assert "checked, encrypted" not in said.html
