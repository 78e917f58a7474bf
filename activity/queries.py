"""What happened, as it may be looked up. Nothing here changes anything."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Count, QuerySet

from access.actors import Actor
from access.policy import Action, require, visible
from access.prepared import Prepared
from activity import chain
from activity.events import Event
from activity.models import Checkpoint, JournalEntry, JournalHead, Notice
from activity.record import filed_under
from vault.crypto.signing import SigningKey, VerifyKey

CHUNK = 2000


def notices_for(actor: Actor) -> QuerySet[Notice]:
    """A person's notices, newest first."""
    return visible(Notice.objects.all(), actor, Action.READ_NOTICE).order_by("-id")


def _unread_notices(actor: Actor) -> QuerySet[Any, Any]:
    rows = notices_for(actor).filter(read_at=None).order_by().values("recipient")
    return rows.annotate(number=Count("*")).values_list("number")


UNREAD_NOTICES = Prepared(_unread_notices)


def unread_notice_count(actor: Actor) -> int:
    found = UNREAD_NOTICES.rows(actor)
    return int(found[0][0]) if found else 0


def latest_live_id() -> int:
    """The number up to which a page drawn now is true."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT MAX(id) FROM activity_liveevent")
        return int(cursor.fetchone()[0] or 0)


def journal_for(actor: Actor) -> QuerySet[JournalEntry]:
    """The lines of the actor's own administration, newest first, or a refusal."""
    require(actor, Action.READ_JOURNAL, actor.administration)
    return JournalEntry.objects.filter(administration=actor.administration).order_by("-seq")


def detail_of(entry: JournalEntry) -> dict[str, Any]:
    """What the line says besides who, when and what."""
    facts = json.loads(bytes(entry.entry))
    return {**facts["detail"], **({"command": facts["command"]} if facts["command"] else {})}


def people_of(code: str) -> dict[int, str]:
    """Everybody who ever acted for an administration: id and name, by name."""
    people = get_user_model()._default_manager.filter(appointments__administration=code)
    return dict(people.order_by("name").values_list("pk", "name"))


def notices_about(actor: Actor, target: str) -> QuerySet[Notice]:
    """The actor's unread notices about one thing, for the page that shows it."""
    return notices_for(actor).filter(target=target, read_at=None)


def names_of(user_ids: set[int]) -> dict[int, str]:
    """The names that the people of some lines have today."""
    people = get_user_model()._default_manager.filter(pk__in=user_ids)
    return dict(people.values_list("pk", "name"))


def journal_key() -> VerifyKey:
    """The public half of the key that signs checkpoints."""
    return SigningKey.derive(settings.JOURNAL_KEY).public


def checkpoints() -> list[Checkpoint]:
    return list(Checkpoint.objects.order_by("-size"))


def newest_checkpoint() -> Checkpoint | None:
    return Checkpoint.objects.order_by("-size").first()


def statement_of(row: Checkpoint) -> chain.Statement:
    return chain.Statement(row.size, bytes(row.head), bytes(row.root), row.made_at)


def journal_size() -> int:
    """How many lines there are, as the head says."""
    return JournalHead.objects.filter(pk=1).values_list("seq", flat=True).first() or 0


def journal_lines(*, until: int) -> Iterator[JournalEntry]:
    """Every line up to `until`, a few thousand in memory at a time."""
    first = -(2**63)  # not 1: whatever else was put into the table is to be seen too
    while True:
        chunk = JournalEntry.objects.filter(seq__gte=first, seq__lte=until)
        rows = list(chunk.order_by("seq")[:CHUNK])
        yield from rows
        if len(rows) < CHUNK:
            return
        first = rows[-1].seq + 1


def line_of(row: JournalEntry) -> chain.Line:
    return chain.Line(row.seq, bytes(row.prev), bytes(row.entry), bytes(row.hash))


def journal_report() -> chain.Report:
    """Walk the whole journal up to its head: chain, columns, checkpoints.

    Checkpoints are read first, then the head, then the lines: what others write meanwhile
    lies behind the head and is left for the next time.
    """
    signed = {row.size: (statement_of(row), bytes(row.signature)) for row in checkpoints()}
    head = JournalHead.objects.filter(pk=1).first() or JournalHead(seq=0, hash=chain.GENESIS)
    faults: list[chain.Fault] = []
    lines = _watched(journal_lines(until=head.seq), set(signed), faults)
    report = chain.verify(lines, signed.values(), journal_key())
    if (head.seq, bytes(head.hash)) != (report.size, report.head):
        faults.append(chain.Fault(chain.CUT, head.seq))
    report.faults = sorted({*report.faults, *faults}, key=lambda fault: fault.seq)
    return report


def _watched(
    rows: Iterable[JournalEntry], signed: set[int], faults: list[chain.Fault]
) -> Iterator[chain.Line]:
    """The lines as they pass, noting what only the database can get wrong."""
    for row in rows:
        if not _is_filed_right(row):
            faults.append(chain.Fault(chain.MISFILED, row.seq))
        elif row.event == Event.CHECKPOINT_MADE and detail_of(row)["size"] not in signed:
            faults.append(chain.Fault(chain.LOST, detail_of(row)["size"]))
        yield line_of(row)


def _is_filed_right(row: JournalEntry) -> bool:
    """Whether the columns by which a line is found say the same as the line."""
    try:
        columns = filed_under(json.loads(bytes(row.entry)))
    except (ValueError, KeyError, TypeError):
        return False
    return all(getattr(row, name) == value for name, value in columns.items())
