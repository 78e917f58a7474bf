"""Open pages of who is outside a closed item are not told that anything happened in it."""

import pytest

from access.sockets import Member, MemberFacts
from activity.models import LiveEvent
from meetings.live import MeetingPages
from meetings.live_lists import MeetingLists
from meetings.services import deciding, room
from meetings.services.agenda import change_item
from meetings.services.noting import keep_notes
from meetings.services.papers import withdraw_paper
from tests.meetings import chamber

pytestmark = pytest.mark.django_db


@pytest.fixture
def live(world, hall, settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"
    return chamber.furnished(world, hall).opened(world.fj, world.vu, world.pw)


def everything(hall, live, item, owner):
    """All that is done in an item, by the Secretariat and Vanuatu."""
    world = hall.world
    oco, both = world.actor(world.oco), hall.both(world.oco)
    keep_notes(**hall.both(world.vu), item=item, words="zorptang", base=0)
    proposal = deciding.propose(**both, item=item, words="Pay.", method="vote")
    deciding.reword(**both, proposal=proposal, words="Pay it.", base=1)
    voter = world.actor(world.vu)
    deciding.cast_ballot(actor=voter, proposal=proposal, choice="yes", revision=2)
    deciding.close_proposal(actor=oco, proposal=proposal)
    deciding.close_proposal(
        actor=oco, proposal=deciding.propose(**both, item=item, words="No."), result="withdrawn"
    )
    action = deciding.take_action(**both, item=item, words="Do", owner=owner, due_on=None)
    report = {"action": action, "words": "Done.", "state": "done", "base": 0}
    deciding.report_on_action(**hall.both(world.vu), **report)
    paper = hall.paper(world.vu, item, b"Six hulls.\n")
    withdraw_paper(actor=world.actor(world.vu), paper=paper)
    change_item(
        **both, item=item, title="Other", kind=item.kind, minutes=9, presenter="", lead="",
        bases=(1, 1),
    )  # fmt: skip


def told(hall, live, users, act):
    """How many events each of these people's pages hears of, on both topics."""
    before = LiveEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    act()
    heard = {user.pk: [] for user in users}
    for topic, kind in (
        (f"meeting:{live.meeting.uuid}", MeetingPages()),
        ("meetings:all", MeetingLists()),
    ):
        events = list(LiveEvent.objects.filter(topic=topic, pk__gt=before).order_by("pk"))
        members = [member(hall.world, user) for user in users]
        for event, shown in zip(events, kind.judge_together(events, members).shown, strict=True):
            for one in members:
                if one in shown:
                    heard[one.user_id].append(event.event)
    return [heard[user.pk] for user in users]


def member(world, user):
    code = world.actor(user).administration
    return Member(MemberFacts(user.pk, b"", code, "en", "Pacific/Fiji", world.vault(user)), None)


def test_who_is_outside_a_closed_item_hears_of_nothing_in_it(world, hall, live):
    room.call_item(**live.actor(world.oco), item=live.items[2])
    fiji, vanuatu, officer = told(
        hall, live, [world.fj, world.vu, world.oco],
        lambda: everything(hall, live, live.items[2], "VU"),
    )  # fmt: skip
    assert fiji == []
    assert len(vanuatu) >= 15
    assert officer == vanuatu


def test_of_an_open_item_everybody_hears_the_same(world, hall, live):
    fiji, vanuatu = told(
        hall, live, [world.fj, world.vu], lambda: everything(hall, live, live.items[0], "VU")
    )
    assert fiji == vanuatu
    assert len(fiji) >= 15


def test_that_another_item_was_called_everybody_hears(world, hall, live):
    fiji, vanuatu = told(
        hall, live, [world.fj, world.vu],
        lambda: room.call_item(**live.actor(world.oco), item=live.items[2]),
    )  # fmt: skip
    assert fiji == vanuatu == ["meetings.item_called"]
