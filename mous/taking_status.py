"""The status list as it leaves the portal: a paper on which one can rely later.

It says on which day everybody stood where, as it was known when, and carries the newest
checkpoint of the journal. Every act was checked against its two signatures for it; one that is
not what was signed is named on the paper. Who takes it away stands on each page, and in the
journal.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from access.actors import Actor
from access.policy import Action, require
from accounts.models import Administration
from activity.events import Event
from activity.queries import newest_checkpoint
from activity.record import record
from mous.asked import Asked
from mous.facts import target_of
from mous.models import Instrument
from mous.standing import Note, Row, Standing, standing_of
from mous.vocabulary import column_label
from papers.content import Block, Entry, Fact, Paper
from papers.printing import print_paper
from papers.prose import plain
from vault.sessions import Vault
from wording.markings import TLP_MEANING, Tlp


def take_status_away(
    *, actor: Actor, vault: Vault | None, instrument: Instrument, asked: Asked
) -> bytes:
    """The list as PDF; recorded once that is done. NotPrinted if the press is busy."""
    require(actor, Action.READ_REGISTER, instrument)
    drawn = print_paper(status_paper(actor, vault, instrument, asked))
    detail = {"on": asked.on.isoformat()}
    if asked.known_on:
        detail["known"] = asked.known_on.isoformat()
    with transaction.atomic():
        record(actor, Event.STATUS_TAKEN_AWAY, target_of(instrument), detail=detail)
    return drawn


def status_paper(actor: Actor, vault: Vault | None, instrument: Instrument, asked: Asked) -> Paper:
    standing = standing_of(actor, vault, instrument, asked)
    home = Administration.objects.get(pk=actor.administration)
    return Paper(
        title=_("Status: %(title)s") % {"title": instrument.label},
        language=(get_language() or "en")[:2],
        marking=Tlp.GREEN,
        meaning=str(TLP_MEANING[Tlp.GREEN]),
        reference=instrument.slug,
        taken_by=[f"{home.label} ({home.code})", moment(timezone.now())],
        of_pages=_("Page %(page)s of %(pages)s"),
        facts=_facts(standing),
        blocks=[_table(standing), *_below(standing)],
        entries=[_entry(note) for note in standing.notes],
        closing=f"{_certificate(standing)} {_checkpoint()}",
    )


def _facts(standing: Standing) -> list[Fact]:
    asked, instrument = standing.asked, standing.instrument
    known = asked.known_on
    return [
        Fact(_("As at"), day(asked.on)),
        Fact(_("As known"), day(known) if known else moment(timezone.now())),
        Fact(_("Answer"), standing.answer),
        Fact(_("Depositary"), instrument.depositary.label),
        Fact(_("Open for signature since"), day(instrument.opened_on)),
        Fact(_("Acts confirmed until then"), str(len(standing.acts))),
    ]


def _table(standing: Standing) -> Block:
    instrument = standing.instrument
    head = [
        column_label(instrument, "party"), _("State"), _("Text received"), _("Approved"),
        _("Signature"), column_label(instrument, "consent"), column_label(instrument, "effect"),
        _("Notes"),
    ]  # fmt: skip
    rows = [head, *(_cells(row) for row in standing.rows)]
    cells = [[{"kind": "cell", "parts": [_words(cell)]} for cell in row] for row in rows]
    lines = [{"kind": "row", "parts": row} for row in cells]
    return {"kind": "table", "small": True, "parts": lines}


def _cells(row: Row) -> list[str]:
    signature = ", ".join(filter(None, (day(row.signed), row.place, row.signature)))
    consent = f"{day(row.consent)} (a)" if row.acceded else day(row.consent)
    effect = f"{day(row.effect)} (p)" if row.provisional else day(row.effect)
    letters = ", ".join(note.letter for note in row.notes)
    marks = f"{letters} (!)".strip() if row.broken else letters
    return [
        row.party.label, row.words, day(row.received) or "–", day(row.approved) or "–",
        signature or "–", consent or "–", effect or "–", marks,
    ]  # fmt: skip


def _below(standing: Standing) -> list[Block]:
    lines = []
    if any(row.provisional for row in standing.rows):
        lines += plain(_("(p) applied provisionally from this day."))
    if any(one.locked for one in standing.acts.values()):
        lines += plain(_("Places and texts are sealed to a key that this session does not hold."))
    return lines


def _entry(note: Note) -> Entry:
    if note.broken:
        blocks = plain(_("What is stored here is not what was signed, so it is not shown."))
    elif note.locked:
        blocks = plain(_("Sealed to a key that this session does not hold."))
    else:
        blocks = [block for line in note.text.splitlines() if line for block in plain(line)]
    head = f"{note.party.label}: {note.label}"
    return Entry(note.letter, head, day(note.day), _effect(note), blocks)


def _effect(note: Note) -> Sequence[str]:
    if note.effective_on == note.day:
        return ()
    return [_("Takes effect on %(day)s") % {"day": day(note.effective_on)}]


def _words(text: str) -> Block:
    return {"kind": "words", "text": text}


def _certificate(standing: Standing) -> str:
    """What was checked when this was drawn, and what did not stand the check."""
    broken = sorted(one.act.number for one in standing.broken)
    if broken or standing.faults:
        numbers = ", ".join(map(str, sorted({*broken, *standing.faults})))
        return _(
            "Not certified: these acts of the register are not what was signed, or do not follow "
            "from the one before: %(numbers)s."
        ) % {"numbers": numbers}
    return _(
        "Certified by the portal for the depositary: drawn from the acts of the register, each "
        "checked against the signatures of the two persons who entered and confirmed it, and "
        "against the act before it."
    )


def _checkpoint() -> str:
    row = newest_checkpoint()
    if row is None:
        return _("No checkpoint of the journal had been made when this was printed.")
    facts = {
        "size": row.size, "made": moment(row.made_at),
        "head": bytes(row.head).hex(), "root": bytes(row.root).hex(),
    }  # fmt: skip
    words = _(
        "Newest checkpoint of the portal's journal, made %(made)s: %(size)d lines, newest hash "
        "%(head)s, Merkle root %(root)s. Compare it with the mail of that day."
    )
    return words % facts


def moment(value: datetime.datetime) -> str:
    return render_to_string("mous/_moment.txt", {"moment": value}).strip()


def day(value: datetime.date | None) -> str:
    return render_to_string("mous/_day.txt", {"day": value}).strip() if value else ""
