"""Whatever the host's clock says: every member's weekday and date, over ten years of zone rules.

The wall clock is turned into an instant by `meetings.when`, written into a calendar, and read back
by other people's parsers; what is expected is worked out here from offsets, not by the same code.
"""

import csv
import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import vobject
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from meetings import calendars, when
from meetings.models import Meeting, State

TABLE = Path(__file__).parent / "time_zones.csv"
ROWS = list(csv.DictReader(TABLE.read_text().splitlines()))
ZONES = [row["zone"] for row in ROWS]
CHANGING = {row["zone"] for row in ROWS if row["dst"] == "yes"}
LINE = ["Pacific/Kiritimati", "Pacific/Apia", "Pacific/Pago_Pago", "Australia/Lord_Howe"]
FIRST, LAST = datetime.date(2026, 1, 1), datetime.date(2035, 12, 31)
NOW = datetime.datetime(2026, 11, 21, tzinfo=datetime.UTC)

days = st.dates(FIRST, LAST)
clocks = st.times().map(lambda t: t.replace(second=0, microsecond=0, tzinfo=None))
zones = st.sampled_from(ZONES)


def offset(text):
    sign = -1 if text[0] == "-" else 1
    hours, minutes = text[1:].split(":")
    return sign * datetime.timedelta(hours=int(hours), minutes=int(minutes))


def allowed_offsets(zone):
    (row,) = [row for row in ROWS if row["zone"] == zone]
    return {offset(row[name]) for name in ("offset_standard", "offset_summer") if row[name]}


def sent(meeting, method="request"):
    invitee = calendars.Invitee("a@test.invalid", "A", may_answer=True)
    return getattr(calendars, method)(meeting, invitee, NOW)


def planned(day, clock, zone, *, sequence=0, minutes=120):
    meeting = Meeting(
        ref="2026-27-X1", zone=zone, local_date=day, local_time=clock, minutes=minutes,
        sequence=sequence, state=State.INVITED,
    )  # fmt: skip
    meeting.starts_at = when.instant(day, clock, zone)
    return meeting


@settings(max_examples=250, deadline=None)
@given(days, clocks, zones)
@example(datetime.date(2026, 4, 5), datetime.time(2, 30), "Pacific/Auckland")  # shown twice
@example(datetime.date(2026, 9, 27), datetime.time(3, 0), "Pacific/Auckland")
@example(datetime.date(2026, 10, 4), datetime.time(2, 30), "Australia/Lord_Howe")  # half an hour
@example(datetime.date(2027, 12, 31), datetime.time(23, 59), "Pacific/Kiritimati")
@example(datetime.date(2028, 2, 29), datetime.time(0, 0), "Pacific/Pago_Pago")
@example(datetime.date(2035, 12, 31), datetime.time(12, 0), "Pacific/Apia")
def test_everybodys_date_and_weekday_follow_from_the_hosts_clock(day, clock, zone):
    wall = datetime.datetime.combine(day, clock)
    try:
        meeting = planned(day, clock, zone)
    except when.NoSuchTime:
        assert zone in CHANGING
        assert day.month in (9, 10)
        return
    text = sent(meeting)
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    start = event.decoded("DTSTART")
    # The host's own clock shows what was entered, by an offset that the table of zones knows.
    assert wall - start.replace(tzinfo=None) in allowed_offsets(zone)
    assert vobject.readOne(text.decode()).vevent.dtstart.value == start
    assert event.decoded("DTEND") - start == datetime.timedelta(minutes=120)
    places = when.places(start, 120, zone, [(z, z, z) for z in ZONES])
    for place in places:
        shift = place.local.utcoffset()
        assert shift in allowed_offsets(place.code)
        expected = start.replace(tzinfo=None) + shift
        assert place.local.replace(tzinfo=None) == expected
        assert place.local.weekday() == expected.weekday()
        assert place.day_shift == (expected.date() - day).days
        assert abs(place.day_shift) <= 2


@settings(max_examples=80, deadline=None)
@given(days, clocks, zones, days, clocks, zones)
def test_an_update_and_a_cancellation_replace_the_first(day, clock, zone, day2, clock2, zone2):
    try:
        first = planned(day, clock, zone)
        second = planned(day2, clock2, zone2, sequence=1)
    except when.NoSuchTime:
        return
    second.uuid = first.uuid
    held = {}
    for text in (sent(second), sent(first), sent(second)):
        take(held, text)  # mails overtake each other on their way
    assert held == {first.uid: (1, second.starts_at)}
    second.sequence, second.state = 2, State.CANCELLED
    for text in (sent(second, "cancel"), sent(first)):
        take(held, text)
    assert held == {first.uid: (2, None)}


def take(held, text):
    """What a calendar does with a message (RFC 5546, 2.1.5): the higher sequence holds."""
    calendar = vobject.readOne(text.decode())
    event = calendar.vevent
    sequence = int(event.sequence.value)
    if event.uid.value in held and held[event.uid.value][0] > sequence:
        return
    cancelled = calendar.method.value == "CANCEL"
    held[event.uid.value] = (sequence, None if cancelled else event.dtstart.value)


@pytest.mark.parametrize("zone", sorted(CHANGING))
def test_eleven_stays_eleven_over_every_change_of_clocks(zone):
    """Day by day over ten years: the clock shows eleven, and the day after is 23, 24 or 25 hours
    later (half an hour less or more on Lord Howe Island)."""
    eleven, day = datetime.time(11), FIRST
    before, steps = None, set()
    while day <= LAST:
        start = when.instant(day, eleven, zone)
        there = start.astimezone(ZoneInfo(zone))
        assert (there.date(), there.time().replace(tzinfo=None)) == (day, eleven)
        if before is not None:
            steps.add((start - before) - datetime.timedelta(days=1))
        before, day = start, day + datetime.timedelta(days=1)
    jump = datetime.timedelta(minutes=30 if zone == "Australia/Lord_Howe" else 60)
    assert steps == {datetime.timedelta(), jump, -jump}


def test_the_widest_spread_of_dates_is_shown():
    """Half past midnight on Kiritimati is two dates before in Pago Pago: 25 hours lie between."""
    start = when.instant(datetime.date(2026, 12, 1), datetime.time(0, 30), "Pacific/Kiritimati")
    places = {p.code: p for p in when.places(start, 60, LINE[0], [(z, z, z) for z in ZONES])}
    assert places["Pacific/Pago_Pago"].local.strftime("%a %d %H:%M") == "Sun 29 23:30"
    assert places["Pacific/Pago_Pago"].day_shift == -2
    assert places["Pacific/Apia"].local.strftime("%a %d %H:%M") == "Mon 30 23:30"


def test_the_table_of_zones_is_that_of_the_24():
    assert len({row["alpha2"] for row in ROWS}) == 24
    assert len(ROWS) == 44
    assert set(LINE) <= set(ZONES)
