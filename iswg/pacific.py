"""Where the 24 administrations lie on our map, and on which side their names are written.

Latitude and longitude are those of the customs head office in the domain data (American Samoa is
drawn a hair to the south-east, or its mark would lie under Samoa's). The window and the
scale are those of the drawing (`tools/make_map.py`): eight units to a degree, 112 E at the left
edge, 22 N at the top, so that the 180th meridian is near the middle.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

WEST, NORTH, SCALE = 112, 22, 8
FAR_EAST = 800  # a name to the right of it would leave the drawing
LETTER, LINE = 8, 14  # about how much room a name takes


@dataclass(frozen=True, slots=True)
class Place:
    latitude: float
    longitude: float
    dx: int  # from the mark to its name
    dy: int
    anchor: str = "start"  # which end of the name stands at (dx, dy)

    @property
    def x(self) -> float:
        return round((self.longitude % 360 - WEST) * SCALE, 1)

    @property
    def y(self) -> float:
        return round((NORTH - self.latitude) * SCALE, 1)


PLACES = {
    "AS": Place(-14.60, -170.35, 11, 10),
    "AU": Place(-35.30, 149.10, -12, 4, "end"),
    "CK": Place(-21.21, -159.77, 11, 4),
    "FJ": Place(-18.14, 178.44, -10, 12, "end"),
    "FM": Place(6.89, 158.24, -11, 4, "end"),
    "GU": Place(13.44, 144.79, -11, 6, "end"),
    "KI": Place(1.33, 172.98, 11, 4),
    "MH": Place(7.09, 171.38, 11, 2),
    "MP": Place(15.18, 145.75, 11, 2),
    "NC": Place(-22.27, 166.45, -11, 12, "end"),
    "NR": Place(-0.55, 166.92, -11, 4, "end"),
    "NU": Place(-19.05, -169.92, 11, 6),
    "NZ": Place(-41.29, 174.78, 12, 6),
    "PF": Place(-17.55, -149.56, 11, 4),
    "PG": Place(-9.47, 147.16, 8, 20),
    "PW": Place(7.34, 134.48, -11, 4, "end"),
    "SB": Place(-9.45, 159.97, 11, 0),
    "TK": Place(-9.20, -171.85, 11, 2),
    "TL": Place(-8.55, 125.58, 2, 22, "middle"),
    "TO": Place(-21.13, -175.20, -9, 14, "end"),
    "TV": Place(-8.52, 179.20, -4, -12, "middle"),
    "VU": Place(-17.74, 168.32, -11, 2, "end"),
    "WF": Place(-13.28, -176.17, -11, -2, "end"),
    "WS": Place(-13.83, -171.76, -2, -11, "middle"),
}
# Names that would run into their neighbours are shortened on the map; the link keeps the whole.
SHORT = {
    "AS": _("Am. Samoa"),
    "FM": _("Micronesia"),
    "MP": _("N. Marianas"),
    "PF": _("French Polynesia"),
    "PG": _("Papua New Guinea"),
}


def part(thing: Any, name: str) -> Any:
    """A row may be an object or a dict: pages build small lists of either."""
    return thing.get(name) if isinstance(thing, dict) else getattr(thing, name, None)


def _port(point: Any) -> Place | None:
    """Where a port or another place with coordinates lies; its name goes where there is room."""
    latitude, longitude = part(point, "latitude"), part(point, "longitude")
    if latitude is None or longitude is None:
        return None
    place = Place(float(latitude), float(longitude), 11, 4)
    return place if place.x < FAR_EAST else replace(place, dx=-11, anchor="end")


def placed(points: Iterable[Any]) -> list[dict[str, Any]]:
    """The points that have a place on the map, with it; the Secretariat has none.

    Administrations are known by their code; anything else brings latitude and longitude.
    """
    found = []
    for point in points:
        code = part(point, "code")
        if place := PLACES.get(code) or _port(point):
            row = {key: part(point, key) or "" for key in ("code", "name", "words", "url")}
            state = part(point, "state") or "none"
            found.append({**row, "state": state, "place": place, "short": SHORT.get(code)})
    return [_clear_of_marks(row, found) for row in found]


def _clear_of_marks(row: dict[str, Any], others: list[dict[str, Any]]) -> dict[str, Any]:
    """The name of a port goes to the left if another mark stands where it would be written."""
    place = row["place"]
    if row["code"] in PLACES or place.anchor != "start":
        return row
    room = place.dx + LETTER * len(row["name"])
    marks = [other["place"] for other in others if other is not row]
    if any(0 < mark.x - place.x < room and abs(mark.y - place.y) < LINE for mark in marks):
        return {**row, "place": replace(place, dx=-11, anchor="end")}
    return row
