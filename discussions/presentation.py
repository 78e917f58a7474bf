"""Facts arranged for the templates: posts of a thread, rows of lists."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from access.actors import Actor
from access.policy import Action, can
from access.subjects import Subject, subjects_written
from discussions.asking import files_of
from discussions.audience import names_in
from discussions.content import FileFact
from discussions.mentions import Name, mentions_in
from discussions.models import Attention, Kind, Meaning, Message, Thread
from discussions.opening import OpenedMessage
from vault import files
from vault.models import SealedFile
from wording.markup import render as markdown

# Letters for private use: what stands between them is the number of a finished piece.
OPENS, CLOSES = "\ue000", "\ue001"
MARK = re.compile(f"{OPENS}([0-9]+){CLOSES}")
REFERENCE = re.compile(r"\b[A-Z]-[0-9A-HJKMNP-TV-Z]{5}\b")
QUOTED = 90  # letters of the message that is answered, above the answer


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer without words: who gave it, and whether this reader did."""

    meaning: str
    label: str
    codes: tuple[str, ...]
    user_ids: tuple[int, ...]
    given: bool


@dataclass(frozen=True, slots=True)
class Quote:
    """What a message answers, as far as this reader may read it."""

    number: int
    code: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """One line of a thread as its page draws it."""

    message: Message
    body: SafeString | None
    text: str
    note: str
    answers: tuple[Answer, ...]
    files: tuple[dict[str, Any], ...]
    quote: Quote | None
    language: str
    broken: bool
    locked: bool
    own: bool
    may_edit: bool
    may_withdraw: bool

    @property
    def number(self) -> int:
        return self.message.number

    @property
    def given(self) -> list[Answer]:
        return [one for one in self.answers if one.user_ids]

    @property
    def others(self) -> list[Answer]:
        """The answers that nobody has given yet."""
        return [one for one in self.answers if not one.user_ids]


@dataclass(frozen=True, slots=True)
class Row:
    """One thread in a list: `new` messages for this reader, and who wrote last."""

    thread: Thread
    topic: str | None
    last: Message | None
    new: int


def rows_of(
    threads: Sequence[Thread], topics: Mapping[int, str | None], last: Mapping[int, Message]
) -> list[Row]:
    """The threads as queries.threads_with_marks gives them; what is muted has nothing new."""
    return [
        Row(
            one,
            topics.get(one.pk),
            last.get(one.pk),
            0 if one.attention == Attention.MUTED else max(0, one.last_number - one.position),
        )
        for one in threads
    ]


def posts_of(
    actor: Actor,
    thread: Thread,
    opened: Sequence[OpenedMessage],
    answered: Sequence[OpenedMessage],
    rows: Mapping[Any, list[SealedFile]] | None = None,
) -> list[Post]:
    """The posts, with names and references linked for this reader: what may not be opened by the
    reader stays the text that it was typed as. `answered` are further messages, which these
    answer; `rows` the rows of their files, if they are at hand."""
    names = names_in(thread) if any("@" in one.words.text for one in opened if one.words) else []
    written = {r for one in opened if one.words for r in REFERENCE.findall(one.words.text)}
    subjects = subjects_written(actor, written) if written else {}
    rows = files_of(one.message for one in opened) if rows is None else rows
    said = {one.message.number: one for one in (*answered, *opened)}
    return [_post(actor, one, thread, names, subjects, rows, said) for one in opened]


def _post(
    actor: Actor,
    one: OpenedMessage,
    thread: Thread,
    names: Sequence[Name],
    subjects: dict[str, Subject],
    rows: Mapping[Any, list[SealedFile]],
    said: dict[int, OpenedMessage],
) -> Post:
    message, words = one.message, one.words
    return Post(
        message=message,
        body=drawn(words.text, names, subjects) if words else None,
        text=words.text if words else "",
        note=note_words(message, thread) if message.is_note else "",
        answers=tuple(_answers(message, actor.user_id)) if words else (),
        files=tuple(_files(message, thread, words.files, rows)) if words else (),
        quote=_quote(said, words.reply_to) if words and words.reply_to else None,
        language=words.language if words else "",
        broken=one.broken,
        locked=one.locked,
        own=actor.user_id is not None and message.author_id == actor.user_id,
        may_edit=bool(words and can(actor, Action.EDIT_MESSAGE, message)),
        may_withdraw=bool(can(actor, Action.WITHDRAW_MESSAGE, message)),
    )


def _quote(said: dict[int, OpenedMessage], number: int) -> Quote:
    one = said.get(number)
    if one is None:
        return Quote(number)
    words = " ".join(one.words.text.split()) if one.words else ""
    cut = words[:QUOTED] + "…" if len(words) > QUOTED else words
    return Quote(number, one.message.administration_id, cut)


def quoted(text: str) -> str:
    """The text as the beginning of an answer to it."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def drawn(text: str, names: Sequence[Name], subjects: dict[str, Subject]) -> SafeString:
    """The text as a page shows it: markdown, names marked, references linked.

    What is to be marked is taken out before the markup is read and put back into the finished
    page, so that neither can be made from the other.
    """
    marks: list[SafeString] = []
    text = text.replace(OPENS, "").replace(CLOSES, "")
    called = mentions_in(text, names) if names else []
    for one in reversed(called):
        marks.append(format_html('<b class="mention">@{}</b>', one.name.label))
        text = f"{text[: one.start]}{OPENS}{len(marks) - 1}{CLOSES}{text[one.end :]}"

    def link(found: re.Match[str]) -> str:
        subject = subjects.get(found.group())
        if subject is None:
            return found.group()
        marks.append(format_html('<a href="{}">{}</a>', subject.url, subject.reference))
        return f"{OPENS}{len(marks) - 1}{CLOSES}"

    html = markdown(REFERENCE.sub(link, text))
    return mark_safe(MARK.sub(lambda found: marks[int(found[1])], html))  # noqa: S308 (both sieved)


def note_words(message: Message, thread: Thread) -> str:
    """What a note says, in the reader's language."""
    who = message.about
    if who.isdigit():
        who = next(
            (g.user.name for g in thread.named_officers.all() if g.user_id == int(who)),
            _("an officer"),
        )
    elif who:
        rows = thread.participants.all()
        who = next((r.administration.label for r in rows if r.administration_id == who), who)
    return {
        Kind.JOINED: _("%(who)s takes part from here on."),
        Kind.LEFT: _("%(who)s no longer takes part."),
        Kind.RESOLVED: _("Marked as resolved."),
        Kind.REOPENED: _("Opened again."),
        Kind.CLOSED: _("Closed."),
    }[Kind(message.kind)] % {"who": who}


def _answers(message: Message, reader: int | None) -> list[Answer]:
    given: dict[str, list[Any]] = defaultdict(list)
    for reaction in message.reactions.all():
        given[reaction.meaning].append(reaction)
    return [
        Answer(
            meaning.value,
            str(meaning.label),
            tuple(sorted({one.administration_id for one in given[meaning.value]})),
            tuple(sorted({one.user_id for one in given[meaning.value]})),
            any(one.user_id == reader for one in given[meaning.value]),
        )
        for meaning in Meaning
    ]


def _files(
    message: Message,
    thread: Thread,
    named: Sequence[FileFact],
    rows: Mapping[Any, list[SealedFile]],
) -> list[dict[str, Any]]:
    """The files as `_file.html` wants them: those that the author named and signed. One whose row
    is gone is missed; a row that no author named is none of them."""
    stored = {str(row.id): files.StoredFile(row.id, row) for row in rows.get(message.uuid, ())}
    shown = []
    for fact in named:
        state, words = _state(fact, stored.get(fact.id))
        url = reverse("discussions:download", args=[thread.ref, message.number, fact.id])
        shown.append(
            {"id": fact.id, "name": fact.name, "size": fact.size, "digest": fact.sha256,
             "state": state, "words": words, "url": url}
        )  # fmt: skip
    return shown


def _state(fact: FileFact, stored: files.StoredFile | None) -> tuple[str, str]:
    if stored is None:
        return "refused", _("damaged on the server: ask its author for it")
    if stored.is_refused:
        return "refused", files.scanner_words()
    if not stored.is_ready:
        return "waiting", _("waiting to be scanned")
    opaque = fact.media_type == "application/age"
    return "sealed" if opaque else "ready", files.ready_words(fact.notes)
