"""Who sits at the table, administration by administration: here since when, late, left, excused."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from accounts.models import Administration
from accounts.spoken import fold_name
from meetings.models import Attendance, Meeting, Part
from meetings.roll import attendance_of, was_late


@dataclass(frozen=True, slots=True)
class Sitting:
    """One stretch of somebody's attendance."""

    row: Attendance
    late: bool

    @property
    def is_here(self) -> bool:
        return self.row.left_at is None

    @property
    def part(self) -> str:
        """In what capacity, where that is not the usual one."""
        if self.row.part == Part.ALTERNATE:
            return _("Alternate for the seat %(code)s") % {"code": self.row.for_seat_id}
        usual = {Part.SEAT, Part.DELEGATE}
        return "" if self.row.part in usual else str(Part(self.row.part).label)


@dataclass
class Line:
    """One administration, with everybody who came for it."""

    administration: Administration
    counts: bool
    apology: bool = False
    sittings: list[Sitting] = field(default_factory=list)

    @property
    def code(self) -> str:
        return str(self.administration.pk)

    @property
    def name(self) -> str:
        return self.administration.label

    @property
    def is_here(self) -> bool:
        return any(one.is_here for one in self.sittings)

    @property
    def state(self) -> str:
        """As the look draws it."""
        if self.is_here:
            return "done"
        return "part" if self.sittings else ("off" if self.apology else "none")

    @property
    def words(self) -> str:
        said = {
            "done": _("Here"),
            "part": _("Has left"),
            "off": _("Sent an apology"),
            "none": _("Not here"),
        }
        return said[self.state]


def lines_of(meeting: Meeting, counting: Collection[str]) -> list[Line]:
    """Who takes part, with the seats first, and observers who came by name; then by name."""
    lines = {
        row.administration_id: Line(row.administration, row.administration_id in counting)
        for row in meeting.participants.all()
    }
    for row in attendance_of(meeting):
        line = lines.setdefault(row.administration_id, Line(row.administration, False))
        if row.apology:
            line.apology = True
        else:
            line.sittings.append(Sitting(row, was_late(row, meeting)))
    return sorted(lines.values(), key=lambda one: (not one.counts, fold_name(one.name)))
