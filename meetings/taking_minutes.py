"""Minutes as they leave the portal: a paper with all that its reader may read.

Who takes them away stands on every page, and in the journal. They are not for the public, so
each page says so; and they carry the newest checkpoint of the journal, so that whoever kept a copy
can show, years later, that the journal of that day was another one.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from access.actors import Actor
from access.policy import Action, require
from accounts.models import Administration
from activity.events import Event
from activity.queries import newest_checkpoint
from activity.record import record
from meetings.adopted import is_as_adopted
from meetings.facts import target_of
from meetings.minuted import Came, ItemRecord, Roll, Ruling, Task, items_of, roll_of
from meetings.models import Adoption, Meeting, Method, MinutesState
from meetings.titles import title_of
from meetings.writings import Text
from papers.content import Block, Entry, Fact, Paper
from papers.printing import print_paper
from papers.prose import blocks_of, plain
from vault.sessions import Vault

CHOICES = {"both": ("en", "fr"), "en": ("en",), "fr": ("fr",)}


def take_minutes_away(
    *, actor: Actor, vault: Vault | None, meeting: Meeting, languages: Sequence[str]
) -> bytes:
    """The minutes as PDF; recorded once that is done. NotPrinted if the press is busy."""
    require(actor, Action.READ_MEETING, meeting)
    drawn = print_paper(paper_of(actor, vault, meeting, languages))
    with transaction.atomic():
        detail = {"as_pdf": True, "state": MinutesState(meeting.minutes_state)}
        record(actor, Event.MINUTES_TAKEN_AWAY, target_of(meeting), detail=detail)
    return drawn


def paper_of(
    actor: Actor, vault: Vault | None, meeting: Meeting, languages: Sequence[str]
) -> Paper:
    home = Administration.objects.get(pk=actor.administration)
    adoption = Adoption.objects.filter(meeting=meeting).select_related("adopted_in").first()
    roll, items = roll_of(meeting), items_of(actor, vault, meeting)
    watermark = [f"{home.label} ({home.code})", moment(timezone.now())]
    if adoption is None:
        watermark.append(str(_("Not adopted")))
    return Paper(
        title=_("Minutes: %(title)s") % {"title": title_of(vault, meeting)},
        language=(get_language() or "en")[:2],
        marking=_("Confidential"),
        meaning=_("For the administrations that take part, and nobody else"),
        reference=meeting.ref,
        taken_by=watermark,
        of_pages=_("Page %(page)s of %(pages)s"),
        facts=[Fact(term, value) for term, value in _facts(meeting, adoption)],
        entries=[_attendance(roll), _quorum(roll), *(_entry(one, languages) for one in items)],
        closing=_checkpoint(),
    )


# The head -------------------------------------------------------------------------------------


def _facts(meeting: Meeting, adoption: Adoption | None) -> list[tuple[str, str]]:
    rows = [(_("Meeting"), f"{meeting.group.label}, {meeting.get_kind_display()}")]
    if meeting.opened_at:
        rows.append((pgettext("before a time", "Opened"), moment(meeting.opened_at)))
    if meeting.closed_at:
        rows.append((pgettext("before a time", "Closed"), moment(meeting.closed_at)))
    rows.append((_("Host"), f"{meeting.host.label}, {meeting.get_format_display()}"))
    if meeting.chair:
        rows.append((_("Chair"), meeting.chair.label))
    rows.append((_("State"), _state(meeting, adoption)))
    rows.append((_("Times"), _("those of %(zone)s, with UTC beside them") % {"zone": _zone()}))
    return rows


def _state(meeting: Meeting, adoption: Adoption | None) -> str:
    if adoption is None:
        label = str(MinutesState(meeting.minutes_state).label)
        if meeting.comments_until and meeting.takes_comments:
            words = _("%(state)s, comments until %(day)s")
            return words % {"state": label, "day": day(meeting.comments_until)}
        return label
    if not is_as_adopted(meeting):
        return _("Adopted, but what stands here is not what was adopted")
    facts = {
        "day": moment(adoption.at),
        "ref": adoption.adopted_in.ref if adoption.adopted_in else "",
    }
    return _("Adopted in %(ref)s, %(day)s; every text is the one that was adopted") % facts


# Who was there --------------------------------------------------------------------------------


def _attendance(roll: Roll) -> Entry:
    blocks: list[Block] = []
    if roll.came:
        head = [_("Administration"), _("Person"), _("In what part"), _("There")]
        blocks.append(_table([head, *(_came(one) for one in roll.came)]))
    for words, places in (
        (_("Apologies: %(names)s."), roll.apologies),
        (_("Absent: %(names)s."), roll.absent),
    ):
        if places:
            names = get_text_list([one.label for one in places], _("and"))
            blocks += plain(words % {"names": names})
    return Entry("", _("Attendance"), blocks=blocks)


def _came(one: Came) -> list[str]:
    part = one.part
    if one.for_seat:
        part = _("%(part)s of %(seat)s") % {"part": part, "seat": one.for_seat}
    stays = [
        f"{clock(stay.arrived)} – {clock(stay.left) if stay.left else ''}".strip()
        for stay in one.stays
    ]
    marks = [str(_("late"))] * one.late + [str(_("left early"))] * one.left_early
    there = ", ".join([*stays, *marks])
    return [one.administration.label, one.name, part, there]


def _quorum(roll: Roll) -> Entry:
    needed = ngettext(
        "%(needed)d of the %(all)d that count is a quorum.",
        "%(needed)d of the %(all)d that count are a quorum.",
        roll.quorum.needed,
    ) % {"needed": roll.quorum.needed, "all": roll.counted}
    head = [
        pgettext("before a time", "From"),
        pgettext("before a time", "Until"),
        _("There"),
        _("Quorum"),
    ]
    lines = [
        [
            clock(span.begins),
            clock(span.ends) if span.ends else "",
            ", ".join(roll.names.get(code, code) for code in span.seats) or "–",
            str(_("yes") if span.has_quorum else _("no")),
        ]
        for span in roll.quorum.spans
    ]
    blocks = plain(needed)
    return Entry("", _("Quorum"), blocks=[*blocks, _table([head, *lines])] if lines else blocks)


def _table(rows: Sequence[Sequence[str]]) -> Block:
    cells = [[{"kind": "cell", "parts": [_words(cell)]} for cell in row] for row in rows]
    return {"kind": "table", "parts": [{"kind": "row", "parts": row} for row in cells]}


def _words(text: str) -> Block:
    return {"kind": "words", "text": text}


# The items ------------------------------------------------------------------------------------


def _entry(one: ItemRecord, languages: Sequence[str]) -> Entry:
    head = one.title.words or str(one.item.get_kind_display())
    times = [clock(moment) for moment in (one.item.started_at, one.item.ended_at) if moment]
    if one.is_break:
        return Entry(str(one.number), head, " – ".join(times), quiet=True)
    marks = []
    if one.item.presenter:
        marks.append(_("Presented by: %(name)s") % {"name": one.item.presenter.label})
    if one.item.is_closed:
        codes = ", ".join(one.item.closed_to)
        marks.append(_("Closed item, only for: %(codes)s") % {"codes": codes})
    blocks = _texts(dict(one.texts), languages)
    for ruling in one.rulings:
        blocks += _ruling(ruling)
    for task in one.tasks:
        blocks.append(_quote(_task(task)))
    return Entry(str(one.number), head, " – ".join(times), marks, blocks)


def _texts(texts: dict[str, Text], languages: Sequence[str]) -> list[Block]:
    """The languages that were asked for, side by side where there is more than one of them."""
    sides = [
        {"kind": "spoken", "language": name, "parts": _shown(texts[name])}
        for name in languages
        if texts[name].revision
    ]
    return [{"kind": "sides", "parts": sides}] if len(sides) > 1 else sides


def _shown(text: Text) -> list[Block]:
    if text.broken:
        return plain(_("What is stored here is not what was signed, so it is not shown."))
    if text.locked:
        return plain(_("Sealed to a key that this session does not hold."))
    return blocks_of(text.words) if text.words else plain("–")


def _ruling(one: Ruling) -> list[Block]:
    head = one.decision.number if one.decision else str(_("Proposal"))
    result = one.proposal.get_result_display()
    strong = {"kind": "strong", "parts": [_words(f"{head}, {result}")]}
    lines: list[Block] = [{"kind": "paragraph", "parts": [strong]}, *_shown(one.words)]
    if one.replaced_by:
        lines += plain(_("Replaced by %(number)s.") % {"number": one.replaced_by})
    return [_quote([*lines, *plain(_how(one))])]


def _how(one: Ruling) -> str:
    if one.proposal.method != Method.VOTE:
        return str(one.proposal.get_method_display())
    yes, no, abstain = one.tally
    counted = _("Vote: %(yes)d yes, %(no)d no, %(abstain)d abstain.") % {
        "yes": yes, "no": no, "abstain": abstain,
    }  # fmt: skip
    roll = "; ".join(
        _("%(name)s: %(words)s") % {"name": name, "words": choice or _("no vote")}
        for name, choice in one.roll
    )
    return f"{counted} {roll}."


def _task(one: Task) -> list[Block]:
    owner = one.action.owner.label
    head = f"{one.action.number}, {owner}"
    if one.action.due_on:
        head = _("%(action)s, due %(day)s") % {"action": head, "day": day(one.action.due_on)}
    strong = {"kind": "strong", "parts": [_words(head)]}
    return [{"kind": "paragraph", "parts": [strong]}, *_shown(one.words)]


def _quote(blocks: Sequence[Block]) -> Block:
    return {"kind": "box", "parts": list(blocks)}


# The journal, and words -----------------------------------------------------------------------


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
    return _drawn("meetings/_moment.txt", moment=value)


def clock(value: datetime.datetime) -> str:
    return _drawn("meetings/_clock.txt", moment=value)


def day(value: datetime.date) -> str:
    return _drawn("meetings/_day.txt", day=value)


def _zone() -> str:
    return _drawn("meetings/_zone.txt")


def _drawn(template: str, **facts: object) -> str:
    return render_to_string(template, facts).strip()
