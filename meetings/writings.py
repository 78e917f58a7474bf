"""Every word of a meeting: written revision by revision, never over another's.

Whoever saves says which revision was on the page. If somebody else saved meanwhile, nothing is
overwritten: `Overtaken` carries what is there, and the page shows both. A revision is sealed
under the meeting's key, signed by its author, and carries the hash of the one before it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from access.actors import Actor
from meetings.facts import LABEL, statement
from meetings.models import AgendaItem, Field, Meeting, MeetingKey, Writing
from meetings.sealing import OpenKey, key_to_write_under, open_keys
from vault.crypto.canonical import canonical
from vault.crypto.context import context
from vault.crypto.errors import CannotOpen
from vault.directory import Directory, directory
from vault.manifests import SealBroken
from vault.sessions import Vault
from vault.statements import check_statement, sign_statement

START = bytes(32)
LIMIT = 20_000
FLOOR = 256


@dataclass(frozen=True, slots=True)
class Text:
    """A text as its reader sees it: its words, or why there are none."""

    subject: UUID
    field: str
    revision: int = 0
    words: str = ""
    writing: Writing | None = None
    broken: bool = False
    locked: bool = False


class Overtaken(Exception):
    """Somebody else saved this text meanwhile; `now` is what is there."""

    def __init__(self, now: Text) -> None:
        super().__init__()
        self.now = now


class TooLong(Exception):
    @property
    def sentence(self) -> str:
        return _("Shorten this to %(limit)d characters, or attach it as a paper.") % {
            "limit": LIMIT
        }


def write(
    actor: Actor,
    vault: Vault,
    meeting: Meeting,
    subject: UUID,
    field: str,
    words: str,
    *,
    base: int,
    item: AgendaItem | None = None,
) -> Writing | None:
    """The next revision, in the caller's transaction, which holds the meeting locked and has
    judged the actor. None if the words are the ones that are there already."""
    if len(words) > LIMIT:
        raise TooLong
    former = (
        Writing.objects.select_related("key", "key__item")
        .filter(subject=subject, field=field)
        .order_by("-revision")
        .first()
    )
    if former is not None:
        former.meeting = former.key.meeting = meeting
        now = read_rows(vault, meeting, [former])[0]
        if now.words == words and not now.broken:
            return None
        if former.revision != base:
            raise Overtaken(now)
    opened = key_to_write_under(actor, vault, meeting, item)
    writing = Writing(
        meeting=meeting,
        subject=subject,
        field=field,
        revision=former.revision + 1 if former else 1,
        key=opened.row,
        author_id=actor.user_id,
        administration_id=actor.administration,
        written_at=timezone.now(),
        prev=bytes(former.hash) if former else START,
    )
    writing.sealed = _field_key(opened, writing).seal_field(
        _name(writing), words.encode(), floor=FLOOR
    )
    said = statement(writing)
    writing.signature = sign_statement(vault, LABEL, said)
    writing.hash = _hash(said, writing.signature)
    writing.save(force_insert=True)
    return writing


def _field_key(opened: OpenKey, writing: Writing) -> Any:
    return opened.key.part("writing", writing.subject)


def _name(writing: Writing) -> str:
    return f"{writing.field}:{writing.revision}"


def _hash(said: dict[str, Any], signature: bytes) -> bytes:
    parts = canonical(said), bytes(signature)
    return hashlib.sha256(context("iswg/v1/meeting writing hash", *parts)).digest()


# Reading --------------------------------------------------------------------------------------


def newest(rows: Iterable[Writing]) -> dict[tuple[UUID, str], Writing]:
    """The newest revision of each text among these rows."""
    found: dict[tuple[UUID, str], Writing] = {}
    for row in rows:
        known = found.get((row.subject, row.field))
        if known is None or known.revision < row.revision:
            found[row.subject, row.field] = row
    return found


def read(
    vault: Vault | None,
    meeting: Meeting,
    *,
    fields: Sequence[str] | None = None,
    subjects: Sequence[UUID] | None = None,
) -> dict[tuple[UUID, str], Text]:
    """The texts of a meeting as they stand now, by subject and field; two queries for any number.

    What the reader's keys do not open is there as `locked`, what is not what its author signed
    as `broken`; neither hides the rest.
    """
    rows = Writing.objects.filter(meeting=meeting).select_related(
        "key", "key__item", "author", "administration"
    )
    if fields is not None:
        rows = rows.filter(field__in=fields)
    if subjects is not None:
        rows = rows.filter(subject__in=subjects)
    shown = list(newest(rows.order_by("revision")).values())
    return {(one.subject, one.field): one for one in read_rows(vault, meeting, shown)}


def read_rows(vault: Vault | None, meeting: Meeting, rows: Sequence[Writing]) -> list[Text]:
    """These revisions with their words."""
    for row in rows:
        row.meeting = row.key.meeting = meeting
    return _opened(vault, rows)


def read_titles(
    vault: Vault | None, meetings: Iterable[Meeting], subjects: Iterable[UUID]
) -> dict[UUID, Text]:
    """The titles of meetings or of items, by whose they are; for lists over many meetings."""
    texts = read_across(vault, meetings, subjects, [Field.TITLE])
    return {subject: text for (subject, _field), text in texts.items()}


def read_across(
    vault: Vault | None,
    meetings: Iterable[Meeting],
    subjects: Iterable[UUID],
    fields: Sequence[str],
) -> dict[tuple[UUID, str], Text]:
    """Texts of several meetings as they stand now; two queries for any number."""
    known = {one.pk: one for one in meetings}
    rows = Writing.objects.filter(
        meeting__in=list(known), subject__in=list(subjects), field__in=fields
    ).select_related("key", "key__item", "author", "administration")
    shown = list(newest(rows.order_by("revision")).values())
    for row in shown:
        row.meeting = row.key.meeting = known[row.meeting_id]
    return {(one.subject, one.field): one for one in _opened(vault, shown)}


def _opened(vault: Vault | None, rows: Sequence[Writing]) -> list[Text]:
    keys: dict[int, MeetingKey] = {row.key_id: row.key for row in rows}
    opened, view = open_keys(vault, keys.values()), directory()
    return [_text(row, opened.get(row.key_id), view) for row in rows]


def _text(row: Writing, opened: OpenKey | None, view: Directory) -> Text:
    place = {"subject": row.subject, "field": row.field, "revision": row.revision, "writing": row}
    try:
        check_writing(row, view)
        if opened is None:
            return Text(**place, locked=True)  # type: ignore[arg-type]
        raw = _field_key(opened, row).open_field(_name(row), bytes(row.sealed))
        return Text(**place, words=raw.decode())  # type: ignore[arg-type]
    except CannotOpen:
        return Text(**place, broken=True)  # type: ignore[arg-type]


def check_writing(row: Writing, view: Directory) -> None:
    """The author's signature, and the hash that the next revision carries; else SealBroken."""
    said = statement(row)
    check_statement(
        view, LABEL, said, row.signature,
        author=row.author_id, administration=row.administration_id,
    )  # fmt: skip
    if _hash(said, row.signature) != bytes(row.hash):
        raise SealBroken


def history_of(vault: Vault | None, meeting: Meeting, subject: UUID, field: str) -> list[Text]:
    """Every revision of one text, oldest first; a gap or a wrong link shows as broken."""
    rows = list(
        Writing.objects.filter(meeting=meeting, subject=subject, field=field)
        .select_related("key", "key__item", "author", "administration")
        .order_by("revision")
    )
    texts = read_rows(vault, meeting, rows)
    prev, checked = START, []
    for number, (row, text) in enumerate(zip(rows, texts, strict=True), 1):
        whole = row.revision == number and bytes(row.prev) == prev
        checked.append(text if whole else Text(row.subject, row.field, row.revision, broken=True))
        prev = bytes(row.hash)
    return checked
