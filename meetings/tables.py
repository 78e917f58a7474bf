"""Tables to take away: CSV that opens in a spreadsheet, and in which no cell computes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

from activity.export import harmless
from vault.streaming import guard


def as_csv(head: Sequence[object], rows: Iterable[Sequence[object]], name: str) -> HttpResponse:
    """With the mark by which spreadsheets know UTF-8."""
    text = io.StringIO()
    text.write("\ufeff")
    writer = csv.writer(text)
    for row in (head, *rows):
        writer.writerow([harmless(str(cell)) for cell in row])
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    guard(response, name)
    return response
