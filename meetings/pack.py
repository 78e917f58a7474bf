"""The meeting pack: the agenda with its times as a PDF, and the papers, in one archive.

A pack holds what its reader may read and nothing else; or only what is new since the last one
that this person took. Every file is verified to its last byte before the first one goes out.
"""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from access.actors import Actor
from accounts.models import Administration
from meetings import queries
from meetings.elsewhere import other_dates_of
from meetings.models import AgendaItem, Meeting, PackTaken, Paper
from meetings.papers import OpenPaper, open_papers, stored_files, submitted, verified
from meetings.presentation import Line, agenda_of
from meetings.sealing import open_keys
from meetings.titles import title_of
from papers.content import Entry, Fact
from papers.content import Paper as Printed
from papers.prose import blocks_of
from vault import files
from vault.crypto.errors import CannotOpen
from vault.sessions import Vault

AGENDA = "00 agenda.pdf"
UNSAFE = str.maketrans(dict.fromkeys('\\/:*?"<>|', "_"))
LONGEST = 120


@dataclass(frozen=True, slots=True)
class Piece:
    """One file of the pack."""

    name: str
    size: int
    pieces: Callable[[], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Pack:
    """What is in it, and how many files could not be put into it (not scanned, or damaged)."""

    pieces: tuple[Piece, ...]
    papers: tuple[Paper, ...]
    missing: int = 0


def last_taken(actor: Actor, meeting: Meeting) -> PackTaken | None:
    rows = PackTaken.objects.filter(meeting=meeting, user=actor.user_id)
    return rows.order_by("-taken_at", "-pk").first()


def papers_before(actor: Actor, meeting: Meeting) -> set[str]:
    """The papers of all packs that this person took of the meeting."""
    rows = PackTaken.objects.filter(meeting=meeting, user=actor.user_id)
    return {uuid for papers in rows.values_list("papers", flat=True) for uuid in papers}


def newest_papers(vault: Vault | None, items: Sequence[AgendaItem]) -> list[OpenPaper]:
    """The newest version of each paper, as far as it opens."""
    seen: set[tuple[int, int]] = set()
    rows = []
    for one in submitted(items).filter(withdrawn_at=None):
        if (one.item_id, one.number) not in seen:
            seen.add((one.item_id, one.number))
            rows.append(one)
    return open_papers(vault, items, rows)


def pack_of(
    actor: Actor, vault: Vault | None, meeting: Meeting, agenda: bytes, *, only_new: bool
) -> Pack:
    """Everything verified; nothing is sent yet."""
    items = queries.items_for(actor, meeting)
    known = papers_before(actor, meeting) if only_new else set()
    wanted = [one for one in newest_papers(vault, items) if str(one.paper.uuid) not in known]
    stored = stored_files([one.paper for one in wanted])
    keys = open_keys(vault, {one.paper.key_id: one.paper.key for one in wanted}.values())
    pieces, contained, missing = [_agenda_piece(agenda)], [], 0
    for one in wanted:
        try:
            if one.words is None:
                raise CannotOpen
            ready = [
                verified(keys[one.paper.key_id], one, stored.get(one.paper.uuid, {}), fact)
                for fact in one.words.files
            ]
        except (CannotOpen, files.FileNotReleased, KeyError):
            missing += 1
            continue
        contained.append(one.paper)
        pieces += [
            Piece(_name(one.paper, number, file.name), file.size, file.pieces)
            for number, file in enumerate(ready, 1)
        ]
    return Pack(tuple(pieces), tuple(contained), missing)


def _agenda_piece(agenda: bytes) -> Piece:
    return Piece(AGENDA, len(agenda), lambda: iter((agenda,)))


def _name(paper: Paper, number: int, name: str) -> str:
    """`04 paper 1 v2 - 1 report.pdf`: sorted as the agenda is, a name and never a path."""
    item = paper.item.number  # type: ignore[attr-defined]  # items_for puts it there
    stem, dot, ending = name.translate(UNSAFE).rpartition(".")
    short = f"{stem[:LONGEST]}{dot}{ending[:12]}".strip(". ")
    return f"{item.rjust(2, '0')} paper {paper.number} v{paper.version} - {number} {short}"


# The archive ----------------------------------------------------------------------------------


class _Sink:
    """Where the archive is written, to be given away piece by piece: it is never whole here."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._waiting.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is kept back."""

    def taken(self) -> bytes:
        data, self._waiting = b"".join(self._waiting), []
        return data


def zipped(pack: Pack, moment: datetime.datetime) -> Iterator[bytes]:
    """The archive in pieces. Nothing is compressed: papers are, as their formats do it."""
    sink, stamp = _Sink(), moment.timetuple()[:6]
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:  # type: ignore[call-overload]
        for piece in pack.pieces:
            info = zipfile.ZipInfo(piece.name, stamp)
            with archive.open(info, "w", force_zip64=piece.size > 2**31) as entry:
                for part in piece.pieces():
                    entry.write(part)
                    yield sink.taken()
    yield sink.taken()


# The agenda as a paper ------------------------------------------------------------------------


def agenda_paper(actor: Actor, vault: Vault | None, meeting: Meeting) -> Printed:
    """The agenda with its times and what papers there are, as its reader may read it."""
    home = Administration.objects.get(pk=actor.administration)
    items = queries.items_for(actor, meeting)
    by_item: dict[int, list[OpenPaper]] = {}
    for one in newest_papers(vault, items):
        by_item.setdefault(one.paper.item_id, []).append(one)
    lines = agenda_of(actor, vault, meeting)
    return Printed(
        title=_("Agenda: %(title)s") % {"title": title_of(vault, meeting)},
        language=(get_language() or "en")[:2],
        marking=_("Confidential"),
        meaning=_("For the administrations that take part, and nobody else"),
        reference=meeting.ref,
        taken_by=[f"{home.label} ({home.code})", _moment(timezone.now())],
        of_pages=_("Page %(page)s of %(pages)s"),
        facts=[Fact(term, value) for term, value in _facts(meeting)],
        entries=[_entry(one, by_item.get(one.item.pk, [])) for one in lines],
    )


def _facts(meeting: Meeting) -> list[tuple[str, str]]:
    rows = [(_("Meeting"), f"{meeting.group.label}, {meeting.get_kind_display()}")]
    if meeting.starts_at and meeting.ends_at:
        rows.append((_("Begins"), _moment(meeting.starts_at)))
        rows.append((_("Ends"), _moment(meeting.ends_at)))
        # On the wall there, so that no zone is applied to it a second time.
        there = meeting.starts_at.astimezone(meeting.tz).replace(tzinfo=None)
        words = render_to_string("meetings/_wall.txt", {"moment": there}).strip()
        rows.append((_("Begins, on the host's clock"), words))
        rows += _elsewhere(meeting)
    rows.append((_("Host"), f"{meeting.host.label}, {meeting.get_format_display()}"))
    if meeting.chair:
        rows.append((_("Chair"), meeting.chair.label))
    names = [row.administration.label for row in meeting.participants.all()]
    rows.append((_("Who takes part"), ", ".join(names)))
    zone = render_to_string("meetings/_zone.txt").strip()
    rows.append((_("Times"), _("those of %(zone)s") % {"zone": zone}))
    return rows


def _elsewhere(meeting: Meeting) -> list[tuple[str, str]]:
    """Who is on another date than the reader when it begins."""
    zone = timezone.get_current_timezone()
    return [
        (
            _("Another date"),
            _("%(day)s in %(places)s")
            % {"day": render_to_string("meetings/_day.txt", {"day": one.day}).strip(),
               "places": one.places},
        )
        for one in other_dates_of(meeting, zone)
    ]  # fmt: skip


def _entry(line: Line, papers: Sequence[OpenPaper]) -> Entry:
    item = line.item
    marks = [str(item.get_kind_display())]
    if item.presenter:
        marks.append(_("Presented by %(name)s") % {"name": item.presenter.label})
    if item.is_closed:
        marks.append(_("Closed: %(names)s only") % {"names": line.closed_to})
    for one in papers:
        words = _("Paper %(number)d, version %(version)d: %(title)s")
        facts = {"number": one.paper.number, "version": one.paper.version}
        marks.append(words % {**facts, "title": one.words.title if one.words else "?"})
    return Entry(
        number=str(line.number),
        head=line.title.words or _("Does not open with this key"),
        when=_span(line),
        marks=marks,
        blocks=blocks_of(line.lead.words) if line.lead.words else (),
    )


def _span(line: Line) -> str:
    if line.begins is None or line.ends is None:
        return _("%(n)d min") % {"n": line.item.minutes}
    day = ""
    if line.other_day:
        day = render_to_string("meetings/_day.txt", {"day": timezone.localtime(line.begins).date()})
    begins, ends = (
        render_to_string("meetings/_clock.txt", {"moment": one}).strip()
        for one in (line.begins, line.ends)
    )
    return f"{day.strip()} {begins} – {ends}".strip()


def _moment(moment: datetime.datetime) -> str:
    return render_to_string("meetings/_moment.txt", {"moment": moment}).strip()
