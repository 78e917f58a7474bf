"""The journal as files: a table for people, and a proof that can be checked without us.

The proof (`iswg-journal/1`) is JSON, one object a line. Lines of another administration are
in it as their hashes only, which is all that the chain and the checkpoints need:

    {"format":"iswg-journal/1","key":"<32 bytes>","for":"FJ","size":1204}
    {"seq":1,"hash":"<32 bytes>","entry":"{...}"}
    {"from":2,"hashes":"<32 bytes each>"}
    {"checkpoint":{"size":...,"head":...,"root":...,"made_at":...,"signature":...}}

Each entry holds 16 random bytes, so a hash does not let anybody guess the line behind it.
`tools/verify_journal.py` checks such a file with nothing of ours at hand.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from typing import Any

from django.utils.translation import gettext as _

from activity import chain, words
from activity.models import Checkpoint, JournalEntry
from activity.ports import administration_name
from activity.queries import (
    checkpoints,
    detail_of,
    journal_key,
    journal_lines,
    journal_size,
    names_of,
    statement_of,
)

FORMAT = "iswg-journal/1"
RUN = 1000
EVERYTHING = ""
# What a spreadsheet would take for the beginning of a formula.
FORMULA = re.compile(r"^[\s]*[=+\-@\t\r|%]")


def proof(code: str = EVERYTHING) -> Iterator[str]:
    """The lines of a proof for one administration, or of the whole journal.

    Checkpoints are read before the length, so that none can be longer than an honest journal.
    """
    signed, size = checkpoints(), journal_size()
    yield _json(
        {"format": FORMAT, "key": journal_key().to_bytes().hex(), "for": code, "size": size}
    )
    for own, rows in groupby(
        journal_lines(until=size), lambda row: code in ("", row.administration)
    ):
        write = _shown if own else _hidden
        yield from write(rows)
    for checkpoint in reversed(signed):
        yield _json({"checkpoint": checkpoint_facts(checkpoint)})


def _shown(rows: Iterator[JournalEntry]) -> Iterator[str]:
    for row in rows:
        entry = bytes(row.entry).decode("utf-8", "replace")
        yield _json({"seq": row.seq, "hash": bytes(row.hash).hex(), "entry": entry})


def _hidden(rows: Iterator[JournalEntry]) -> Iterator[str]:
    while run := list(islice(rows, RUN)):
        yield _json({"from": run[0].seq, "hashes": "".join(bytes(row.hash).hex() for row in run)})


def checkpoint_facts(row: Checkpoint) -> dict[str, Any]:
    statement = statement_of(row)
    return {
        "size": statement.size,
        "head": statement.head.hex(),
        "root": statement.root.hex(),
        "made_at": chain.utc_text(statement.made_at),
        "signature": bytes(row.signature).hex(),
    }


def _json(facts: dict[str, Any]) -> str:
    return json.dumps(facts, separators=(",", ":"), ensure_ascii=False) + "\n"


def table(rows: Iterable[JournalEntry]) -> str:
    """Lines as CSV for a spreadsheet: with a byte order mark, and no cell that computes."""
    entries = list(rows)
    names = names_of({row.user_id for row in entries if row.user_id})
    homes = {code: administration_name(code) for code in {row.administration for row in entries}}
    text = io.StringIO()
    text.write("\ufeff")
    writer = csv.writer(text)
    writer.writerow(
        [_("Line"), _("Time (UTC)"), _("Person"), _("Administration"), _("What happened"),
         _("Event"), _("Subject"), _("Details"), _("Hash")]
    )  # fmt: skip
    for row in entries:
        writer.writerow([harmless(cell) for cell in _cells(row, names, homes)])
    return text.getvalue()


def _cells(row: JournalEntry, names: dict[int, str], homes: dict[str, str]) -> list[str]:
    detail = detail_of(row)
    who = names.get(row.user_id or 0, "") or detail.get("command", "")
    return [
        str(row.seq),
        f"{row.at:%Y-%m-%d %H:%M:%S}",
        who,
        homes[row.administration],
        words.happened(row.event),
        row.event,
        row.target,
        "; ".join(f"{name}: {spelt(value)}" for name, value in sorted(detail.items())),
        bytes(row.hash).hex(),
    ]


def spelt(value: Any) -> str:
    """A value of a detail for people."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(spelt(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {spelt(item)}" for name, item in value.items())
    return "" if value is None else str(value)


def harmless(cell: str) -> str:
    """An apostrophe ahead of whatever a spreadsheet would compute."""
    return f"'{cell}" if FORMULA.match(cell) else cell
