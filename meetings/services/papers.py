"""Papers: submitted, fetched, withdrawn; and the pack of all of them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from access.actors import Actor
from access.faces import appointed
from access.policy import Action, people_who_can, require
from access.roles import READS
from activity.events import Event
from activity.record import record
from meetings import papers
from meetings.facts import (
    PAPER_DRAFT,
    PAPER_KIND,
    notice_facts,
    papers_target,
    target_of,
    topics_of,
)
from meetings.holding import held, held_item
from meetings.models import AgendaItem, Meeting, PackTaken, Paper, PaperDraft
from meetings.papers import FileFact, PaperWords, paper_key
from meetings.sealing import Locked, key_to_write_under, open_keys
from meetings.services.series import NotPossible
from vault import files
from vault.manifests import SealBroken
from vault.objects import DataKey
from vault.ports import register_attachable
from vault.sessions import Vault

TITLE_LIMIT = 150


def register_paper_drafts() -> None:
    """Called once, when Django is ready."""
    register_attachable(PAPER_DRAFT, hold_draft)


def hold_draft(actor: Actor, draft_id: UUID) -> None:
    """Lock the draft and judge the locked row: while a file is added, nobody submits it."""
    rows = PaperDraft.objects.filter(author=actor.user_id, administration=actor.administration)
    # The meeting first, as whoever submits does: else each could wait for the other.
    meeting = held(rows.select_related("item__meeting").get(pk=draft_id).item.meeting)
    row = rows.select_for_update(of=("self",)).select_related("item").get(pk=draft_id)
    row.item.meeting = meeting
    require(actor, Action.SUBMIT_PAPER, row.item)


@transaction.atomic
def begin_paper(*, actor: Actor, item: AgendaItem, draft_id: UUID) -> PaperDraft:
    """What the files of a paper hang on until it is submitted."""
    meeting = held(item.meeting)
    row = held_item(item, meeting)
    require(actor, Action.SUBMIT_PAPER, row)
    return PaperDraft.objects.create(
        id=draft_id, item=row, author_id=actor.user_id, administration_id=actor.administration
    )


@transaction.atomic
def submit_paper(
    *,
    actor: Actor,
    vault: Vault,
    item: AgendaItem,
    paper_id: UUID,
    title: str = "",
    number: int = 0,
) -> Paper:
    """Submit the files of a draft as a paper, or as the next version of one of the own
    administration's (`number`). Sent twice under one id it is submitted once."""
    meeting = held(item.meeting)
    row = held_item(item, meeting)
    require(actor, Action.SUBMIT_PAPER, row)
    known = Paper.objects.filter(uuid=paper_id, author=actor.user_id, item=row).first()
    if known is not None:
        return known
    _check(actor, row, paper_id, title, number)
    opened = key_to_write_under(actor, vault, meeting, row)
    paper = _numbered(actor, row, number)
    paper.uuid, paper.key = paper_id, opened.row
    key = paper_key(opened, paper)
    facts = _adopted(vault, key)
    papers.seal(vault, key, paper, PaperWords(title.strip() or facts[0].name, facts))
    paper.save(force_insert=True)
    PaperDraft.objects.filter(pk=paper_id).delete()
    record(
        actor,
        Event.PAPER_SUBMITTED,
        target_of(meeting),
        detail={
            "item": str(row.uuid),
            "number": paper.number,
            "revision": paper.version,
            "digest": papers.digest(paper),
            **({"key": opened.made} if opened.made else {}),
        },
        audience=_readers(row),
        notice=notice_facts(meeting, merged=True, about=papers_target(meeting)),
        topics=topics_of(meeting),
    )
    return paper


def _check(actor: Actor, item: AgendaItem, paper_id: UUID, title: str, number: int) -> None:
    mine = PaperDraft.objects.filter(
        pk=paper_id, item=item, author=actor.user_id, administration=actor.administration
    )
    faults = {}
    if not mine.exists() or not files.attached_to(PAPER_DRAFT, paper_id).exists():
        faults["files"] = _("Attach a file first.")
    elif files.unfinished(PAPER_DRAFT, paper_id):
        faults["files"] = _("A file has not arrived in full, or was refused. Finish or remove it.")
    if len(title.strip()) > TITLE_LIMIT:
        faults["title"] = _("Shorten the title to %(limit)d characters.") % {"limit": TITLE_LIMIT}
    if number and not own_papers(actor, item).filter(number=number).exists():
        faults["number"] = _("Choose a paper of your administration.")
    if faults:
        raise NotPossible(faults)


def own_papers(actor: Actor, item: AgendaItem) -> QuerySet[Paper]:
    """What this administration submitted for the item, and can submit a next version of."""
    return Paper.objects.filter(item=item, administration=actor.administration)


def _numbered(actor: Actor, item: AgendaItem, number: int) -> Paper:
    rows = Paper.objects.filter(item=item)
    last = rows.order_by("-number").values_list("number", flat=True).first() or 0
    version = 1
    if number:
        version += rows.filter(number=number).count()
    return Paper(
        item=item,
        number=number or last + 1,
        version=version,
        administration_id=actor.administration,
        author_id=actor.user_id,
        submitted_at=timezone.now(),
    )


def _adopted(vault: Vault, key: DataKey) -> tuple[FileFact, ...]:
    adopted = files.adopt(vault, PAPER_DRAFT, PAPER_KIND, key)
    return tuple(
        FileFact(
            str(one.id), one.facts.name, one.facts.size, one.facts.media_type, one.facts.sha256,
            tuple((one.facts.verdict or {}).get("notes", ())),
        )
        for one in adopted
    )  # fmt: skip


def _readers(item: AgendaItem) -> Q:
    """Who may read the item: of a closed one nobody else hears that there is anything."""
    if item.is_closed:
        return appointed(READS, item.holder_codes)
    return people_who_can(Action.READ_MEETING, item.meeting)


@transaction.atomic
def withdraw_paper(*, actor: Actor, paper: Paper) -> Paper:
    """Take a version back: its files are gone, its number stays taken."""
    meeting = held(paper.item.meeting)
    item = held_item(paper.item, meeting)
    row = Paper.objects.select_for_update().get(pk=paper.pk, item=item)
    row.item = item
    require(actor, Action.SUBMIT_PAPER, item)
    if row.administration_id != actor.administration:
        require(actor, Action.PREPARE_MEETING, meeting)
    if row.withdrawn_at is not None:
        return row
    row.withdrawn_at = timezone.now()
    row.save(update_fields=["withdrawn_at"])
    files.discard_all(PAPER_KIND, row.uuid)
    record(
        actor,
        Event.PAPER_WITHDRAWN,
        target_of(meeting),
        detail={"item": str(item.uuid), "number": row.number, "revision": row.version},
        topics=topics_of(meeting),
    )
    return row


# Taking away ----------------------------------------------------------------------------------


def open_file(*, actor: Actor, vault: Vault | None, paper: Paper, file_id: UUID) -> files.OpenFile:
    """A file of a paper, every piece verified before the first byte goes out; recorded. Locked
    without the key; SealBroken if the paper or the file is not what was submitted."""
    require(actor, Action.READ_ITEM, paper.item)
    shown = papers.open_papers(vault, [paper.item], [paper])[0]
    opened = open_keys(vault, [paper.key]).get(paper.key_id)
    if shown.locked or opened is None:
        raise Locked
    named = shown.words.files if shown.words else ()
    fact = next((one for one in named if one.id == str(file_id)), None)
    if fact is None:
        raise SealBroken
    ready = papers.verified(opened, shown, papers.stored_files([paper])[paper.uuid], fact)
    with transaction.atomic():
        detail = {"number": paper.number, "revision": paper.version, "file": str(file_id)}
        record(actor, Event.PAPER_DOWNLOADED, target_of(paper.item.meeting), detail=detail)
    return ready


@transaction.atomic
def report_refused_file(*, actor: Actor, paper: Paper, file_id: UUID) -> None:
    """The scanner found something in a paper that was submitted, now gone: for the record."""
    require(actor, Action.READ_ITEM, paper.item)
    meeting = paper.item.meeting
    record(actor, Event.FILE_REFUSED, target_of(meeting), detail={"file": str(file_id)})


@transaction.atomic
def note_pack(*, actor: Actor, meeting: Meeting, contained: Iterable[Paper]) -> PackTaken:
    """Who took what away, so that the next pack brings the rest."""
    require(actor, Action.READ_MEETING, meeting)
    rows = list(contained)
    taken = PackTaken.objects.create(
        meeting=meeting, user_id=actor.user_id, papers=sorted(str(one.uuid) for one in rows)
    )
    record(actor, Event.PACK_TAKEN_AWAY, target_of(meeting), detail={"papers": len(rows)})
    return taken


@transaction.atomic
def report_broken_seal(*, actor: Actor, meeting: Meeting) -> None:
    """Somebody met a paper that is not what its author signed: the journal must say so."""
    require(actor, Action.READ_MEETING, meeting)
    record(actor, Event.SEAL_BROKEN, target_of(meeting))
