"""Named sets of administrations, which the composer expands to names and freezes.

Some are kept as rows (regions, languages); those that follow from membership and seats are
computed for a day, because both change by election and not by somebody editing a list.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import RecipientGroup
from accounts.queries import members_on, seats_on


@dataclass(frozen=True, slots=True)
class Group:
    slug: str
    label: str
    codes: tuple[str, ...]


def groups_on(day: datetime.date) -> list[Group]:
    """Every group as of that day, without administrations that are suspended or gone."""
    members = {row.code for row in members_on(day) if not _is_suspended(row, day)}
    seats = {seat.administration_id for seat in seats_on(day)}
    kept = RecipientGroup.objects.prefetch_related("administrations").order_by("name")
    return [
        _group("members", _("All members"), members),
        _group("iswg", _("Seats of the working group"), seats & members),
        *(
            _group(row.slug, row.label, {one.code for one in row.administrations.all()} & members)
            for row in kept
        ),
    ]


def _group(slug: str, label: str, codes: set[str]) -> Group:
    return Group(slug, label, tuple(sorted(codes)))


def _is_suspended(administration, day: datetime.date) -> bool:
    return administration.suspended_on is not None and administration.suspended_on <= day
