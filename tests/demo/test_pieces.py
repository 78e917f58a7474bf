"""The texts and pictures themselves: invented throughout, and as the file of the story has them."""

import datetime
import re

import pytest
from PIL import Image

from bulletins import handling
from bulletins.content import KEY_LINE_LIMIT, TITLE_LIMIT
from bulletins.models import ProductType
from bulletins.ports import ports
from iswg.demo.ledgers import PROGRESS
from iswg.demo.pieces import HERE, PIECES, STORY_DAY, facts_by_number, recipients_of, with_days

EACH = pytest.mark.parametrize("piece", PIECES, ids=lambda piece: piece.number)
PICTURES = sorted((HERE / "pictures").iterdir())


def day(offset):
    return STORY_DAY + datetime.timedelta(days=offset)


def written(piece):
    return with_days(piece.text, day, piece.language)


def test_every_bulletin_of_the_file_has_a_text_and_a_ledger():
    numbers = [piece.number for piece in PIECES]
    assert sorted(facts_by_number()) == numbers == sorted(PROGRESS)


@EACH
def test_on_the_day_of_the_story_the_key_line_is_the_summary_of_the_file(piece):
    line = with_days(piece.key_line, day, piece.language)
    assert line.replace("’", "'") == piece.facts["summary"].partition(" Answer due")[0] + (
        " Answer due in ten days." if "Answer due" in line else ""
    )


@EACH
def test_a_text_is_a_whole_bulletin_with_headings(piece):
    text = written(piece)
    assert 150 <= len(text.split()) <= 450
    assert text.startswith("## ")
    assert text.count("## ") >= 3
    assert "{" not in text


@EACH
def test_a_text_names_nothing_that_could_be_real(piece):
    text = written(piece) + piece.facts["title"]
    assert all(number.startswith("QQQU") for number in re.findall(r"\b[A-Z]{3}U\d{7}\b", text))
    assert all(number[5:7] == "99" for number in re.findall(r"\b\d{9}\b", text))
    assert all(number.endswith("ZZ") for number in re.findall(r"\b[A-Z]{2}\d{9}[A-Z]{2}\b", text))
    assert all(number.startswith("000") for number in re.findall(r"\b\d{3}-\d{8}\b", text))
    for company in ("Paper Nautilus Freight Forwarders", "Coral Lantern Trading"):
        assert text.count(company) == text.count(f"{company} (Demo)")


@EACH
def test_markings_and_audience_of_a_piece_do_not_contradict_each_other(piece):
    facts = piece.facts
    words = {str(said): key for key, said in handling.REQUESTED_ACTION.items()}
    found = handling.contradictions(
        tlp=facts["tlp"], pap=facts["pap"], administrations=set(recipients_of(facts)),
        officers={1} if facts["tlp"] == "TLP:RED" else set(), own="OCO",
        requested_action=words[facts["requested_action"]],
    )  # fmt: skip
    assert not found


@EACH
def test_a_piece_fits_the_fields_of_the_composer(piece):
    assert len(piece.facts["title"]) <= TITLE_LIMIT
    assert len(with_days(piece.key_line, day, piece.language)) <= KEY_LINE_LIMIT
    assert piece.facts["type"].lower() in ProductType.values
    assert piece.purpose
    assert set(piece.facts["ports"]) <= set(ports())


def test_the_quarterly_assessment_leaves_out_whom_the_mou_does_not_bind():
    assert {"PF", "MH", "TL", "PG", "WF"}.isdisjoint(recipients_of(facts_by_number()["037"]))
    assert len(recipients_of(facts_by_number()["037"])) == 19


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.name)
def test_a_picture_is_small_enough_for_a_thin_link(path):
    assert 40 <= path.stat().st_size / 1024 <= 120
    with Image.open(path) as picture:
        assert picture.format == "JPEG"


def test_one_picture_tells_where_it_was_taken_so_that_the_inspection_has_work():
    telling = [path.name for path in PICTURES if Image.open(path).getexif().get_ifd(0x8825)]
    assert telling == ["velvet-gannet-taiohae.jpg"]


def test_every_picture_is_attached_to_a_bulletin():
    attached = {name for piece in PIECES for name in piece.files}
    assert {path.name for path in PICTURES} <= attached
