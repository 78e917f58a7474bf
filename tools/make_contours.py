"""The depth contours behind the header: a drawing of ours, the same each time it is made.

A sea floor is invented from a few mounts and hollows, then lines of equal depth are walked through
it (marching squares), as on a chart; so they never cross. White at low strength: text above stays
readable.
"""

import math
from pathlib import Path

WIDTH, HEIGHT, CELL = 1600, 480, 20
# x, y, width, height of the bump, its strength (a hollow is negative)
FLOOR = (
    (210, 60, 260, 150, 1.0), (520, 330, 300, 170, -0.7), (760, 40, 210, 120, 0.55),
    (1010, 250, 260, 150, 0.95), (1420, 60, 240, 190, 0.9), (1330, 430, 260, 140, -0.6),
    (110, 430, 250, 150, -0.75), (720, 480, 150, 90, 0.5), (1180, 20, 140, 110, -0.55),
)  # fmt: skip
LEVELS = [level / 100 for level in range(-63, 100, 14)]
Point = tuple[float, float]
# Which edges of a cell a line crosses, for each pattern of corners above the level.
# Corners count 1, 2, 4, 8 from top left clockwise; edges are top, right, bottom, left.
CROSSINGS: dict[int, tuple[tuple[int, int], ...]] = {
    1: ((3, 0),), 2: ((0, 1),), 3: ((3, 1),), 4: ((1, 2),), 5: ((3, 0), (1, 2)), 6: ((0, 2),),
    7: ((3, 2),), 8: ((2, 3),), 9: ((2, 0),), 10: ((0, 1), (2, 3)), 11: ((2, 1),),
    12: ((1, 3),), 13: ((1, 0),), 14: ((0, 3),),
}  # fmt: skip


def depth(x: float, y: float) -> float:
    return sum(s * math.exp(-(((x - a) / w) ** 2) - ((y - b) / h) ** 2) for a, b, w, h, s in FLOOR)


def steps(level: float) -> list[tuple[Point, Point]]:
    """The short lines at which one depth crosses the cells of the grid."""
    found = []
    for x in range(-CELL, WIDTH + CELL, CELL):
        for y in range(-CELL, HEIGHT + CELL, CELL):
            corners = [(x, y), (x + CELL, y), (x + CELL, y + CELL), (x, y + CELL)]
            deep = [depth(*corner) for corner in corners]
            pattern = sum(1 << i for i in range(4) if deep[i] > level)
            for pair in CROSSINGS.get(pattern, ()):
                ends = []
                for edge in pair:
                    (ax, ay), (bx, by) = corners[edge], corners[(edge + 1) % 4]
                    t = (level - deep[edge]) / (deep[(edge + 1) % 4] - deep[edge])
                    ends.append((round(ax + t * (bx - ax), 1), round(ay + t * (by - ay), 1)))
                found.append((ends[0], ends[1]))
    return found


def lines(level: float) -> list[list[Point]]:
    """Short lines joined end to end into long ones."""
    loose = steps(level)
    done = []
    while loose:
        line = list(loose.pop())
        grown = True
        while grown:
            grown = False
            for step in loose:
                for a, b in (step, step[::-1]):
                    if a == line[-1]:
                        line.append(b)
                    elif a == line[0]:
                        line.insert(0, b)
                    else:
                        continue
                    loose.remove(step)
                    grown = True
                    break
                if grown:
                    break
        done.append(line)
    return done


def curve(line: list[Point]) -> str:
    """Every third point, joined by curves that mirror the last control point."""
    closed = line[0] == line[-1]
    kept = line[:-1:3] if closed else [*line[:-1:3], line[-1]]
    points = [(round(x), round(y)) for x, y in kept]
    if len(points) < 4:
        return ""
    if closed:
        points = [points[-1], *points, points[0], points[1]]
    else:
        points = [points[0], *points, points[-1]]
    path = "M{} {}".format(*points[1])
    for i in range(1, len(points) - 2):
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = points[i - 1 : i + 3]
        leave = f"{(cx - ax) / 6:.0f} {(cy - ay) / 6:.0f} " if i == 1 else ""
        arrive = f"{cx - bx - (dx - bx) / 6:.0f} {cy - by - (dy - by) / 6:.0f}"
        path += f"{'c' if i == 1 else 's'}{leave}{arrive} {cx - bx} {cy - by}"
    return path.replace(" -", "-")


def contours(folder: Path) -> list[Path]:
    drawn = folder / "contours.svg"
    path = "".join(curve(line) for level in LEVELS for line in lines(level))
    drawn.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="#bfe3ea" stroke-opacity=".16">'
        f'<path vector-effect="non-scaling-stroke" d="{path}"/></svg>\n'
    )
    return [drawn]
