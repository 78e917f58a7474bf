"""Names and addresses that the record shows beside its codes and ids."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from bulletins.models import Bulletin
from discussions.models import Message, Thread
from meetings.models import ActionPoint, Meeting, Poll
from mous.models import Act, Instrument, Notification, Party


def bulletin_page(_uuid: str, reference: str) -> str:
    """The bulletin's page, or the list for a notice that carries no reference."""
    return reverse("bulletins:detail", args=[reference]) if reference else reverse("bulletins:list")


def bulletin_references(uuids: set[str]) -> dict[str, str]:
    rows = Bulletin.objects.filter(uuid__in=uuids).values_list("uuid", "ref")
    return {str(uuid): reference for uuid, reference in rows}


def thread_page(_uuid: str, reference: str) -> str:
    if not reference:
        return reverse("discussions:list")
    return reverse("discussions:thread", args=[reference]) + "#new"


def thread_references(uuids: set[str]) -> dict[str, str]:
    rows = Thread.objects.filter(uuid__in=uuids).values_list("uuid", "ref")
    return {str(uuid): reference for uuid, reference in rows}


def message_page(uuid: str, reference: str) -> str:
    """The thread, at that message."""
    number = Message.objects.filter(uuid=uuid).values_list("number", flat=True).first()
    if not reference or number is None:
        return reverse("discussions:list")
    return f"{reverse('discussions:thread', args=[reference])}?at={number}#p-{number}"


def message_references(uuids: set[str]) -> dict[str, str]:
    rows = Message.objects.filter(uuid__in=uuids).values_list("uuid", "thread__ref")
    return {str(uuid): reference for uuid, reference in rows}


def meeting_page(_uuid: str, reference: str) -> str:
    """The meeting's page, or the list for a notice that carries no reference."""
    return reverse("meetings:meeting", args=[reference]) if reference else reverse("meetings:list")


def meeting_references(uuids: set[str]) -> dict[str, str]:
    rows = Meeting.objects.filter(uuid__in=uuids).values_list("uuid", "ref")
    return {str(uuid): reference for uuid, reference in rows}


def invitation_page(_uuid: str, reference: str) -> str:
    """Where an administration answers an invitation."""
    return reverse("meetings:invitation", args=[reference])


def poll_page(_pk: str, reference: str) -> str:
    return reverse("meetings:poll", args=[reference])


def poll_references(keys: set[str]) -> dict[str, str]:
    rows = Poll.objects.filter(pk__in=keys).values_list("pk", "meeting__ref")
    return {str(pk): reference for pk, reference in rows}


def papers_page(_uuid: str, reference: str) -> str:
    return reverse("meetings:papers", args=[reference])


def minutes_page(_uuid: str, reference: str) -> str:
    return reverse("meetings:minutes", args=[reference])


def silence_page(_uuid: str, reference: str) -> str:
    """Where a decision out of session is read, and objected to."""
    return reverse("meetings:silence", args=[reference])


def action_page(uuid: str, _reference: str) -> str:
    return reverse("registers:action", args=[uuid])


def action_references(uuids: set[str]) -> dict[str, str]:
    rows = ActionPoint.objects.filter(uuid__in=uuids).values_list("uuid", "number")
    return {str(uuid): number for uuid, number in rows}


def instrument_page(_uuid: str, reference: str) -> str:
    """The status of the instrument, or the list for a notice that carries no reference."""
    return reverse("mous:instrument", args=[reference]) if reference else reverse("mous:list")


def instrument_references(uuids: set[str]) -> dict[str, str]:
    rows = Instrument.objects.filter(uuid__in=uuids).values_list("uuid", "slug")
    return {str(uuid): slug for uuid, slug in rows}


def act_page(uuid: str, _reference: str) -> str:
    """One act of the register, by its number in its instrument."""
    return _in_register("mous:act", Act.objects.filter(uuid=uuid))


def act_references(uuids: set[str]) -> dict[str, str]:
    rows = Act.objects.filter(uuid__in=uuids).values_list("uuid", "number")
    return {str(uuid): str(number) for uuid, number in rows}


def notification_page(uuid: str, _reference: str) -> str:
    """One notification of a depositary."""
    return _in_register("mous:notification", Notification.objects.filter(uuid=uuid))


def notification_references(uuids: set[str]) -> dict[str, str]:
    rows = Notification.objects.filter(uuid__in=uuids).values_list("uuid", "number")
    return {str(uuid): str(number) for uuid, number in rows}


def steps_page(pk: str, _reference: str) -> str:
    """What an administration does at home before it signs an instrument."""
    found = Party.objects.filter(pk=pk).values_list("instrument__slug", "code").first()
    return reverse("mous:steps", args=[found[0], found[1].lower()]) if found else _register()


def steps_references(keys: set[str]) -> dict[str, str]:
    rows = Party.objects.filter(pk__in=keys).values_list("pk", "instrument__slug", "code")
    return {str(pk): f"{slug}, {code}" for pk, slug, code in rows}


def _register() -> str:
    return reverse("mous:list")


def _in_register(name: str, rows: QuerySet[Any]) -> str:
    found = rows.values_list("instrument__slug", "number").first()
    return reverse(name, args=found) if found else _register()


def bases_page(code: str, _reference: str) -> str:
    """What an administration states of its own law."""
    return reverse("mous:basis", args=[code.lower()])


def bases_references(codes: set[str]) -> dict[str, str]:
    return {code: code for code in codes}


def authorities_page(_code: str, _reference: str) -> str:
    return reverse("mous:authorities")
