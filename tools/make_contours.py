"""The depth contours behind the header: a drawing of ours, the same each time it is made.

Three invented sea mounts, each a few closed lines that wander like soundings, with a figure of
depth here and there as on a chart. White lines at low strength, so that text above stays readable.
"""

import math
import random
from pathlib import Path

WIDTH, HEIGHT = 1600, 240
CORNERS = 14  # points on each line: enough to wander, few enough to stay small
MOUNTS = ((300, 40, 1.0, 7), (930, 190, 1.25, 8), (1380, 30, 0.9, 6))  # x, y, size, lines


def wander(rng: random.Random) -> list[tuple[float, float, int]]:
    """A few gentle waves around the circle; one mount keeps the same ones on all its lines."""
    return [(rng.uniform(0.04, 0.16) / n, rng.uniform(0, math.tau), n) for n in (1, 2, 3, 5)]


def line(x: float, y: float, radius: float, waves: list[tuple[float, float, int]]) -> str:
    """One closed contour: points on a wandering oval, joined by smooth curves.

    Each curve leaves a point in the direction from the point before to the point after, so every
    one but the first can be written in the short form that mirrors the last control point.
    """
    points = []
    for step in range(CORNERS):
        angle = math.tau * step / CORNERS
        reach = radius * (1 + sum(a * math.sin(n * angle + phase) for a, phase, n in waves))
        points.append(
            (round(x + 1.75 * reach * math.cos(angle)), round(y + 0.8 * reach * math.sin(angle)))
        )
    path = "M{} {}".format(*points[0])
    for i, (bx, by) in enumerate(points):
        (ax, ay), (cx, cy), (dx, dy) = (points[(i + k) % CORNERS] for k in (-1, 1, 2))
        leave = f"{(cx - ax) / 6:.0f} {(cy - ay) / 6:.0f} " if i == 0 else ""
        arrive = f"{cx - bx - (dx - bx) / 6:.0f} {cy - by - (dy - by) / 6:.0f}"
        path += f"{'s' if i else 'c'}{leave}{arrive} {cx - bx} {cy - by}"
    return path.replace(" -", "-") + "z"


def contours(folder: Path) -> list[Path]:
    """Write the drawing; lines that would lie wholly outside the picture are not in MOUNTS."""
    rng = random.Random(24)  # noqa: S311  a drawing, not a secret
    paths = []
    for x, y, size, count in MOUNTS:
        waves = wander(rng)
        for ring in range(1, count + 1):
            paths.append(line(x, y, size * (16 + 21 * ring + 1.6 * ring * ring), waves))
    drawn = folder / "contours.svg"
    drawn.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="#bfe3ea" stroke-opacity=".15">'
        f'<path d="{"".join(paths)}"/></svg>\n'
    )
    return [drawn]
