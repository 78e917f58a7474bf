"""Measuring one thing beside another in the same run: interleaved rounds, medians, ratios."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

ROUNDS = 3


@dataclass
class Case:
    """One way of doing it, and what it took: milliseconds of processor time per call."""

    name: str
    call: Callable[[], object]
    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    result: object = None

    @property
    def ms(self) -> float:
        return statistics.median(self.cpu)

    @property
    def wall_ms(self) -> float:
        return statistics.median(self.wall)


def compare(cases: list[Case], *, seconds: float = 1.5, least: int = 3) -> list[Case]:
    """Let every case run in turn for a while, three rounds, after one warm-up each."""
    for case in cases:
        case.result = case.call()
    for _ in range(ROUNDS):
        for case in cases:
            _round(case, seconds, least)
    return cases


def _round(case: Case, seconds: float, least: int) -> None:
    count, cpu, wall = 0, time.process_time(), time.perf_counter()
    while count < least or time.perf_counter() - wall < seconds:
        case.call()
        count += 1
    case.cpu.append((time.process_time() - cpu) / count * 1000)
    case.wall.append((time.perf_counter() - wall) / count * 1000)


@dataclass(frozen=True)
class Row:
    """One line of docs/benchmarks.md."""

    goal: str
    what: str
    ours: str
    baseline: str
    ratio: str
    floor: str
    met: bool | None

    def as_markdown(self) -> str:
        verdict = {True: "yes", False: "**no**", None: "reported"}[self.met]
        return (
            f"| {self.goal} | {self.what} | {self.ours} | {self.baseline} | {self.ratio} "
            f"| {self.floor} | {verdict} |"
        )


def ms(value: float) -> str:
    return f"{value:.3f} ms" if value < 1 else f"{value:.2f} ms"


def ratio(ours: float, theirs: float) -> str:
    return f"1/{theirs / ours:.1f}" if ours < theirs else f"{ours / theirs:.2f}x"
