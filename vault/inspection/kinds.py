"""The kinds of file that may be attached, and the words for them and for what is not.

The table is the allow-list: what is not here is refused.
"""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Kind:
    media_type: str
    label: Promise | str
    extensions: tuple[str, ...]  # the first is the usual one


_OOXML: Final = "application/vnd.openxmlformats-officedocument"
_ODF: Final = "application/vnd.oasis.opendocument"

KINDS: Final[dict[str, Kind]] = {
    "jpeg": Kind("image/jpeg", _("a photograph (JPEG)"), ("jpg", "jpeg", "jpe", "jfif")),
    "png": Kind("image/png", _("a picture (PNG)"), ("png",)),
    "webp": Kind("image/webp", _("a picture (WebP)"), ("webp",)),
    "gif": Kind("image/gif", _("a picture (GIF)"), ("gif",)),
    "heic": Kind("image/heic", _("a photograph (HEIC)"), ("heic", "heif")),
    "pdf": Kind("application/pdf", _("a PDF document"), ("pdf",)),
    "docx": Kind(f"{_OOXML}.wordprocessingml.document", _("a Word document"), ("docx",)),
    "xlsx": Kind(f"{_OOXML}.spreadsheetml.sheet", _("an Excel workbook"), ("xlsx",)),
    "pptx": Kind(
        f"{_OOXML}.presentationml.presentation", _("a PowerPoint presentation"), ("pptx",)
    ),
    "odt": Kind(f"{_ODF}.text", _("an OpenDocument text"), ("odt",)),
    "ods": Kind(f"{_ODF}.spreadsheet", _("an OpenDocument spreadsheet"), ("ods",)),
    "odp": Kind(f"{_ODF}.presentation", _("an OpenDocument presentation"), ("odp",)),
    "csv": Kind("text/csv", _("a table (CSV)"), ("csv", "tsv")),
    "txt": Kind("text/plain", _("a plain text"), ("txt", "text", "log", "md")),
    "json": Kind("application/json", _("structured data (JSON)"), ("json",)),
    "geojson": Kind("application/geo+json", _("map data (GeoJSON)"), ("geojson", "json")),
    "kml": Kind("application/vnd.google-earth.kml+xml", _("map data (KML)"), ("kml",)),
    "gpx": Kind("application/gpx+xml", _("a track (GPX)"), ("gpx",)),
    "zip": Kind("application/zip", _("a ZIP file"), ("zip", "kmz")),
    "mp4": Kind("video/mp4", _("a video (MP4)"), ("mp4", "m4v")),
    "mov": Kind("video/quicktime", _("a video (MOV)"), ("mov", "qt")),
    "age": Kind("application/octet-stream", _("a file sealed with age"), ("age",)),
}

# Names of things that are never accepted, for sentences only.
OTHER_LABELS: Final[dict[str, Promise | str]] = {
    "windows-program": _("a Windows program"),
    "windows-shortcut": _("a Windows shortcut"),
    "windows-installer": _("a Windows installer"),
    "linux-program": _("a Linux program"),
    "mac-program": _("a Mac program"),
    "java-program": _("a Java program"),
    "android-program": _("an Android program"),
    "web-program": _("a WebAssembly program"),
    "script": _("a script"),
    "html-application": _("an HTML application"),
    "html": _("a web page (HTML)"),
    "svg": _("a drawing (SVG)"),
    "xml": _("an XML file"),
    "rtf": _("an RTF document"),
    "old-office": _("an Office file of the old format"),
    "outlook": _("an Outlook message"),
    "archive": _("an archive other than ZIP"),
    "disk-image": _("a disk image"),
    "unknown": _("a file of a type that is not accepted"),
}

_PROGRAMS: Final = (
    "ade adp apk app appref-ms appx appxbundle bat chm cmd com cpl crt dex dll dmg docm dotm exe "
    "elf gadget hlp hta htm html inf ins iqy isp iso img jar js jse jsp ksh lib lnk mde mht mhtml "
    "mjs msc msh msi msix msp mst ocx one pif pkg potm ppam pptm ppsm prg ps1 psm1 py pyc pyw rb "
    "reg scf scr sct settingcontent-ms sh shb slk svg svgz swf sys tmp url vb vbe vbs vbscript "
    "vhd vhdx vxd wasm wsc wsf wsh xhtml xlam xll xlm xlsb xlsm xltm xpi"
)
PROGRAM_EXTENSIONS: Final = frozenset(_PROGRAMS.split())


def kinds_of(extension: str) -> tuple[str, ...]:
    """The kinds that a file with this extension may be."""
    return tuple(kind for kind, facts in KINDS.items() if extension in facts.extensions)


def label(code: str) -> Promise | str:
    """The words for a kind, or for something that is not accepted."""
    if code in KINDS:
        return KINDS[code].label
    return OTHER_LABELS.get(code, OTHER_LABELS["unknown"])
