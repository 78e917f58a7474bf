"""Map data and other structured texts: KML, GPX, GeoJSON, JSON."""

import re
from typing import Final

from vault.inspection.limits import KIB
from vault.inspection.signatures import head_text
from vault.inspection.source import Source
from vault.inspection.verdict import Finding, NoteCode, Reason, Refused
from vault.inspection.xmlparts import Attributes, local, parse

_GEOJSON: Final = re.compile(
    r'"type"\s{0,9}:\s{0,9}"(?:Feature|FeatureCollection|GeometryCollection|(?:Multi)?'
    r'(?:Point|LineString|Polygon))"'
)
_FETCHING: Final = frozenset({"NetworkLink", "NetworkLinkControl"})
_MAX_LINK: Final = 2000


def examine_map(source: Source, kind: str) -> Finding:
    """KML or GPX: well-formed, of the kind it says, and not reaching for anything by itself."""
    finding = Finding(kind)
    state = {"root": True, "link": ""}

    def on_element(name: str, attributes: Attributes) -> None:
        if state["root"] and local(name) != kind:
            raise Refused(Reason.UNSUPPORTED, found="xml")
        if local(name) in _FETCHING:
            raise Refused(Reason.OUTSIDE_CONTENT)
        state.update(root=False, link="" if local(name) == "href" else "-")

    def on_text(text: str) -> None:
        link = str(state["link"])
        if link == "-" or len(link) > _MAX_LINK:
            return
        state["link"] = link = link + text.strip()
        if re.match(r"[a-z][a-z0-9+.-]{1,20}:|//|\\\\", link, re.I):
            if not re.match(r"https?:", link, re.I):
                raise Refused(Reason.OUTSIDE_CONTENT)
            finding.note(NoteCode.MAP_FETCHES)

    parse(source.pieces(), on_element, on_text)
    return finding


def structured_kind(source: Source, declared: str) -> str:
    """`geojson` or `json` for a text that is one and is named like one, else empty."""
    head = (head_text(source.read(0, 64 * KIB)) or "").lstrip("\ufeff \t\r\n")
    tail = (head_text(source.read(max(0, source.size - 64), 64)) or "").rstrip()
    if declared not in ("json", "geojson") or not head.startswith(("{", "[")):
        return ""
    if not tail.endswith("}" if head.startswith("{") else "]"):
        raise Refused(Reason.TRUNCATED)
    return "geojson" if _GEOJSON.search(head) else "json"
