"""Papers as they are sealed, signed and read.

A paper's title, and what each of its files is, to the sum of its bytes, are sealed under the key
that its item had when it was submitted, and signed by who submitted it. So a file is what its
author sent only if what lies here comes to that very sum.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from meetings.facts import PAPER_KIND
from meetings.models import AgendaItem, Meeting, Paper
from meetings.sealing import OpenKey, open_keys
from vault import files
from vault.crypto.errors import CannotOpen
from vault.directory import Directory, directory
from vault.manifests import SealBroken
from vault.models import SealedFile
from vault.objects import DataKey
from vault.sessions import Vault
from vault.statements import check_statement, sign_statement

LABEL = "iswg/v1/meeting paper"
FLOOR = 512


@dataclass(frozen=True, slots=True)
class FileFact:
    """A file as its paper names it."""

    id: str
    name: str
    size: int
    media_type: str
    sha256: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PaperWords:
    """What is sealed of a paper."""

    title: str
    files: tuple[FileFact, ...] = ()

    def to_bytes(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False).encode()

    @classmethod
    def from_bytes(cls, raw: bytes) -> PaperWords:
        try:
            data: dict[str, Any] = json.loads(raw)
            found = [FileFact(**{**one, "notes": tuple(one["notes"])}) for one in data["files"]]
            return cls(data["title"], tuple(found))
        except (ValueError, TypeError, KeyError):
            raise CannotOpen from None


@dataclass(frozen=True, slots=True)
class OpenPaper:
    """A paper as its reader sees it: its words, or why there are none."""

    paper: Paper
    words: PaperWords | None = None
    broken: bool = False
    locked: bool = False


# Sealing --------------------------------------------------------------------------------------


def paper_key(opened: OpenKey, paper: Paper) -> DataKey:
    """The key of one paper; those of its files hang on it."""
    return opened.key.part("paper", paper.uuid)


def statement(paper: Paper) -> dict[str, Any]:
    """What the one who submits it signs."""
    return {
        "v": 1,
        "meeting": paper.item.meeting.uuid.hex,
        "item": paper.item.uuid.hex,
        "paper": paper.uuid.hex,
        "number": paper.number,
        "version": paper.version,
        "key": paper.key.uuid.hex,
        "author": paper.author_id,
        "administration": paper.administration_id,
        "submitted_at": paper.submitted_at.isoformat(timespec="microseconds"),
        "digest": digest(paper),
    }


def digest(paper: Paper) -> str:
    return hashlib.sha256(bytes(paper.sealed)).hexdigest()


def seal(vault: Vault, key: DataKey, paper: Paper, words: PaperWords) -> None:
    """Put the words into the paper, and its author's signature over all of it."""
    paper.sealed = key.seal_field("words", words.to_bytes(), floor=FLOOR)
    paper.signature = sign_statement(vault, LABEL, statement(paper))


# Reading --------------------------------------------------------------------------------------


def submitted(items: Iterable[AgendaItem]) -> QuerySet[Paper]:
    """The papers of these items, as they were numbered; the newest version of each first."""
    rows = Paper.objects.filter(item__in=[one.pk for one in items])
    return rows.select_related("key", "key__item", "author", "administration").order_by(
        "item", "number", "-version"
    )


def open_papers(
    vault: Vault | None, items: Sequence[AgendaItem], papers: Iterable[Paper]
) -> list[OpenPaper]:
    """With their words, in one query for the keys. The items carry their meeting."""
    known, rows = {one.pk: one for one in items}, list(papers)
    for one in rows:
        one.item = known[one.item_id]
        one.key.meeting = one.item.meeting
    keys = open_keys(vault, {one.key_id: one.key for one in rows}.values())
    view = directory()
    return [_opened(one, keys.get(one.key_id), view) for one in rows]


def _opened(paper: Paper, opened: OpenKey | None, view: Directory) -> OpenPaper:
    if paper.withdrawn_at is not None:
        return OpenPaper(paper)
    try:
        check_paper(paper, view)
        if opened is None:
            return OpenPaper(paper, locked=True)
        raw = paper_key(opened, paper).open_field("words", bytes(paper.sealed))
        return OpenPaper(paper, PaperWords.from_bytes(raw))
    except CannotOpen:
        return OpenPaper(paper, broken=True)


def check_paper(paper: Paper, view: Directory) -> None:
    """The signature of who submitted it; else SealBroken."""
    check_statement(
        view, LABEL, statement(paper), paper.signature,
        author=paper.author_id, administration=paper.administration_id,
    )  # fmt: skip


def stored_files(papers: Iterable[Paper]) -> Mapping[UUID, dict[str, files.StoredFile]]:
    """The files that lie here, by paper and id, in one query."""
    found: dict[UUID, dict[str, files.StoredFile]] = defaultdict(dict)
    rows = SealedFile.objects.filter(kind=PAPER_KIND, object_id__in=[one.uuid for one in papers])
    for row in rows:
        found[row.object_id][str(row.id)] = files.StoredFile(row.id, row)
    return found


def verified(
    opened: OpenKey, paper: OpenPaper, stored: Mapping[str, files.StoredFile], fact: FileFact
) -> files.OpenFile:
    """A file with every piece verified, and compared with what its author signed; else
    SealBroken, or what vault.files raises."""
    if fact.id not in stored:
        raise SealBroken
    ready = files.open_for_reading(paper_key(opened, paper.paper), stored[fact.id])
    said = fact.name, fact.size, fact.media_type, fact.sha256
    if said != (ready.name, ready.size, ready.media_type, ready.sha256):
        raise SealBroken
    return ready


def is_late(paper: Paper, meeting: Meeting) -> bool:
    """After the day on which papers were wanted, by the host's calendar."""
    if meeting.papers_due_on is None:
        return False
    return paper.submitted_at.astimezone(ZoneInfo(meeting.zone)).date() > meeting.papers_due_on
