"""The status of an instrument as a table to take away: codes and days, no words.

The first two columns are a contract with other programs (`code,state`, states as in
mous/lifecycle.py); columns may be added behind them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date

from django.http import HttpResponse

from activity.export import harmless
from mous.standing import Row, Standing
from vault.streaming import guard

HEAD = (
    "code", "state", "name", "text_received", "approved_to_sign", "signed", "signature",
    "consent", "acceded", "in_effect_since",
)  # fmt: skip


def status_rows(standing: Standing) -> list[list[str]]:
    """One line a participant, by code."""
    rows = sorted(standing.rows, key=lambda row: row.party.code)
    return [_line(row) for row in rows]


def _line(row: Row) -> list[str]:
    return [
        row.party.code, row.state.value, row.party.label, _day(row.received), _day(row.approved),
        _day(row.signed), row.signature, _day(row.consent), "a" if row.acceded else "",
        _day(row.effect),
    ]  # fmt: skip


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


def as_csv(head: Sequence[object], rows: Iterable[Sequence[object]], name: str) -> HttpResponse:
    """With the mark by which spreadsheets know UTF-8, and in which no cell computes."""
    text = io.StringIO()
    text.write("\ufeff")
    writer = csv.writer(text)
    for row in (head, *rows):
        writer.writerow([harmless(str(cell)) for cell in row])
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    guard(response, name)
    return response
