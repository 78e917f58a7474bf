"""The land of the Pacific, centred on the 180th meridian, from Natural Earth by way of world-atlas.

A flat projection of eight units to the degree, from 112 E to 128 W and 48 S to 22 N: nobody sails
by it, and everybody finds their islands. Points of the administrations are not part of this file;
`iswg/pacific.py` places them from latitude and longitude with the same two numbers.
"""

import json
import math
from collections.abc import Iterable
from pathlib import Path

Point = tuple[float, float]
WEST, EAST, SOUTH, NORTH, SCALE = 112, 232, -48, 22, 8
MARGIN = 2
# ISO numeric codes of the 24: their land is drawn a shade darker than the rest.
MEMBERS = {
    "016", "036", "090", "184", "242", "258", "296", "316", "520", "540", "548", "554",
    "570", "580", "583", "584", "585", "598", "626", "772", "776", "798", "876", "882",
}  # fmt: skip


def decode(topology: dict) -> list[list[Point]]:
    """TopoJSON stores each line as steps from the last point, in whole numbers."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    lines = []
    for arc in topology["arcs"]:
        x = y = 0
        line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((x * sx + tx, y * sy + ty))
        lines.append(line)
    return lines


def ring(indexes: Iterable[int], lines: list[list[Point]]) -> list[Point]:
    """Join lines to one shore, and count longitude eastward from Greenwich to 360."""
    points: list[Point] = []
    for index in indexes:
        line = lines[index] if index >= 0 else lines[~index][::-1]
        points += line[1:] if points else line
    return [(x + 360 if x < 0 else x, y) for x, y in points]


def clip(shore: list[Point]) -> list[Point]:
    """Cut a shore at the four edges of the window (Sutherland and Hodgman)."""
    edges = (
        (0, 1, WEST - MARGIN),
        (0, -1, EAST + MARGIN),
        (1, 1, SOUTH - MARGIN),
        (1, -1, NORTH + MARGIN),
    )
    for axis, sign, limit in edges:
        kept: list[Point] = []
        for p, q in zip([*shore[-1:], *shore], shore, strict=False):
            inside_p, inside_q = p[axis] * sign >= limit * sign, q[axis] * sign >= limit * sign
            if inside_p != inside_q:
                t = (limit - p[axis]) / (q[axis] - p[axis])
                kept.append((p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])))
            if inside_q:
                kept.append(q)
        shore = kept
    return shore


def thin(points: list[Point], tolerance: float) -> list[Point]:
    """Leave out what the eye does not miss (Douglas and Peucker)."""
    if len(points) < 3:
        return points
    (x1, y1), (x2, y2) = points[0], points[-1]
    dx, dy = x2 - x1, y2 - y1
    length = math.hypot(dx, dy)

    def away(p: Point) -> float:
        if not length:
            return math.hypot(p[0] - x1, p[1] - y1)
        return abs(dy * (p[0] - x1) - dx * (p[1] - y1)) / length

    far = max(range(1, len(points) - 1), key=lambda i: away(points[i]))
    if away(points[far]) <= tolerance:
        return [points[0], points[-1]]
    return thin(points[: far + 1], tolerance)[:-1] + thin(points[far:], tolerance)


def area(points: list[Point]) -> float:
    return (
        abs(
            sum(
                p[0] * q[1] - q[0] * p[1]
                for p, q in zip(points[-1:] + points, points, strict=False)
            )
        )
        / 2
    )


def path(shore: list[Point], tolerance: float, least: float) -> str:
    """One shore as a relative SVG path in whole units, or nothing when too small to see."""
    if max(x for x, _ in shore) - min(x for x, _ in shore) > 180:
        return ""  # crosses Greenwich once longitudes are shifted: not in our window
    drawn = [((x - WEST) * SCALE, (NORTH - y) * SCALE) for x, y in clip(shore)]
    if len(drawn) < 3 or area(drawn) < least:
        return ""
    points = thin([*drawn, drawn[0]], tolerance)
    if len(points) < 4:
        return ""
    x, y = (round(v) for v in points[0])
    text = f"M{x} {y}"
    for px, py in points[1:-1]:
        step = round(px) - x, round(py) - y
        if any(step):
            text += f"l{step[0]} {step[1]}".replace(" -", "-")
            x, y = x + step[0], y + step[1]
    return text + "z"


def pacific_map(package: Path, folder: Path) -> list[Path]:
    """Write the land as two symbols, one of the members and one of everybody else."""
    topology = json.loads((package / "countries-10m.json").read_text())
    lines = decode(topology)
    drawn = {"m": "", "o": ""}
    for country in topology["objects"]["countries"]["geometries"]:
        kind, tolerance, least = ("m", 0.7, 0.5) if country.get("id") in MEMBERS else ("o", 1.0, 3)
        many = country["arcs"] if country["type"] == "MultiPolygon" else [country["arcs"]]
        drawn[kind] += "".join(path(ring(rings[0], lines), tolerance, least) for rings in many)
    land = folder / "land.svg"
    land.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 560">'
        f'<path id="others" d="{drawn["o"]}"/><path id="members" d="{drawn["m"]}"/></svg>\n'
    )
    licence = folder / "LICENSE.txt"
    licence.write_text(
        "Land: Natural Earth, public domain. Packed by world-atlas:\n\n"
        + (package / "LICENSE").read_text()
    )
    return [land, licence]
