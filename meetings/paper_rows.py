"""Papers arranged for the templates: each with its files, its marks and its former versions."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from access.actors import Actor
from access.policy import Action, can
from meetings.models import AgendaItem, Meeting, Paper
from meetings.papers import (
    FileFact,
    OpenPaper,
    is_late,
    open_papers,
    stored_files,
    submitted,
)
from vault import files
from vault.sessions import Vault


@dataclass(frozen=True, slots=True)
class PaperRow:
    """The newest version of a paper, and those before it."""

    paper: Paper
    title: str
    files: tuple[dict[str, Any], ...]
    broken: bool
    locked: bool
    is_late: bool
    is_new: bool
    may_withdraw: bool
    former: tuple[PaperRow, ...] = ()

    @property
    def size(self) -> int:
        return sum(one["size"] for one in self.files)


def papers_of(
    actor: Actor,
    vault: Vault | None,
    meeting: Meeting,
    items: Sequence[AgendaItem],
    *,
    since: datetime.datetime | None = None,
    withdrawn: bool = False,
) -> dict[int, list[PaperRow]]:
    """The papers of these items, by row, in a constant number of queries; those that were
    withdrawn only where they are asked for."""
    rows = submitted(items)
    if not withdrawn:
        rows = rows.filter(withdrawn_at=None)
    opened = open_papers(vault, items, rows)
    stored = stored_files([one.paper for one in opened])
    by_number: dict[tuple[int, int], list[PaperRow]] = defaultdict(list)
    for one in opened:
        row = _row(actor, meeting, one, stored.get(one.paper.uuid, {}), since)
        by_number[one.paper.item_id, one.paper.number].append(row)
    found: dict[int, list[PaperRow]] = defaultdict(list)
    for (item, _number), versions in by_number.items():
        found[item].append(_with_former(versions))
    return found


def _with_former(versions: Sequence[PaperRow]) -> PaperRow:
    newest, *former = versions
    values = {name: getattr(newest, name) for name in PaperRow.__slots__}
    return PaperRow(**{**values, "former": tuple(former)})


def _row(
    actor: Actor,
    meeting: Meeting,
    one: OpenPaper,
    stored: Mapping[str, files.StoredFile],
    since: datetime.datetime | None,
) -> PaperRow:
    paper, words = one.paper, one.words
    return PaperRow(
        paper=paper,
        title=words.title if words else "",
        files=tuple(_file(meeting, paper, fact, stored) for fact in words.files) if words else (),
        broken=one.broken,
        locked=one.locked,
        is_late=is_late(paper, meeting),
        is_new=since is not None
        and paper.submitted_at > since
        and paper.author_id != actor.user_id,
        may_withdraw=may_withdraw(actor, paper),
    )


def may_withdraw(actor: Actor, paper: Paper) -> bool:
    """Whose it is, as long as papers are taken; and who prepares the meeting."""
    if paper.withdrawn_at is not None or not can(actor, Action.SUBMIT_PAPER, paper.item):
        return False
    ours = paper.administration_id == actor.administration
    return ours or bool(can(actor, Action.PREPARE_MEETING, paper.item.meeting))


def _file(
    meeting: Meeting, paper: Paper, fact: FileFact, stored: Mapping[str, files.StoredFile]
) -> dict[str, Any]:
    """As `_file.html` wants it."""
    state, words = _state(fact, stored.get(fact.id))
    return {
        "id": fact.id,
        "name": fact.name,
        "size": fact.size,
        "digest": fact.sha256,
        "state": state,
        "words": words,
        "url": reverse("meetings:paper_file", args=[meeting.ref, paper.uuid, fact.id]),
    }


def _state(fact: FileFact, stored: files.StoredFile | None) -> tuple[str, str]:
    if stored is None:
        return "refused", _("damaged on the server: ask its author for it")
    if stored.is_refused:
        return "refused", files.scanner_words()
    if not stored.is_ready:
        return "waiting", _("waiting to be scanned")
    opaque = fact.media_type == "application/age"
    return "sealed" if opaque else "ready", files.ready_words(fact.notes)
