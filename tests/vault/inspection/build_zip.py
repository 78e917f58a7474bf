"""Builds archives and documents, also such as no packing program would write."""

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass


@dataclass
class Member:
    """One packed file; every field can be made to lie."""

    name: bytes
    content: bytes = b"hello"
    deflate: bool = True
    flags: int = 0
    method: int | None = None
    size: int | None = None
    local_name: bytes | None = None
    outer: int = 0
    gap: bytes = b""

    def body(self) -> bytes:
        if not self.deflate:
            return self.content
        machine = zlib.compressobj(9, zlib.DEFLATED, -15)
        return machine.compress(self.content) + machine.flush()


def raw_zip(
    *members: Member, before: bytes = b"", after: bytes = b"", comment: bytes = b""
) -> bytes:
    out, directory = before, b""
    for member in members:
        at = len(out)
        body = member.body()
        method = member.method if member.method is not None else (8 if member.deflate else 0)
        size = len(member.content) if member.size is None else member.size
        facts = (20, member.flags, method, 0, 0x21, zlib.crc32(member.content), len(body), size)
        local = member.local_name or member.name
        out += struct.pack("<4s5H3I2H", b"PK\x03\x04", *facts, len(local), 0) + local + body
        out += member.gap
        tail = (len(member.name), 0, 0, 0, 0, member.outer, at)
        directory += struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, *facts, *tail) + member.name
    return out + directory + end_record(len(members), len(directory), len(out), comment) + after


def end_record(count: int, size: int, at: int, comment: bytes = b"") -> bytes:
    return (
        struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, size, at, len(comment)) + comment
    )


def packed_files(files: dict[str, bytes | str]) -> bytes:
    """An ordinary archive, written by Python's own module."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            stored = zipfile.ZIP_STORED if name == "mimetype" else None
            archive.writestr(name, content, compress_type=stored)
    return out.getvalue()


def parts(content: bytes) -> dict[str, bytes]:
    """What an ordinary program unpacks; checks all sums on the way."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


# --- Office -----------------------------------------------------------------------------------

MAIN = {
    "docx": ("word/document.xml", "wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet.main+xml"),
    "pptx": ("ppt/presentation.xml", "presentationml.presentation.main+xml"),
}
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
CORE = (
    '<?xml version="1.0"?><cp:coreProperties '
    f'xmlns:cp="{_PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    "<dc:creator>Mele Fonua</dc:creator>"
    "<cp:lastModifiedBy>Sione Havili</cp:lastModifiedBy></cp:coreProperties>"
)
APP = (
    '<?xml version="1.0"?><Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
    'extended-properties"><Company>Ministry of Lagoons</Company></Properties>'
)
CUSTOM = (
    '<?xml version="1.0"?><Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
    'custom-properties"><property name="Case officer">Lupe</property></Properties>'
)


def relations(*rows: tuple[str, str] | tuple[str, str, str]) -> str:
    said = ""
    for number, row in enumerate(rows):
        kind = row[0] if row[0].startswith("http") else f"{_OFFICE}/{row[0]}"
        mode = f' TargetMode="{row[2]}"' if len(row) == 3 else ""
        said += f'<Relationship Id="r{number}" Type="{kind}" Target="{row[1]}"{mode}/>'
    head = f'<?xml version="1.0"?><Relationships xmlns="{_PACKAGE}/relationships">'
    return f"{head}{said}</Relationships>"


def office(
    kind: str = "docx",
    *,
    body: str = "<w:p/>",
    properties: bool = False,
    content_type: str = "",
    extra: dict[str, bytes | str] | None = None,
) -> bytes:
    main, declared = MAIN[kind]
    rows: list[tuple[str, str]] = [("officeDocument", main)]
    files: dict[str, bytes | str] = {}
    if properties:
        rows += [
            (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
            ("extended-properties", "docProps/app.xml"),
            ("custom-properties", "docProps/custom.xml"),
            (f"{_PACKAGE}/relationships/metadata/thumbnail", "docProps/thumbnail.jpeg"),
        ]
        files |= {"docProps/core.xml": CORE, "docProps/app.xml": APP, "docProps/custom.xml": CUSTOM}
        files |= {"docProps/thumbnail.jpeg": b"\x01\x02 not drawn"}
    types = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        'content-types"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{main}" ContentType="'
        f'{content_type or "application/vnd.openxmlformats-officedocument." + declared}"/></Types>'
    )
    document = (
        '<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="urn:w" xmlns:r="urn:r">'
        f"{body}</w:document>"
    )
    base: dict[str, bytes | str] = {"[Content_Types].xml": types, "_rels/.rels": relations(*rows)}
    return packed_files({**base, main: document, **files, **(extra or {})})


# --- OpenDocument -----------------------------------------------------------------------------

META = (
    '<?xml version="1.0"?><office:document-meta '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta>'
    "<dc:creator>Mele Fonua</dc:creator></office:meta></office:document-meta>"
)


def opendocument(
    kind: str = "text",
    *,
    body: str = "",
    meta: str = META,
    entry: str = "",
    extra: dict[str, bytes | str] | None = None,
) -> bytes:
    manifest = (
        '<?xml version="1.0"?><manifest:manifest '
        'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="/" manifest:media-type=""/>'
        '<manifest:file-entry manifest:full-path="Thumbnails/thumbnail.png"/>'
        f"{entry}</manifest:manifest>"
    )
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        'xmlns:office="urn:o" xmlns:text="urn:t" xmlns:draw="urn:d" xmlns:xlink="urn:x" '
        f'xmlns:dc="urn:dc" xmlns:meta="urn:m">{body}</office:document-content>'
    )
    return packed_files(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": content,
            "meta.xml": meta,
            "META-INF/manifest.xml": manifest,
            **(extra or {}),
        }
    )
