"""Ports and other places that a bulletin may name: read once from `data/ports.csv`.

Coordinates of some rows come from OpenStreetMap by way of improved-un-locodes (ODbL); the page
that draws them says so. See THIRD_PARTY.md.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from accounts.spoken import spoken

SOURCE = Path(__file__).parent / "data" / "ports.csv"


@dataclass(frozen=True, slots=True)
class Port:
    """A place by its UN/LOCODE; `administration` is the two-letter code."""

    code: str
    administration: str
    name: str
    kind: str
    latitude: float
    longitude: float

    @property
    def label(self) -> str:
        return f"{spoken(self.name)} ({self.code})"


@cache
def ports() -> dict[str, Port]:
    """Every port by code, in the order of administrations and names."""
    with SOURCE.open(encoding="utf-8", newline="") as file:
        found = [
            Port(
                row["unlocode"], row["alpha2"], row["name"], row["kind"],
                float(row["latitude"]), float(row["longitude"]),
            )
            for row in csv.DictReader(file)
        ]  # fmt: skip
    return {port.code: port for port in sorted(found, key=lambda p: (p.administration, p.name))}


def ports_named(codes: tuple[str, ...]) -> list[Port]:
    return [ports()[code] for code in codes if code in ports()]
