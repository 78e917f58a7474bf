"""A thread as it leaves the portal: all that its reader may read, as text or as a paper.

Who takes it away stands on every page of it, and in the journal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from access.actors import Actor
from access.policy import Action, require
from access.subjects import subject_kind, subject_seen_by
from accounts.models import Administration
from activity.events import Event
from activity.record import record
from discussions.audience import in_words
from discussions.content import FileFact
from discussions.facts import target_of
from discussions.models import Meaning, Message, Thread
from discussions.opening import OpenedMessage, OpenedThread, open_thread_page
from discussions.presentation import note_words
from discussions.queries import messages_of, start_of
from papers.content import Entry, Fact, Paper
from papers.prose import blocks_of, plain
from vault.sessions import Vault
from wording.markings import TLP_MEANING, Tlp


@dataclass(frozen=True, slots=True)
class Line:
    """A message or note, in words. `about` are what stands beside it: edited, files, answers."""

    number: int
    head: str
    when: str
    about: tuple[str, ...] = ()
    text: str = ""
    language: str = ""
    is_note: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A thread in words, before it is drawn."""

    reference: str
    topic: str
    marking: str
    meaning: str
    facts: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]
    taken_by: tuple[str, str]  # for whom, and when


def take_away(
    *,
    actor: Actor,
    vault: Vault | None,
    thread: Thread,
    draw: Callable[[Sheet], bytes],
    as_pdf: bool,
) -> bytes:
    """The thread as `draw` gives it; recorded once that is done. Locked without a key, SealBroken
    if the thread is not what was signed."""
    require(actor, Action.READ_THREAD, thread)
    rows = list(messages_of(actor, thread))
    numbers = range(start_of(actor, thread) + 1, thread.last_number + 1)
    opened = open_thread_page(
        actor=actor, vault=vault, thread=thread, messages=rows, numbers=numbers
    )
    drawn = draw(sheet_of(actor, vault, opened))
    with transaction.atomic():
        detail = {"thread": thread.ref, "number": thread.last_number, "as_pdf": as_pdf}
        record(actor, Event.THREAD_TAKEN_AWAY, target_of(thread), detail=detail)
    return drawn


# In words -------------------------------------------------------------------------------------


def sheet_of(actor: Actor, vault: Vault | None, opened: OpenedThread) -> Sheet:
    thread, home = opened.thread, Administration.objects.get(pk=actor.administration)
    now = _moment(timezone.now())
    return Sheet(
        reference=thread.ref,
        topic=opened.topic,
        marking=thread.tlp,
        meaning=str(TLP_MEANING[Tlp(thread.tlp)]),
        facts=tuple(_facts(actor, vault, opened, now, f"{home.label} ({home.code})")),
        lines=tuple(_line(one, thread) for one in opened.messages),
        taken_by=(f"{home.label} ({home.code})", now),
    )


def _facts(
    actor: Actor, vault: Vault | None, opened: OpenedThread, now: str, home: str
) -> list[tuple[str, str]]:
    thread = opened.thread
    about = _about(actor, vault, thread)
    return [
        (
            _("Opened by"),
            f"{thread.origin.label} ({thread.origin_id}), {_moment(thread.opened_at)}",
        ),
        *([(_("About"), about)] if about else []),
        (_("Who can read it"), in_words(thread, actor.administration)),
        (_("State"), thread.get_state_display()),
        (_("Taken away for"), f"{home}, {now}"),
        (_("Times"), _("those of %(zone)s, with UTC beside them") % {"zone": _zone()}),
        (_("Whole"), _whole(opened)),
    ]


def _about(actor: Actor, vault: Vault | None, thread: Thread) -> str:
    """What it is about, as far as this reader may see it; its label is never the stricter one."""
    if not thread.subject_id:
        return ""
    kind = subject_kind(thread.subject_kind)
    subject = subject_seen_by(actor, thread.subject_kind, thread.subject_id)
    if kind is None or subject is None:
        return ""
    title = kind.titles(vault, [subject.id]).get(subject.id, "")
    return " ".join(filter(None, [str(kind.noun), subject.reference, title]))


def _whole(opened: OpenedThread) -> str:
    if not opened.complete:
        return _("No: something here is not what was written. The portal has recorded it.")
    if not opened.messages:
        return _("Yes: nothing has been written yet.")
    numbers = opened.messages[0].message.number, opened.messages[-1].message.number
    words = _("Yes: numbers %(first)d to %(last)d follow one another, and every signature holds.")
    return words % {"first": numbers[0], "last": numbers[1]}


def _line(one: OpenedMessage, thread: Thread) -> Line:
    message = one.message
    when = _moment(message.sent_at)
    if message.is_note:
        return Line(message.number, note_words(message, thread), when, is_note=True)
    place = f"{message.administration.label} ({message.administration_id})"
    head = f"{place}, {message.author.name}" if message.author else place
    if one.words is None:
        return Line(message.number, head, when, (_why_nothing(one),))
    words = one.words
    about = (*_marks(message, words.reply_to), *map(_file, words.files), *_answers(message))
    return Line(message.number, head, when, about, words.text, words.language)


def _why_nothing(one: OpenedMessage) -> str:
    message = one.message
    if one.broken:
        return _("What is stored here is not what was signed, so it is not shown.")
    if message.withdrawn and message.withdrawn_by and message.revised_at:
        words = _("Withdrawn. By: %(name)s, %(when)s.")
        facts = {"name": message.withdrawn_by.name, "when": _moment(message.revised_at)}
        return words % facts
    return _("Sealed to a key that this session does not hold.")


def _marks(message: Message, reply_to: int) -> list[str]:
    marks = []
    if reply_to:
        marks.append(_("Answers number %(number)d.") % {"number": reply_to})
    if message.revised_at:
        marks.append(_("Edited %(when)s.") % {"when": _moment(message.revised_at)})
    return marks


def _file(fact: FileFact) -> str:
    words = _("Attached: %(name)s, %(size)s, SHA-256 %(sum)s")
    return words % {"name": fact.name, "size": _size(fact.size), "sum": fact.sha256}


def _answers(message: Message) -> list[str]:
    given: dict[str, list[str]] = {}
    for one in message.reactions.all():
        given.setdefault(one.meaning, []).append(one.administration_id)
    return [
        joined(str(meaning.label), ", ".join(sorted(set(given[meaning.value]))))
        for meaning in Meaning
        if meaning.value in given
    ]


def joined(name: str, words: str) -> str:
    """French sets a space before the colon."""
    return _("%(name)s: %(words)s") % {"name": name, "words": words}


def _moment(moment: object) -> str:
    return render_to_string("discussions/_moment.txt", {"moment": moment}).strip()


def _zone() -> str:
    return render_to_string("discussions/_zone.txt").strip()


def _size(size: int) -> str:
    return render_to_string("discussions/_size.txt", {"size": size}).strip()


# Drawn ----------------------------------------------------------------------------------------


def as_text(sheet: Sheet) -> bytes:
    """Plain text, in UTF-8 with the mark by which old editors know it; lines end as in mails."""
    parts = [
        sheet.marking,
        sheet.meaning,
        "",
        f"{sheet.reference}  {sheet.topic}",
        "=" * 72,
        *(joined(term, value) for term, value in sheet.facts),
    ]
    for line in sheet.lines:
        parts += ["", "-" * 72, f"{line.number}.  {line.head}", line.when]
        parts += [f"[{one}]" for one in line.about]
        parts += ["", *_typed(line.text)] if line.text else []
    parts += ["", "=" * 72, sheet.marking, " ".join(sheet.taken_by), ""]
    return "\r\n".join(parts).encode("utf-8-sig")


def _typed(text: str) -> Sequence[str]:
    return text.replace("\r\n", "\n").split("\n")


def as_paper(sheet: Sheet) -> Paper:
    return Paper(
        title=sheet.topic,
        language=(get_language() or "en")[:2],
        marking=sheet.marking,
        meaning=sheet.meaning,
        reference=sheet.reference,
        taken_by=sheet.taken_by,
        of_pages=_("Page %(page)s of %(pages)s"),
        facts=[Fact(term, value) for term, value in sheet.facts],
        entries=[_entry(line) for line in sheet.lines],
    )


def _entry(line: Line) -> Entry:
    if line.is_note:
        return Entry(str(line.number), line.head, line.when, quiet=True)
    blocks = blocks_of(line.text) if line.text else plain("")
    return Entry(str(line.number), line.head, line.when, line.about, blocks, line.language)
