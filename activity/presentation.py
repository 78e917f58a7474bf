"""Rows of the record as a page shows them: sentences, names and addresses beside the facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from access.switchboard import described
from activity import words
from activity.export import spelt
from activity.models import JournalEntry, Notice
from activity.ports import NOTICES, administration_name, page_of, references_of
from activity.queries import detail_of, names_of

BASES = "bases"  # of a decision: on what each recipient may receive it


@dataclass(frozen=True, slots=True)
class NoticeRow:
    pk: int
    sentence: str
    origin: str
    urgency: str
    url: str
    notice: Notice


def notice_rows(notices: Iterable[Notice]) -> list[NoticeRow]:
    rows = list(notices)
    names = {code: administration_name(code) for code in {notice.origin for notice in rows}}
    return [_notice_row(notice, names[notice.origin]) for notice in rows]


def _notice_row(notice: Notice, origin: str) -> NoticeRow:
    url = page_of(notice.target, notice.reference)
    return NoticeRow(
        pk=notice.pk,
        sentence=words.concerns(notice.event, origin),
        origin=origin,
        urgency=words.urgency(notice.urgency),
        url="" if url == NOTICES else url,
        notice=notice,
    )


@dataclass(frozen=True, slots=True)
class JournalRow:
    seq: int
    at: datetime
    who: str
    what: str
    subject: str
    url: str
    detail: list[tuple[str, str]]


def journal_rows(entries: Iterable[JournalEntry]) -> list[JournalRow]:
    rows = list(entries)
    people = {row.user_id for row in rows if row.user_id} | {
        int(row.target.partition(":")[2]) for row in rows if _is_person(row.target)
    }
    names, references = names_of(people), references_of(row.target for row in rows)
    traced = {one for row in rows for one in detail_of(row).get(BASES, {}).values()}
    bases = described(traced) if traced else {}
    return [_journal_row(row, names, references, bases) for row in rows]


def _is_person(target: str) -> bool:
    return target.startswith("accounts.user:")


def _journal_row(
    row: JournalEntry,
    names: dict[int, str],
    references: dict[str, str],
    bases: Mapping[str, str],
) -> JournalRow:
    detail = detail_of(row)
    if BASES in detail:
        detail[BASES] = {code: bases.get(one, one) for code, one in detail[BASES].items()}
    command = detail.pop("command", "")
    reference = references.get(row.target, "")
    return JournalRow(
        seq=row.seq,
        at=row.at,
        who=names.get(row.user_id or 0, "") or _("The portal itself (%s)") % command,
        what=words.happened(row.event),
        subject=_subject(row.target, names, reference),
        url=page_of(row.target, reference) if reference else "",
        detail=[
            (words.detail_name(name), shown)
            for name, value in detail.items()
            if (shown := words.detail_value(name, value) or spelt(value))
        ],
    )


def _subject(target: str, names: dict[int, str], reference: str) -> str:
    """What the line is about: a reference, a name, a code, or the beginning of an id."""
    public_id = target.partition(":")[2]
    if reference or not public_id:
        return reference or target
    if _is_person(target):
        return names.get(int(public_id), public_id)
    return public_id[:8]
