"""The seven meetings of the demonstration: as the file has them, on days that suit today."""

import datetime

from iswg.demo.meetings import stories
from meetings.adopted import is_as_adopted
from meetings.models import ActionPoint, ActionState, Decision, Kind, Meeting, Paper
from meetings.outlook import outlook_of
from meetings.presentation import agenda_of
from meetings.queries import meetings_for
from meetings.roll import attendance_of, quorum_now, was_late


def series():
    return list(Meeting.objects.filter(kind=Kind.QUARTERLY).order_by("starts_at"))


def test_all_seven_are_there_on_wednesdays_at_eleven_in_suva(demo):
    assert len(series()) == len(stories()) == 7
    for meeting, facts in zip(series(), stories(), strict=True):
        assert meeting.local_date.weekday() == 2
        assert (meeting.local_date - datetime.date.fromisoformat(facts["date"])).days % 7 == 0
        local = meeting.starts_at.astimezone(meeting.tz)
        assert (local.date(), local.hour) == (meeting.local_date, 11)


def test_the_next_one_is_to_come_and_the_last_is_past(demo):
    *past, coming = series()
    assert {one.state for one in past} == {"held"}
    assert coming.state == "invited"
    assert coming.local_date > demo.today >= past[-1].local_date


def test_each_has_its_decisions_actions_and_adopted_minutes(demo):
    *adopted, last = series()[:-1]
    for meeting, facts in zip([*adopted, last], stories(), strict=False):
        assert Decision.objects.filter(meeting=meeting).count() == len(facts["decisions"])
        assert ActionPoint.objects.filter(meeting=meeting).count() == len(facts["actions"])
    assert [is_as_adopted(one) for one in adopted] == [True] * 5
    assert last.minutes_state == "circulated"


def test_what_was_open_is_open(demo):
    rows = ActionPoint.objects.filter(state=ActionState.OPEN)
    open_ones = [row for facts in stories() for row in facts["actions"] if row[4] == "open"]
    assert rows.count() == len(open_ones)


def test_somebody_came_late_to_the_last_one_and_there_was_a_quorum(demo):
    last = series()[-2]
    late = {row.administration_id for row in attendance_of(last) if was_late(row, last)}
    assert late == {"SB"}
    assert all(span.has_quorum for span in quorum_now(last).spans)


def test_the_next_has_papers_answers_and_a_closed_item(demo):
    coming = series()[-1]
    assert Paper.objects.filter(item__meeting=coming).count() == 3
    outlook = outlook_of(coming)
    assert (outlook.yes, outlook.maybe, outlook.missing) == (3, 1, 1)
    lines = {}
    for name in ("contact.fj", "contact.vu"):
        acting = demo.acting(name)
        meeting = meetings_for(acting["actor"]).get(pk=coming.pk)
        lines[name] = agenda_of(acting["actor"], acting["vault"], meeting)
        assert all(line.title.words for line in lines[name])
    assert len(lines["contact.fj"]) == len(lines["contact.vu"]) + 1
