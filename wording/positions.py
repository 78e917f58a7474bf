"""A latitude and a longitude as an officer types them: decimal, or degrees with N, S, E and W.

French letters are read too (O for ouest). Nothing is refused here; a place off the globe is
returned as it was typed, and whoever asks says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_FIGURE = r"[0-9]{1,3}(?:[.,][0-9]{1,8})?"
_DECIMAL = re.compile(
    r"([-+]?[0-9]{1,3}(?:\.[0-9]{1,10})?)\s*°?(?:\s*,\s*|\s+)([-+]?[0-9]{1,3}(?:\.[0-9]{1,10})?)\s*°?"
)
_ANGLE = rf"({_FIGURE}(?:[\s°º'′’\"″”:]+{_FIGURE}){{0,2}})[\s°º'′’\"″”]*"
_LETTER_LAST = re.compile(rf"{_ANGLE}([NS])[\s,/]*{_ANGLE}([EWO])", re.IGNORECASE)
_LETTER_FIRST = re.compile(rf"([NS])\s*{_ANGLE}[,/]?\s*([EWO])\s*{_ANGLE}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Position:
    """Degrees, south and west negative."""

    latitude: float
    longitude: float
    has_odd_minutes: bool = False

    @property
    def is_on_the_globe(self) -> bool:
        return abs(self.latitude) <= 90 and abs(self.longitude) <= 180

    def __str__(self) -> str:
        """Rounded to about a hundred metres, so that two ways to write one place are equal."""
        latitude, longitude = (round(value, 3) + 0.0 for value in (self.latitude, self.longitude))
        # The line opposite Greenwich has two names.
        return f"{latitude:.3f},{180.0 if longitude == -180 else longitude:.3f}"


def position_in(text: str) -> Position | None:
    """The position that the whole text is, or None."""
    text = text.strip()
    if found := _DECIMAL.fullmatch(text):
        return Position(float(found[1]), float(found[2]))
    if found := _LETTER_LAST.fullmatch(text):
        return _from_angles(found[1], found[2], found[3], found[4])
    if found := _LETTER_FIRST.fullmatch(text):
        return _from_angles(found[2], found[1], found[4], found[3])
    return None


def _from_angles(latitude: str, north: str, longitude: str, east: str) -> Position:
    up, up_odd = _degrees(latitude)
    along, along_odd = _degrees(longitude)
    return Position(
        -up if north in "Ss" else up, along if east in "Ee" else -along, up_odd or along_odd
    )


def _degrees(angle: str) -> tuple[float, bool]:
    """Degrees, minutes and seconds as one figure, and whether one of the latter reaches sixty."""
    parts = [float(part.replace(",", ".")) for part in re.findall(_FIGURE, angle)]
    value = sum(part / 60**power for power, part in enumerate(parts))
    return value, any(part >= 60 for part in parts[1:])
