"""What the register of instruments waits for from one administration, as rows of its home page."""

from __future__ import annotations

from collections import defaultdict

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.actors import Actor
from iswg.need import Need
from mous.frame import address
from mous.models import Act, Instrument, Receipt
from mous.vocabulary import act_label
from mous.waiting import NextStep, acts_to_confirm, next_steps, notifications_to_receive

SHOWN = 10


def register_needs(actor: Actor) -> list[Need]:
    """Acts to confirm one by one, notifications together, and the next step at home."""
    receipts: dict[int, list[Receipt]] = defaultdict(list)
    for one in notifications_to_receive(actor):
        receipts[one.notification.instrument_id].append(one)
    return [
        *(_confirm(act) for act in acts_to_confirm(actor)[:SHOWN]),
        *(_receive(its) for its in receipts.values()),
        *(_step(step, actor) for step in next_steps(actor, timezone.localdate())),
    ]


def _confirm(act: Act) -> Need:
    facts = {"name": act.party.label, "act": act_label(act.instrument, act.kind)}
    return Need(
        id=f"act-{act.uuid}",
        title=_("Confirm the act entered: %(name)s, %(act)s") % facts,
        url=address("mous:act", act.instrument.slug, act.number) or _page(act.instrument),
        verb=_("Look and confirm"),
        facts=(
            act.instrument.short_label,
            _("Entered by %(name)s, %(place)s")
            % {"name": act.entered_by.name, "place": act.entered_for.label},
        ),
    )


def _receive(receipts: list[Receipt]) -> Need:
    first = receipts[0].notification
    instrument, count = first.instrument, len(receipts)
    one_page = address("mous:notification", instrument.slug, first.number)
    all_pages = address("mous:notifications", instrument.slug)
    title = ngettext(
        "A notification waits for receipt: %(instrument)s",
        "%(n)d notifications wait for receipt: %(instrument)s",
        count,
    )
    return Need(
        id=f"receipt-{instrument.slug}",
        title=title % {"n": count, "instrument": instrument.short_label},
        url=(one_page if count == 1 else all_pages) or _page(instrument),
        verb=_("Read and confirm receipt"),
        facts=(_("From the depositary"),),
    )


def _step(step: NextStep, actor: Actor) -> Need:
    instrument = step.instrument
    return Need(
        id=f"step-{instrument.slug}",
        title=_("Your next step: %(step)s") % {"step": step.words},
        url=address("mous:steps", instrument.slug, actor.administration.lower())
        or _page(instrument),
        verb=_("Our steps"),
        facts=(instrument.short_label,),
    )


def _page(instrument: Instrument) -> str:
    return reverse("mous:instrument", args=[instrument.slug])
