"""Texts, tables, maps and sealed files."""

import base64

import pytest

from tests.vault.inspection.build import look, notes, pdf, refused
from tests.vault.inspection.build_zip import packed_files


@pytest.mark.parametrize(
    "content",
    [
        "Seen at Nukuʻalofa.\r\n".encode(),
        b"\xef\xbb\xbfwith a mark\n",
        "Vu à Nouméa, 9 h 12".encode("utf-16"),
        "Vu à Nouméa – « été »".encode("cp1252"),
        b"tab\there\x0cnext page\n",
        ("é" * 100_001).encode(),
    ],
)
def test_plain_texts_in_the_encodings_people_use_pass(content):
    verdict = look(content, "notes.txt")
    assert (verdict.kind, verdict.media_type, verdict.refused) == ("txt", "text/plain", None)


@pytest.mark.parametrize(
    "content",
    [
        b"bell \x07",
        b"\x1b[2Jscreen",
        b"caf\xe9 \x81",
        b"del \x7f",
        "next \x85 \x9b".encode(),
        "zero \0 inside".encode("utf-16"),
        b"\xff\xfeodd",
    ],
)
def test_texts_with_control_characters_are_refused(content):
    assert refused(content, "notes.txt") == "text-controls"


def test_a_control_character_deep_in_a_text_is_met():
    assert refused(b"a" * 300_000, "notes.txt") == ""
    assert refused(b"a" * 300_000 + b"\x08", "notes.txt") == "text-controls"


def test_an_archive_at_the_end_of_a_text_is_refused():
    tail = packed_files({"a.txt": "x"})
    assert refused(b"hello\n" * 2000 + tail, "notes.txt") == "two-in-one"


@pytest.mark.parametrize(
    "row",
    ['=1+1', '"=HYPERLINK(""http://x"")"', "@SUM(A1)", "+cmd", "-A1+2", "ok,=2", "ok;+x", "\t=1"],
)  # fmt: skip
def test_cells_that_begin_like_a_formula_are_noted(row):
    assert notes(f"vessel,length\n{row}\n".encode(), "list.csv") == {"formula-cells"}


@pytest.mark.parametrize(
    "row", ["Tui,12", "-12.5,3", "+676 23 456,x", "a=b,c", "a@b.to", '"-3%",1', "-,x", "- none,x"]
)
def test_numbers_telephones_and_addresses_are_not_formulas(row):
    assert notes(f"vessel,length\n{row}\n".encode(), "list.csv") == set()


def test_a_cell_that_starts_a_program_is_refused():
    assert refused(b"a,b\n=cmd|'/C calc'!A0,1\n", "list.csv") == "dde"
    assert refused(b"a,b\nTui|12 m!,1\n", "list.csv") == ""


KML = (
    "<?xml version='1.0' encoding='UTF-8'?><kml xmlns='http://www.opengis.net/kml/2.2'>"
    "<Document>{}</Document></kml>"
)
GPX = "<?xml version='1.0'?><gpx version='1.1' xmlns='http://www.topografix.com/GPX/1/1'>{}</gpx>"
ICON = "<Style><Icon><href>http://maps.google.com/pin.png</href></Icon></Style>"


@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        (KML.format("<Placemark/>"), "reef.kml", set()),
        (KML.format(ICON), "reef.kml", {"map-fetches"}),
        (GPX.format("<wpt lat='-21' lon='-175'/>"), "track.gpx", set()),
        ('{"type": "FeatureCollection", "features": []}', "reef.geojson", set()),
        ('{"type": "bundle", "objects": []}\n', "bundle.json", set()),
    ],
)
def test_maps_and_structured_data_pass(content, name, expected):
    assert notes(content.encode(), name) == expected


def test_map_data_in_json_is_known_as_such():
    content = b'{"type": "Feature", "geometry": null}'
    assert look(content, "reef.json").kind == "geojson"
    assert look(b'{"a": 1}', "bundle.json").kind == "json"


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (KML.format("<NetworkLink/>"), "reef.kml", "outside-content"),
        (KML.format("<href>file://evil/share</href>"), "reef.kml", "outside-content"),
        (KML.format("<href>&#92;\\evil\\share</href>"), "reef.kml", "outside-content"),
        ("<!DOCTYPE kml [<!ENTITY a 'b'>]>" + KML.format("&a;")[38:], "reef.kml", "xml-entities"),
        (KML.format("<a>"), "reef.kml", "damaged"),
        (KML.format("")[:-4], "reef.kml", "damaged"),
        (KML.format(""), "reef.gpx", "wrong-name"),
        (GPX.format("<x>" * 300 + "</x>" * 300), "track.gpx", "too-much-work"),
        ("<!-- <kml> --><html/>", "reef.kml", "wrong-name"),
        ('{"type": "Feature", "geom', "reef.geojson", "truncated"),
        ("hello", "reef.geojson", "wrong-name"),
    ],
)
def test_maps_that_fetch_or_are_broken_are_refused(content, name, reason):
    assert refused(content.encode(), name) == reason


STANZA = b"-> X25519 " + base64.b64encode(bytes(32)).rstrip(b"=") + b"\n"
BODY = base64.b64encode(bytes(range(32))).rstrip(b"=") + b"\n"
MAC = b"--- " + base64.b64encode(bytes(32)).rstrip(b"=") + b"\n"
AGE = b"age-encryption.org/v1\n" + STANZA + BODY + MAC + bytes(range(64))
BEGIN, END = b"-----BEGIN AGE ENCRYPTED FILE-----\n", b"-----END AGE ENCRYPTED FILE-----\n"
ARMOURED = BEGIN + base64.encodebytes(AGE) + END


@pytest.mark.parametrize("content", [AGE, ARMOURED])
def test_a_file_sealed_by_the_sender_is_taken_as_it_is(content):
    verdict = look(content, "report.pdf.age")
    assert (verdict.kind, verdict.refused, verdict.needs_cleaning) == ("age", None, False)
    assert [str(note.sentence) for note in verdict.notes] == [
        "Sealed by the sender. It could not be checked."
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (AGE[:60], "truncated"),
        (AGE[:-50], "truncated"),
        (b"age-encryption.org/v1\nMZ and more" + bytes(60), "truncated"),
        (ARMOURED[:-20], "truncated"),
        (BEGIN + b"<script>" + END, "damaged"),
    ],
)
def test_what_only_begins_like_a_sealed_file_is_refused(content, reason):
    assert refused(content, "report.age") == reason


def test_a_pdf_named_like_a_sealed_file_is_refused():
    assert refused(pdf(), "report.pdf.age") == "wrong-name"
