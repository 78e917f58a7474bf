"""The year in figures."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from meetings.reports import Line, Report, report_of
from meetings.tables import as_csv

BEGINS, LENGTH, STEP = 170, 420, 26  # of the bars on the drawing


@dataclass(frozen=True, slots=True)
class Bar:
    """One administration on the drawing: its row, and each part of its bar."""

    line: Line
    y: int
    parts: tuple[tuple[str, int, int], ...]  # look, x, width

    @property
    def base(self) -> int:
        return self.y + 14


@require_GET
def reports(request: HttpRequest) -> HttpResponse:
    report = report_of(request.actor, request.GET.get("year", ""))
    bars = _bars(report)
    context = {
        "nav_key": "meetings",
        "report": report,
        "bars": bars,
        "height": STEP * len(bars) + 8,
        "tabs": [
            {"label": one, "url": f"?year={one}", "current": one == report.year}
            for one in report.years
        ],
    }
    return render(request, "meetings/reports.html", context)


def _bars(report: Report) -> list[Bar]:
    most = max((line.held for line in report.lines), default=0)
    unit = LENGTH // most if most else 0
    bars = []
    for number, line in enumerate(report.lines):
        x, parts = BEGINS, []
        for look, count in (
            ("on-time", line.on_time), ("came-late", line.late), ("sorry", line.apologies),
            ("away", line.absent),
        ):  # fmt: skip
            if count > 0:
                parts.append((look, x, unit * count - 2))
                x += unit * count
        bars.append(Bar(line, STEP * number + 4, tuple(parts)))
    return bars


@require_GET
def reports_csv(request: HttpRequest) -> HttpResponse:
    report = report_of(request.actor, request.GET.get("year", ""))
    head = [
        _("Administration"), _("Code"), _("Fiscal year"), _("Meetings held"), _("Present"),
        _("Of these late"), _("Apologies"), _("Absent"), _("Actions due"), _("Actions on time"),
        _("Papers"), _("Papers on time"),
    ]  # fmt: skip
    rows = [
        [
            one.administration.label, one.administration.pk, report.year, one.held, one.present,
            one.late, one.apologies, one.absent, one.actions, one.actions_on_time, one.papers,
            one.papers_on_time,
        ]
        for one in report.lines
    ]  # fmt: skip
    return as_csv(head, rows, f"meetings-{report.year or 'none'}.csv")
