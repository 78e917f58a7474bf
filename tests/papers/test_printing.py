"""A paper as somebody holds it: what stands on each page, and what cannot be smuggled onto it."""

import io

import pytest
from pypdf import PdfReader

from papers.content import Entry, Fact, Paper
from papers.printing import NotPrinted, print_paper
from papers.prose import blocks_of

TAKEN_BY = ("Tonga (TO)", "Monday 23 November 2026, 09:12 (Sun 22 Nov, 20:12 UTC)")


def paper(*texts: str, **changes) -> Paper:
    facts = {
        "title": "Sightings around Neiafu",
        "language": "en",
        "marking": "TLP:AMBER+STRICT",
        "meaning": "Your administration only.",
        "reference": "T-7KQF2",
        "taken_by": TAKEN_BY,
        "of_pages": "Page %(page)s of %(pages)s",
        "facts": [Fact("Opened by", "Fiji (FJ)")],
        "entries": [
            Entry(str(n), "Fiji (FJ), Mere", "09:12", blocks=blocks_of(text))
            for n, text in enumerate(texts, 1)
        ],
    }
    return Paper(**{**facts, **changes})


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def test_every_page_says_its_label_its_reference_and_who_took_it_away():
    shown = pages(print_paper(paper(*["A long night at the wharf.\n\n" * 12] * 9)))
    assert len(shown) > 1
    for number, page in enumerate(shown, 1):
        assert page.count("TLP:AMBER+STRICT") == 2
        assert "T-7KQF2" in page
        assert page.count("Tonga (TO)") >= 2  # at the foot, and across the page
        assert f"Page {number} of {len(shown)}" in page


def test_it_is_tagged_and_says_its_language_and_title_for_screen_readers():
    reader = PdfReader(io.BytesIO(print_paper(paper("Bonjour", language="fr"))))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith("fr")
    assert reader.metadata.title == "Sightings around Neiafu"
    assert b"<pdfuaid:part>1</pdfuaid:part>" in reader.trailer["/Root"]["/Metadata"].get_data()


def test_the_letters_of_the_pacific_and_of_french_stand_as_they_are():
    text = "Nukuʻalofa, Māori, Ōtāhuhu, g̃, « à l’œuvre », été, 18°39′ S"
    (page,) = pages(print_paper(paper(text)))
    for word in ("Nukuʻalofa", "Māori", "Ōtāhuhu", "œuvre", "été", "18°39′"):
        assert word in page


@pytest.mark.parametrize(
    "typed",
    [
        "#set page(width: 1cm)",
        '#read("/etc/passwd")',
        "$ sum_1^2 $ @label <label> // note",
        '"]; panic("gone',
        "\\u{1F600} \\ backslash",
        '#import "@preview/cetz:0.3.1"',
    ],
)
def test_what_looks_like_markup_of_the_press_is_printed_as_typed(typed):
    (page,) = pages(print_paper(paper(f"`{typed}` end")))
    assert typed.replace(" ", "") in page.replace(" ", "").replace("\n", "")


def test_a_letter_that_no_font_has_stands_as_its_number():
    (page,) = pages(print_paper(paper("from here \U00013000 to there\x07")))
    assert "[U+13000]" in page
    assert "to there" in page


def test_lists_tables_quotes_and_code_of_a_text_are_drawn():
    text = (
        "## Seen\n\n- one\n- two\n\n> quoted\n\n|a|b|\n|-|-|\n|1|2|\n\n```\ncode\n```\n\n7. seven"
    )
    (page,) = pages(print_paper(paper(text)))
    for word in ("Seen", "• one", "quoted", "code", "7. seven"):
        assert word in page


def test_a_press_that_does_not_answer_is_said_and_nothing_half_done_goes_out(monkeypatch):
    monkeypatch.setattr("papers.printing.PATIENCE", 0.001)
    with pytest.raises(NotPrinted):
        print_paper(paper("words"))
    monkeypatch.undo()
    assert print_paper(paper("words")).startswith(b"%PDF-")
