"""Photographs lose what they tell about place, camera and author, and nothing else."""

import io
import struct
import zlib

import pytest

from tests.vault.inspection.build import (
    ARTIST,
    CAMERA,
    GPS,
    JFIF,
    ORIENTATION,
    SCAN_DATA,
    box,
    chunk,
    cleaned,
    exif,
    full,
    gif,
    heic,
    jpeg,
    look,
    mp4,
    notes,
    png,
    refused,
    riff,
    segment,
    tiff,
    webp,
)
from tests.vault.inspection.build_zip import packed_files
from vault.inspection import clean, inspect
from vault.inspection.exif import upright_only

XMP = b"http://ns.adobe.com/xap/1.0/\0<x exif:GPSLatitude='21,8S' dc:creator='Mele'/>"
PLACE = {"position-removed"}


def test_a_position_is_met_and_removed_and_the_picture_stays_as_it_was():
    told = jpeg(exif(GPS, CAMERA, ARTIST))
    assert notes(told, "reef.jpg") == {"position-removed", "camera-removed", "author-removed"}
    assert look(told, "reef.jpg").has_metadata
    after = cleaned(told, "reef.jpg")
    assert after == jpeg()
    again = look(after, "reef.jpg")
    assert (again.refused, again.notes, again.has_metadata) == (None, (), False)


def test_a_photograph_without_such_data_comes_back_byte_for_byte():
    assert notes(jpeg(), "reef.jpg") == set()
    assert cleaned(jpeg(), "reef.jpg") == jpeg()


def test_which_way_up_a_photograph_is_shown_stays():
    after = cleaned(jpeg(exif(ORIENTATION, GPS)), "reef.jpg")
    assert after[2:] == segment(0xE1, b"Exif\0\0" + upright_only(6)) + jpeg()[2:]
    assert cleaned(after, "reef.jpg") == after
    assert notes(after, "reef.jpg") == set()


@pytest.mark.parametrize("order", ["<", ">"])
def test_both_byte_orders_are_read(order):
    width = struct.pack(f"{order}I", 48)
    block = tiff((0x8825, 4, 1, width), order=order)
    assert notes(jpeg(segment(0xE1, b"Exif\0\0" + block)), "reef.jpg") == PLACE


@pytest.mark.parametrize(
    ("block", "note"),
    [
        (segment(0xE1, XMP), "position-removed"),
        (segment(0xFE, b"taken by Mele"), "comment-removed"),
        (segment(0xED, b"Photoshop 3.0\0\x1c\x02\x50\0\x04Mele"), "author-removed"),
        (segment(0xED, b"Photoshop 3.0\0"), "properties-removed"),
        (segment(0xE5, b"maker"), "properties-removed"),
        (segment(0xE2, b"MPF\0"), "properties-removed"),
        (segment(0xE1, b"Exif\0\0damaged"), "properties-removed"),
        (exif((0x9C9C, 1, 4, b"hi\0\0")), "comment-removed"),
    ],
)
def test_each_block_that_tells_something_goes(block, note):
    assert note in notes(jpeg(block), "reef.jpg")
    assert cleaned(jpeg(block), "reef.jpg") == jpeg()


@pytest.mark.parametrize(
    "block",
    [segment(0xE2, b"ICC_PROFILE\0\x01\x01colours"), segment(0xEE, b"Adobe\0\x64" + bytes(5))],
)
def test_what_the_colours_need_stays(block):
    assert cleaned(jpeg(block, exif(GPS)), "reef.jpg") == jpeg(block)


def test_a_preview_in_the_first_block_goes():
    fat = jpeg().replace(JFIF, segment(0xE0, JFIF[4:16] + b"\x02\x02" + bytes(12)))
    assert notes(fat, "reef.jpg") == {"thumbnail-removed"}
    assert cleaned(fat, "reef.jpg") == jpeg()


def test_a_film_behind_a_photograph_is_left_out():
    moving = jpeg(end=mp4())
    assert notes(moving, "reef.jpg") == {"extra-data-removed"}
    assert cleaned(moving, "reef.jpg") == jpeg()


@pytest.mark.parametrize("build", [jpeg, png, gif], ids=["jpeg", "png", "gif"])
@pytest.mark.parametrize(
    "behind",
    [
        packed_files({"setup.exe": b"MZ"}),
        b"MZ\x90\0",
        b"<script>alert(1)</script>",
        b"%PDF-1.7\n",
        b"#!/bin/sh\n",
    ],
    ids=["zip", "program", "script", "pdf", "shell"],
)
def test_two_files_in_one_are_refused_and_each_alone_passes(build, behind):
    name = f"reef.{build.__name__}".replace("jpeg", "jpg")
    assert refused(build(), name) == ""
    assert refused(build(end=behind), name) == "two-in-one"


def test_an_archive_in_a_comment_of_a_photograph_is_refused():
    """An archive is read from its end, so a photograph can stand in front and behind."""
    inside = packed_files({"a.txt": b"hello"})
    hiding = jpeg(segment(0xFE, inside))
    assert refused(hiding, "reef.jpg") == "two-in-one"
    assert refused(jpeg(segment(0xFE, b"hello")), "reef.jpg") == ""


def test_a_gif_that_is_also_a_script_is_refused():
    assert refused(gif(width=0x2A2F), "wave.gif") == "two-in-one"
    assert refused(gif(width=0x313D), "wave.gif") == "two-in-one"
    assert refused(gif(end=b"*/=1;alert(1)"), "wave.gif") == "two-in-one"
    assert refused(gif(end=b"hello"), "wave.gif") == "extra-data"
    assert refused(gif(end=bytes(9)), "wave.gif") == ""
    assert refused(gif(width=0x013D), "wave.gif") == ""


def test_a_comment_in_a_gif_goes_and_the_loop_stays():
    loop = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"
    said = b"\x21\xfe\x05hello\0"
    other = b"\x21\xff\x0bXMP DataXMP\x02hi\0"
    assert notes(gif(loop, said), "wave.gif") == {"comment-removed"}
    assert cleaned(gif(loop, said, other), "wave.gif") == gif(loop)
    assert notes(gif(loop), "wave.gif") == set()


@pytest.mark.parametrize("build", [jpeg, png, webp, gif, heic])
def test_a_side_of_fifty_thousand_pixels_is_refused(build):
    ending = {"jpeg": "jpg"}.get(build.__name__, build.__name__)
    limit = {"webp": 16_000}.get(build.__name__, 20_000)
    assert refused(build(width=limit, height=100), f"reef.{ending}") == ""
    assert refused(build(width=50_000, height=100), f"reef.{ending}") == "picture-too-large"
    assert refused(build(width=100, height=50_000), f"reef.{ending}") == "picture-too-large"
    assert refused(build(width=15_000, height=15_000), f"reef.{ending}") == "picture-too-large"


def test_a_second_size_later_in_the_file_counts_as_well():
    again = segment(0xC0, struct.pack(">BHHB", 8, 50_000, 50_000, 1) + b"\x01\x11\0")
    assert refused(jpeg(again), "reef.jpg") == "picture-too-large"
    frame = struct.pack(">IIIIIHHBB", 0, 50_000, 10, 0, 0, 1, 1, 0, 0)
    assert refused(png(chunk(b"fcTL", frame)), "reef.png") == "picture-too-large"
    big = bytes(6) + (49_999).to_bytes(3, "little") * 2 + bytes(4)
    assert refused(webp(riff(b"ANMF", big)), "reef.webp") == "picture-too-large"


def test_a_film_of_endless_frames_is_refused():
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 8, 8, 0) + b"\x02\x02\x4c\x01\0"
    assert refused(gif(frame * 100), "wave.gif") == ""
    assert refused(gif(frame * 2_001), "wave.gif") == "too-many-frames"
    assert refused(gif(frame * 100, width=8_000, height=8_000), "wave.gif") == "too-many-frames"


def test_a_photograph_of_endless_passes_is_refused():
    one = segment(0xDA, b"\x01\x01\0\0\x3f\0") + SCAN_DATA
    assert refused(jpeg(scan=SCAN_DATA + one * 20), "reef.jpg") == ""
    assert refused(jpeg(scan=SCAN_DATA + one * 300), "reef.jpg") == "too-much-work"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (jpeg(exif(GPS)), "reef.jpg"),
        (png(chunk(b"tEXt", b"Author\0Mele")), "reef.png"),
        (webp(), "reef.webp"),
        (gif(), "wave.gif"),
        (heic(tiff(GPS)), "reef.heic"),
        (mp4(), "wharf.mp4"),
    ],
)
def test_a_picture_cut_off_anywhere_is_refused_and_nothing_breaks(content, name):
    assert refused(content, name) == ""
    for length in range(12, len(content)):
        assert refused(content[:length], name), length


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (jpeg(exif(GPS, CAMERA)), "reef.jpg"),
        (png(chunk(b"eXIf", tiff(GPS))), "reef.png"),
        (webp(riff(b"EXIF", tiff(GPS))), "reef.webp"),
        (gif(b"\x21\xfe\x05hello\0"), "wave.gif"),
        (heic(tiff(GPS)), "reef.heic"),
        (mp4(box(b"udta", b"xyz")), "wharf.mp4"),
    ],
)
def test_a_changed_byte_never_breaks_the_inspection(content, name):
    """It may be accepted or refused; then what is accepted can also be cleaned."""
    for at in range(len(content)):
        for value in (0x00, 0x7F, 0xFF):
            changed = content[:at] + bytes([value]) + content[at + 1 :]
            if look(changed, name).refused is None:
                cleaned(changed, name)


def test_a_png_loses_its_texts_and_keeps_its_colours():
    kept = [chunk(b"gAMA", struct.pack(">I", 45455)), chunk(b"pHYs", bytes(9))]
    told = [
        chunk(b"tEXt", b"Author\0Mele"),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0exif:GPSLatitude"),
        chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"hello")),
        chunk(b"tIME", bytes(7)),
        chunk(b"eXIf", tiff(CAMERA)),
        chunk(b"prVt", b"unknown"),
    ]
    content = png(*kept, *told)
    assert notes(content, "reef.png") >= {"position-removed", "author-removed", "camera-removed"}
    assert cleaned(content, "reef.png") == png(*kept)


def test_a_png_keeps_which_way_up_it_is():
    after = cleaned(png(chunk(b"eXIf", tiff(ORIENTATION, GPS))), "reef.png")
    assert after == png(chunk(b"eXIf", upright_only(6)))
    assert notes(after, "reef.png") == set()


def test_a_png_with_a_wrong_sum_or_an_unknown_needed_chunk_is_refused():
    content = png()
    assert refused(content[:-20] + b"\x55" + content[-19:], "reef.png") == "damaged"
    assert refused(png(chunk(b"ABCD", b"x")), "reef.png") == "damaged"
    assert refused(png(chunk(b"abCD", b"x")), "reef.png") == ""


def test_a_webp_loses_its_properties_and_its_header_says_so():
    told = webp(riff(b"EXIF", tiff(GPS)), riff(b"XMP ", b"<x dc:creator='Mele'/>"))
    assert notes(told, "reef.webp") == {"position-removed", "author-removed"}
    assert cleaned(told, "reef.webp") == webp(flags=0)
    turned = cleaned(webp(riff(b"EXIF", tiff(ORIENTATION, GPS))), "reef.webp")
    assert turned == webp(riff(b"EXIF", upright_only(6)), flags=0x08)
    assert notes(turned, "reef.webp") == set()


def test_a_heic_photograph_loses_its_position_in_place():
    told = heic(tiff(GPS, CAMERA))
    assert notes(told, "reef.heic") == {"position-removed", "camera-removed"}
    after = cleaned(told, "reef.heic")
    assert len(after) == len(told)
    assert b"Reef" in told
    assert b"Reef" not in after
    assert notes(after, "reef.heic") == set()
    assert cleaned(heic(), "reef.heic") == heic()


def test_a_heic_whose_properties_cannot_be_found_is_refused():
    told = heic(tiff(GPS))
    lost = told.replace(struct.pack(">HHH", 2, 0, 1), struct.pack(">HHH", 9, 0, 1))
    assert refused(lost, "reef.heic") == "damaged"


def test_a_film_loses_its_position_and_keeps_its_length():
    place = box(b"udta", box(b"\xa9xyz", b"\0\x12\x15\xc7-21.1394-175.2049/"))
    camera = full(b"meta", box(b"keys", b"com.apple.quicktime.make"))
    told = mp4(place, camera, end=box(b"uuid", bytes(16) + b"exif:GPSLatitude"))
    assert notes(told, "wharf.mp4") == {"position-removed", "camera-removed"}
    after = cleaned(told, "wharf.mp4")
    assert len(after) == len(told)
    assert b"-21.1394" not in after
    assert b"GPS" not in after
    assert notes(after, "wharf.mp4") == set()


def test_a_film_with_a_track_of_positions_says_that_they_stay():
    table = box(b"mdia", box(b"minf", box(b"stbl", full(b"stsd", b"gpmd"))))
    verdict = look(mp4(in_track=table), "wharf.mp4")
    assert [note.code for note in verdict.notes] == ["position-may-remain"]
    assert (verdict.has_metadata, verdict.needs_cleaning) == (True, False)


def test_films_by_their_own_names():
    assert look(mp4(brand=b"qt  "), "wharf.mov").kind == "mov"
    assert refused(mp4(brand=b"qt  "), "wharf.mp4") == "wrong-name"
    assert refused(mp4(end=box(b"ABCD", b"x")), "wharf.mp4") == "extra-data"
    assert refused(mp4(end=box(b"free", b"x")), "wharf.mp4") == ""


def test_a_reader_that_gives_little_at_a_time_is_read_all_the_same():
    class Slow(io.BytesIO):
        def read(self, size=-1):
            return super().read(min(size, 7) if size >= 0 else size)

    told = jpeg(exif(GPS))
    verdict = inspect(Slow(told), "reef.jpg")
    assert verdict.needs_cleaning
    assert b"".join(clean(Slow(told), verdict)) == jpeg()
