"""Names and addresses that the record shows beside its codes and ids."""

from __future__ import annotations

from django.urls import reverse

from bulletins.models import Bulletin
from discussions.models import Message, Thread
from meetings.models import ActionPoint, Meeting, Poll


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
