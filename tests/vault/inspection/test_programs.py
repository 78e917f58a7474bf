"""Programs are met whatever they are called, and the sentence says what they are."""

import io

import pytest

from tests.vault.inspection.build import (
    GPS,
    exif,
    heic,
    jpeg,
    look,
    ole,
    pdf,
    png,
    refused,
    windows_program,
)
from tests.vault.inspection.build_zip import packed_files
from vault.inspection import clean, inspect

PROGRAMS = {
    "windows": (windows_program(), "a Windows program"),
    "linux": (b"\x7fELF\x02\x01\x01" + bytes(57), "a Linux program"),
    "mac": (b"\xcf\xfa\xed\xfe" + bytes(60), "a Mac program"),
    "mac for two processors": (b"\xca\xfe\xba\xbe\0\0\0\x02" + bytes(60), "a Mac program"),
    "java class": (b"\xca\xfe\xba\xbe\0\0\0\x41" + bytes(60), "a Java program"),
    "android": (b"dex\n035\0" + bytes(60), "an Android program"),
    "web assembly": (b"\0asm\x01\0\0\0", "a WebAssembly program"),
    "shell script": (b"#!/bin/sh\necho hello\n", "a script"),
    "script behind a mark": (b"\xef\xbb\xbf#!/usr/bin/python\n", "a script"),
    "registry": (b"Windows Registry Editor Version 5.00\r\n", "a script"),
    "shortcut": (b"\x4c\0\0\0\x01\x14\x02\0" + bytes(60), "a Windows shortcut"),
    "internet shortcut": (b"[InternetShortcut]\r\nURL=http://x/\r\n", "a Windows shortcut"),
    "html application": (
        b"<html><head><HTA:APPLICATION id=x></head></html>",
        "an HTML application",
    ),
    "installer": (ole("\u4840\u3f3f\u4577"), "a Windows installer"),
}


@pytest.mark.parametrize("case", PROGRAMS)
def test_a_program_named_like_a_photograph_is_refused_in_those_words(case):
    content, words = PROGRAMS[case]
    verdict = look(content, "reef.jpg")
    assert verdict.refused == "program-disguised"
    assert str(verdict.sentence) == f"This is {words} named like a photograph (JPEG)."


@pytest.mark.parametrize("case", PROGRAMS)
def test_a_program_under_its_own_name_is_refused_too(case):
    verdict = look(PROGRAMS[case][0], "setup.exe")
    assert verdict.refused == "program"
    assert PROGRAMS[case][1] in str(verdict.sentence)


def test_the_photograph_itself_passes():
    verdict = look(jpeg(), "reef.jpg")
    assert (verdict.kind, verdict.media_type, verdict.refused) == ("jpeg", "image/jpeg", None)
    assert str(verdict.sentence) == ""


def test_a_table_that_begins_with_the_letters_of_a_program_passes():
    assert refused(b"MZ,vessel\n1,Tui\n", "list.csv") == ""


JAR = {"META-INF/MANIFEST.MF": "Manifest-Version: 1.0\n", "Main.class": b"\xca\xfe\xba\xbe"}
APK = {"AndroidManifest.xml": b"\x03\0\x08\0", "classes.dex": b"dex\n035\0"}
APPX = {"AppxManifest.xml": "<Package/>", "readme.txt": "hello"}


@pytest.mark.parametrize("files", [JAR, APK, APPX], ids=["jar", "apk", "appx"])
def test_a_program_packed_as_a_zip_file_is_refused(files):
    assert refused(packed_files(files), "papers.zip") == "program-packed"


def test_a_program_inside_a_zip_file_is_refused_and_its_neighbour_passes():
    harmless = {"photo.jpg": jpeg(), "notes.txt": "seen at the wharf"}
    assert refused(packed_files(harmless), "papers.zip") == ""
    hostile = packed_files({**harmless, "photo2.jpg": windows_program()})
    verdict = look(hostile, "papers.zip")
    assert (verdict.refused, verdict.inside) == ("program-disguised", True)
    assert str(verdict.sentence).startswith("One of the files inside this one is refused:")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<!DOCTYPE html><html><body>hi</body></html>", "web-page"),
        (b"\n\n <script>alert(1)</script>", "web-page"),
        ("<html></html>".encode("utf-16"), "web-page"),
        (b"<!-- hello --><svg onload='x()'/>", "svg"),
        (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "svg"),
        (b"<?xml version='1.0'?><note/>", "wrong-name"),
        (b"<?php system('x'); ?>", "program-disguised"),
    ],
)
def test_web_pages_and_drawings_that_can_run_are_refused(content, reason):
    assert refused(content, "notes.txt") == reason


def test_a_text_that_only_speaks_of_them_passes():
    assert refused(b"He wrote <script> on the form.\n", "notes.txt") == ""
    assert refused(b"<see the second page>\n", "notes.txt") == ""


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (("WordDocument",), "old-office"),
        (("WordDocument", "Macros", "VBA"), "old-office-macros"),
        (("Workbook", "_VBA_PROJECT_CUR"), "old-office-macros"),
        (("Workbook", "a", "b", "c", "d", "_VBA_PROJECT_CUR"), "old-office-macros"),
        (("EncryptedPackage", "EncryptionInfo"), "locked"),
        (("__substg1.0_0037001F",), "unsupported"),
    ],
)
def test_old_containers_are_told_apart(names, reason):
    assert refused(ole(*names), "report.doc") == reason


@pytest.mark.parametrize(
    "content",
    [b"Rar!\x1a\x07\0", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08", b"{\\rtf1 hello}", b"MSCF"],
)
def test_what_is_not_on_the_list_is_named_and_refused(content):
    assert refused(content + bytes(40), "papers.zip") == "wrong-name"
    assert refused(content + bytes(40), "papers.xyz") == "unsupported"


def test_what_nobody_knows_is_refused():
    assert refused(b"\x00\x01\x02\x03" * 50, "data.txt") == "unknown"


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (pdf(), "wharf.jpg", ("a photograph (JPEG)", "a PDF document")),
        (jpeg(), "wharf.png", ("a picture (PNG)", "a photograph (JPEG)")),
        (png(), "wharf.pdf", ("a PDF document", "a picture (PNG)")),
        (heic(), "wharf.jpg", ("a photograph (JPEG)", "a photograph (HEIC)")),
        (b"hello", "wharf.docx", ("a Word document", "a plain text")),
        (jpeg(), "wharf.xyz", ("a file of a type that is not accepted", "a photograph (JPEG)")),
    ],
)
def test_a_wrong_ending_is_refused_with_both_types_named(content, name, words):
    verdict = look(content, name)
    assert verdict.refused == "wrong-name"
    declared, found = words
    assert str(verdict.sentence) == f"This file is named like {declared}, but it is {found}."


def test_an_empty_file_and_one_byte():
    assert refused(b"", "notes.txt") == "empty"
    assert refused(b"x", "notes.txt") == ""


def test_a_refused_file_is_never_cleaned():
    content = windows_program()
    verdict = inspect(io.BytesIO(content), "reef.jpg")
    with pytest.raises(ValueError, match="refused"):
        clean(io.BytesIO(content), verdict)


def test_a_verdict_of_another_file_does_not_clean_this_one():
    verdict = look(jpeg(exif(GPS)), "reef.jpg")
    assert verdict.needs_cleaning
    with pytest.raises(ValueError, match="another file"):
        clean(io.BytesIO(png(b"")), verdict)
    with pytest.raises(ValueError, match="program"):
        clean(io.BytesIO(windows_program()), verdict)
