"""The fragments of the live room: which of them an event touches, and how each is drawn.

The same templates as the page's, drawn for an administration. As little as will do: one line of
the attendance, the lines of the notes that changed, the newest decision.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string

from access.policy import Action, can
from activity.events import Event
from meetings import writings
from meetings.live import Detail, Region, Scene, register_regions
from meetings.merging import patch
from meetings.models import Field, Writing
from meetings.rooms import Room

WHOLE = ("state", "agenda", "item", "motion", "quorum", "hands")
PLAIN = (*WHOLE, "join")


def register_room() -> None:
    """Called once, when Django is ready."""
    register_regions(TOUCHED, DRAWERS)


def _regions(*names: str) -> Any:
    return lambda _detail: [(f"room {name}", "") for name in names]


def _agenda(detail: Detail) -> Iterable[Region]:
    """How to join is written down as a change of the agenda that changes nothing in it."""
    if detail.get("join"):
        yield "room join", ""
        return
    yield "room agenda", ""
    yield "room item", ""


def _attendance(detail: Detail) -> Iterable[Region]:
    """The line of that administration; a list of seats that changed the quorum; lowered hands."""
    yield "room line", str(detail.get("administration", ""))
    yield "room quorum", ""
    if detail.get("left"):
        yield "room hands", ""
    yield "room roll", ""


def _notes(detail: Detail) -> Iterable[Region]:
    yield "room notes", f"{detail.get('item', '')}:{detail.get('revision', 0)}"


def _decided(detail: Detail) -> Iterable[Region]:
    yield "room motion", ""
    yield "room decided", str(detail.get("proposal", ""))


TOUCHED: Mapping[str, Any] = {
    Event.MEETING_OPENED: _regions(*WHOLE),
    Event.MEETING_CLOSED: _regions(*WHOLE),
    Event.ITEM_CALLED: _regions("agenda", "item"),
    Event.AGENDA_CHANGED: _agenda,
    Event.PAPER_SUBMITTED: _regions("item"),
    Event.PAPER_WITHDRAWN: _regions("item"),
    Event.ATTENDANCE_NOTED: _attendance,
    Event.HAND_CHANGED: _regions("hands"),
    Event.NOTES_WRITTEN: _notes,
    Event.PROPOSAL_MADE: _regions("motion"),
    Event.PROPOSAL_CHANGED: _regions("motion"),
    Event.BALLOT_CAST: _regions("roll"),
    Event.PROPOSAL_CLOSED: _decided,
    Event.DECISION_TAKEN: _decided,
    Event.ACTION_TAKEN: lambda detail: [("room action", str(detail.get("number", "")))],
}


def room_of(scene: Scene) -> Room:
    """One for all regions of a drawing."""
    if "room" not in scene.kept:
        scene.kept["room"] = Room(scene.meeting, scene.actor, scene.vault, whole=True)
    found: Room = scene.kept["room"]
    return found


def _drawn(name: str) -> Any:
    def draw(scene: Scene, _which: str) -> str:
        return render_to_string(f"meetings/_room_{name}.html", {"room": room_of(scene), "swap": 1})

    return draw


def _roll(scene: Scene, _which: str) -> str:
    room = room_of(scene)
    if room.motion is None or not room.motion.is_vote:
        return ""
    return render_to_string("meetings/_room_roll.html", {"room": room, "swap": 1})


def _line(scene: Scene, code: str) -> str:
    room = room_of(scene)
    line = next((one for one in room.lines if one.code == code), None)
    if line is None:
        return ""
    return render_to_string("meetings/_room_line.html", {"room": room, "line": line, "swap": 1})


def _motion_decided(scene: Scene, uuid: str) -> str:
    room = room_of(scene)
    motion = room.decided_one(uuid) if uuid else None
    if motion is None:
        return ""
    facts = {"room": room, "motion": motion, "swap": 1}
    return render_to_string("meetings/_room_decided.html", facts)


def _action(scene: Scene, number: str) -> str:
    room = room_of(scene)
    action = room.action(number) if number else None
    if action is None:
        return ""
    facts = {"room": room, "action": action, "swap": 1}
    return render_to_string("meetings/_room_action.html", facts)


def _note(scene: Scene, which: str) -> str:
    """What one revision of the notes changed in the one before; nothing of a closed item."""
    item_id, _, revision = which.partition(":")
    room = room_of(scene)
    item = next((one for one in room.items if str(one.uuid) == item_id), None)
    if item is None or not can(scene.actor, Action.READ_ITEM, item):
        return ""
    number = int(revision)
    rows = Writing.objects.select_related("key", "key__item", "author", "administration").filter(
        subject=UUID(item_id), field=Field.NOTES, revision__in=[number - 1, number]
    )
    texts = {t.revision: t for t in writings.read_rows(scene.vault, scene.meeting, list(rows))}
    now = texts.get(number)
    if now is None or now.writing is None or any(t.broken or t.locked for t in texts.values()):
        return ""
    before = texts[number - 1].words if number - 1 in texts else ""
    change = patch(before, now.words)
    facts = {
        "item": item,
        "base": number - 1,
        "revision": number,
        "patch": change,
        "words": "\n".join(change.lines),
        "who": now.writing.administration.label,
    }
    return render_to_string("meetings/_room_patch.html", facts)


DRAWERS = {
    **{f"room {name}": _drawn(name) for name in PLAIN},
    "room roll": _roll,
    "room line": _line,
    "room decided": _motion_decided,
    "room action": _action,
    "room notes": _note,
}
