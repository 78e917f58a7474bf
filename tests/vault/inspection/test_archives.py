"""ZIP files: bombs, lies and hiding places, each beside the honest archive it imitates."""

import random

import pytest

from tests.vault.inspection.build import GPS, cleaned, exif, jpeg, look, notes, refused
from tests.vault.inspection.build_zip import (
    Member,
    end_record,
    office,
    packed_files,
    parts,
    raw_zip,
)

NOTE = Member(b"notes.txt", b"seen at the wharf")
OTHER = Member(b"more.txt", b"and again")


def test_an_honest_archive_passes_unchanged():
    content = raw_zip(NOTE, OTHER, Member(b"photos/", b"", deflate=False))
    verdict = look(content, "papers.zip")
    assert (verdict.kind, verdict.refused, verdict.notes) == ("zip", None, ())
    assert cleaned(content, "papers.zip") == content


def test_an_archive_of_an_ordinary_program_passes():
    assert refused(packed_files({"a.txt": "hello", "b/c.csv": "1,2\n"}), "papers.zip") == ""


def zeros(size: int) -> bytes:
    return b"0" * size


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (raw_zip(Member(b"a.txt", zeros(20 << 20))), "zip-bomb"),
        (raw_zip(Member(b"a.txt", b"x" * 900, size=100)), "zip-bomb"),
        (raw_zip(Member(b"a.txt", b"x" * 100, size=900)), "damaged"),
        (raw_zip(*[Member(b"%d.txt" % n) for n in range(2_001)]), "zip-too-many"),
        (raw_zip(Member(b"a.txt", size=0xFFFFFFF0)), "zip-bomb"),
    ],
    ids=["ratio", "more than it says", "less than it says", "count", "says too much"],
)
def test_bombs_are_refused(content, reason):
    assert refused(content, "papers.zip") == reason


def test_the_harmless_twins_of_bombs_pass():
    assert refused(raw_zip(Member(b"a.txt", zeros(3 << 20))), "papers.zip") == ""
    assert refused(raw_zip(*[Member(b"%d.txt" % n) for n in range(500)]), "papers.zip") == ""


def test_files_that_share_their_bytes_are_refused():
    """The bomb that needs no nesting: many directory entries over one stretch of data."""
    one = raw_zip(NOTE)
    at = one.index(b"PK\x01\x02")
    data, entry = one[:at], one[at : one.index(b"PK\x05\x06")]
    twin = entry.replace(b"notes.txt", b"votes.txt")
    content = data + entry + twin + end_record(2, 2 * len(entry), len(data))
    assert refused(content, "papers.zip") == "zip-overlap"
    again = data + entry + end_record(1, len(entry), len(data))
    assert again == one
    assert refused(again, "papers.zip") == ""


def test_a_file_that_claims_its_neighbours_bytes_is_refused():
    content = bytearray(raw_zip(Member(b"a.txt", b"x" * 50, deflate=False), NOTE))
    for place in (18, content.index(b"PK\x01\x02") + 20):
        content[place] = content[place + 4] = 90
    assert refused(bytes(content), "papers.zip") == "zip-overlap"


def test_a_file_that_claims_the_bytes_of_the_directory_is_refused():
    content = bytearray(raw_zip(Member(b"a.txt", b"x" * 50, deflate=False)))
    for place in (18, content.index(b"PK\x01\x02") + 20):
        content[place] = content[place + 4] = 60
    assert refused(bytes(content), "papers.zip") == "zip-overlap"


def test_archives_in_archives_are_refused_but_a_document_in_one_passes():
    inner = packed_files({"a.txt": "hello"})
    assert refused(packed_files({"inner.zip": inner}), "papers.zip") == "zip-nested"
    assert refused(packed_files({"report.docx": office()}), "papers.zip") == ""
    deep = office("docx", extra={"word/embeddings/a.docx": office()})
    assert refused(packed_files({"report.docx": deep}), "papers.zip") == ""
    deeper = office("docx", extra={"word/embeddings/a.docx": deep})
    assert refused(packed_files({"report.docx": deeper}), "papers.zip") == "zip-nested"


@pytest.mark.parametrize(
    "name",
    [
        b"/etc/passwd", b"../up.txt", b"a/../../b.txt", b"C:\\windows\\a.txt", b"c:a.txt",
        b"a\\b.txt", b"a//b.txt", b"./a.txt", b"a\n.txt", b"a\x1b[2J.txt", b"x" * 300, b"",
        "photo\u202egpj.txt".encode(), "a\u200b.txt".encode(), b"\xff\xfe.txt",
    ],
)  # fmt: skip
def test_names_that_are_not_safe_to_unpack_are_refused(name):
    assert refused(raw_zip(Member(name, flags=0x800)), "papers.zip") == "zip-name"


@pytest.mark.parametrize("name", ["a/b.txt", "Fonua Mele.txt", "Vavaʻu.txt", "Nouméa/été.txt"])
def test_names_of_the_region_pass(name):
    assert refused(raw_zip(Member(name.encode(), flags=0x800)), "papers.zip") == ""


def test_a_name_in_the_old_alphabet_passes():
    assert refused(raw_zip(Member("été.txt".encode("cp437"))), "papers.zip") == ""


def test_a_link_in_an_archive_is_refused():
    assert refused(raw_zip(Member(b"a.txt", outer=0o120777 << 16)), "papers.zip") == "zip-name"
    assert refused(raw_zip(Member(b"a.txt", outer=0o100644 << 16)), "papers.zip") == ""


@pytest.mark.parametrize("flags", [0x0001, 0x0041, 0x2000])
def test_a_locked_file_is_refused(flags):
    assert refused(raw_zip(Member(b"a.txt", flags=flags)), "papers.zip") == "locked"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (raw_zip(NOTE, after=b"behind the end"), "extra-data"),
        (b"PK\x03\x04 in front" + raw_zip(NOTE), "extra-data"),
        (raw_zip(NOTE, before=b"PK\x03\x04 in front"), "extra-data"),
        (raw_zip(Member(b"a.txt", gap=b"between"), NOTE), "extra-data"),
        (raw_zip(NOTE, Member(b"a.txt", gap=b"before the directory")), "extra-data"),
        (raw_zip(Member(b"a.txt", local_name=b"b.txt")), "zip-odd"),
        (raw_zip(Member(b"a.txt", method=14)), "zip-odd"),
        (raw_zip(NOTE, NOTE), "zip-odd"),
        (raw_zip(NOTE, Member(b"NOTES.TXT")), "zip-odd"),
        (raw_zip(), "empty"),
        (raw_zip(NOTE)[:-10], "truncated"),
    ],
    ids=["behind", "in front", "in front, counted", "between", "before the directory",
         "two names", "method", "twice", "twice by case", "nothing inside", "cut off"],
)  # fmt: skip
def test_what_does_not_add_up_is_refused(content, reason):
    assert refused(content, "papers.zip") == reason


def test_a_comment_at_the_end_is_no_hiding_place_for_another_archive():
    assert refused(raw_zip(NOTE, comment=b"packed on Tuesday"), "papers.zip") == ""
    inner = raw_zip(OTHER)
    assert refused(raw_zip(NOTE, comment=inner), "papers.zip") in ("extra-data", "zip-odd")


def test_a_file_whose_sum_is_wrong_is_refused():
    content = raw_zip(Member(b"a.txt", b"seen at the wharf", deflate=False))
    assert refused(content.replace(b"wharf", b"whorf", 1), "papers.zip") == "damaged"


def test_photographs_inside_lose_their_position_and_the_rest_stays():
    content = packed_files({"reef.jpg": jpeg(exif(GPS)), "notes.txt": "hello", "b.jpg": jpeg()})
    assert notes(content, "papers.zip") == {"position-removed"}
    after = cleaned(content, "papers.zip")
    assert parts(after) == {"reef.jpg": jpeg(), "notes.txt": b"hello", "b.jpg": jpeg()}
    assert notes(after, "papers.zip") == set()


def test_what_a_computer_adds_by_itself_is_left_out():
    litter = {"__MACOSX/._reef.jpg": b"\0\x05\x16\x07", ".DS_Store": b"\0\0\0\1Bud1"}
    content = packed_files({"reef.jpg": jpeg(), **litter})
    assert notes(content, "papers.zip") == {"system-files-removed"}
    assert set(parts(cleaned(content, "papers.zip"))) == {"reef.jpg"}


def test_a_large_photograph_inside_is_read_without_unpacking_it_whole():
    noise = random.Random(1).randbytes(3 << 20).replace(b"\xff", b"\xfe")
    content = packed_files({"reef.jpg": jpeg(exif(GPS), scan=noise)})
    assert parts(cleaned(content, "papers.zip")) == {"reef.jpg": jpeg(scan=noise)}


def test_a_map_in_a_zip_file_passes_under_its_own_ending():
    place = b"<?xml version='1.0'?><kml xmlns='http://www.opengis.net/kml/2.2'><Document/></kml>"
    assert refused(packed_files({"doc.kml": place}), "reef.kmz") == ""


def test_a_changed_byte_never_breaks_the_inspection():
    content = packed_files({"reef.jpg": jpeg(exif(GPS)), "notes.txt": "hello"})
    for at in range(len(content)):
        changed = content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]
        if look(changed, "papers.zip").refused is None:
            cleaned(changed, "papers.zip")
