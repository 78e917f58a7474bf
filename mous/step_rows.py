"""The page of the steps arranged for its template: each step with its acts, notes and documents."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from access.actors import Actor
from access.policy import Action, can
from mous.content import FileFact
from mous.frame import address
from mous.lifecycle import Kind
from mous.models import Act, Party
from mous.notes import OpenNote, notes_of, open_notes, stored_documents
from mous.queries import facts_of, spans_of
from mous.steps import STAGES, Progress, Stage, progress_of, told_by, waiting_acts
from mous.vocabulary import act_label
from vault import files
from vault.sessions import Vault


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A note with what its reader may see of it."""

    note: Any
    text: str
    files: tuple[dict[str, Any], ...]
    broken: bool
    locked: bool
    waits_for: str  # what it says of with whom the step lies, in words
    theirs: bool  # written by the other of the two


@dataclass(frozen=True, slots=True)
class WaitingAct:
    """What waits for a second person, and whether this reader can be that person."""

    act: Act
    words: str
    url: str
    may_confirm: bool
    own: bool


@dataclass(slots=True)
class Line:
    """One step. `look` is one of done, now, part (entered, not confirmed), todo, passed, off."""

    stage: Stage
    title: str
    look: str
    done_on: datetime.date | None = None
    said: str = ""  # what was done, where the title does not say it
    url: str = ""
    waiting: list[WaitingAct] = field(default_factory=list)
    notes: list[NoteRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Steps:
    """Everything the page shows of one administration's steps."""

    progress: Progress
    lines: tuple[Line, ...]
    days: int
    present_title: str
    waits_since: datetime.date | None
    notes: int
    broken: bool
    second: tuple[WaitingAct, ...]


def progress_now(party: Party, on: datetime.date) -> Progress:
    """As progress_of, looked up."""
    own = [
        one for one in facts_of([party.instrument])[party.instrument.pk] if one.party == party.code
    ]
    spans = spans_of(party.instrument, [party])[party.code]
    return progress_of(party, own, spans, on, told_by([party])[party.pk])


def steps_of(actor: Actor, vault: Vault | None, party: Party) -> Steps:
    """In a constant number of queries, however many notes there are."""
    on = timezone.localdate()
    progress = progress_now(party, on)
    rows = _note_rows(actor, vault, party)
    waiting = _waiting(actor, party)
    lines = tuple(_line(progress, stage, rows, waiting) for stage in STAGES)
    told = progress.told
    return Steps(
        progress=progress,
        lines=lines,
        days=progress.days(on),
        present_title=progress.present.title_in(party.instrument) if progress.present else "",
        waits_since=told.since if told else None,
        notes=sum(len(one) for one in rows.values()),
        broken=any(row.broken for one in rows.values() for row in one),
        second=tuple(one for row in waiting.values() for one in row),
    )


def _line(
    progress: Progress,
    stage: Stage,
    notes: Mapping[str, list[NoteRow]],
    waiting: Mapping[str, list[WaitingAct]],
) -> Line:
    instrument = progress.party.instrument
    line = Line(stage, stage.title_in(instrument), _look(progress, stage, waiting))
    line.notes, line.waiting = notes.get(stage.key, []), waiting.get(stage.key, [])
    if act := progress.done.get(stage.key):
        line.done_on, line.said = act.done_on, act_label(instrument, act.kind)
        line.url = address("mous:act", instrument.slug, act.number)
    return line


def _look(progress: Progress, stage: Stage, waiting: Mapping[str, list[WaitingAct]]) -> str:
    if stage.key in progress.done:
        return "now" if progress.present is stage else "done"
    if waiting.get(stage.key):
        return "part"
    if progress.present is stage:
        return "now"
    if stage.key in progress.unneeded:
        return "off"
    after = STAGES[STAGES.index(stage) + 1 :]
    return "passed" if any(one.key in progress.done for one in after) else "todo"


def _waiting(actor: Actor, party: Party) -> dict[str, list[WaitingAct]]:
    """By step. A correction stands with the step of what it corrects; what belongs to no step
    (a declaration) is not shown here."""
    by_kind = {kind: stage.key for stage in STAGES for kind in stage.kinds}
    found: dict[str, list[WaitingAct]] = defaultdict(list)
    for act in waiting_acts(party):
        kind = act.corrects.kind if act.corrects else act.kind
        if key := by_kind.get(Kind(kind)):
            found[key].append(
                WaitingAct(
                    act=act,
                    words=act_label(party.instrument, act.kind),
                    url=address("mous:act", party.instrument.slug, act.number),
                    may_confirm=bool(can(actor, Action.CONFIRM_ACT, act)),
                    own=act.entered_by_id == actor.user_id,
                )
            )
    return found


# Notes ----------------------------------------------------------------------------------------


def _note_rows(actor: Actor, vault: Vault | None, party: Party) -> dict[str, list[NoteRow]]:
    opened = open_notes(vault, notes_of(party))
    stored = stored_documents([one.note for one in opened])
    found: dict[str, list[NoteRow]] = defaultdict(list)
    for one in opened:
        one.note.party = party
        found[one.note.step].append(_note_row(actor, one, stored.get(one.note.uuid, {})))
    return found


def _note_row(actor: Actor, one: OpenNote, stored: Mapping[str, files.StoredFile]) -> NoteRow:
    note, words = one.note, one.words
    named: Sequence[FileFact] = words.files if words else ()
    return NoteRow(
        note=note,
        text=words.text if words else "",
        files=tuple(_file(note, fact, stored) for fact in named),
        broken=one.broken,
        locked=one.locked,
        waits_for="" if one.broken or not note.waits_for else str(note.get_waits_for_display()),
        theirs=note.administration_id != actor.administration,
    )


def _file(note: Any, fact: FileFact, stored: Mapping[str, files.StoredFile]) -> dict[str, Any]:
    """As `_file.html` wants it."""
    state, words = _state(fact, stored.get(fact.id))
    party = note.party
    place = [party.instrument.slug, party.code.lower(), note.uuid, fact.id]
    return {
        "id": fact.id,
        "name": fact.name,
        "size": fact.size,
        "digest": fact.sha256,
        "state": state,
        "words": words,
        "url": reverse("mous:step_document", args=place),
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
