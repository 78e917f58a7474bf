"""When the 24 could meet: windows, holidays, both dates, and who carried the burden before."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meetings.finder import Member, Why, burdens, fortnight, start_at, unknown
from meetings.public_holidays import PLACES, holidays_of
from tests.meetings.test_calendar_times import FIRST, LAST, ROWS

HOMES = {row["alpha2"]: row["zone"] for row in ROWS if row["primary"] == "yes"}
SEATS = ("FJ", "NZ", "PW", "AS", "PG", "NC")


def members(codes=tuple(HOMES), *, holidays=True, years=(2026, 2027)):
    return [
        Member(code, code, HOMES[code], holidays_of(code, years) if holidays else {})
        for code in codes
    ]


def at(text):
    return datetime.datetime.fromisoformat(text)


def test_the_24_share_four_hours_on_four_days_a_week():
    """Eight in Palau is one in the afternoon of the day before in Rarotonga, where five comes four
    hours later. (With winter time in Australia and New Zealand.)"""
    painted = fortnight(members(holidays=False), datetime.date(2026, 6, 1), "Pacific/Fiji", 60)
    everybody = [w for day in painted for w in day.windows if len(w.inside) == 24]
    assert len(everybody) == 8
    assert {w.minutes for w in everybody} == {240}
    assert {(w.starts.hour, w.ends.hour) for w in everybody} == {(23, 3)}
    assert [d.day.strftime("%a") for d in painted if any(len(w.inside) == 24 for w in d.windows)] \
        == ["Tue", "Wed", "Thu", "Fri"] * 2  # fmt: skip


def test_a_day_is_covered_from_midnight_to_midnight_even_when_clocks_change():
    for day, quarters in ((datetime.date(2026, 9, 27), 92), (datetime.date(2026, 4, 5), 100)):
        (painted,) = fortnight(members(("NZ",)), day, "Pacific/Auckland", 60, days=1)
        assert sum(w.minutes for w in painted.windows) == quarters * 15
        ends = [w.ends for w in painted.windows]
        assert [w.starts for w in painted.windows][1:] == ends[:-1]


@settings(max_examples=100, deadline=None)
@given(st.dates(FIRST, LAST), st.integers(0, 95), st.sampled_from((15, 60, 120, 180)))
def test_who_is_inside_works_there_from_the_first_minute_to_the_last(day, quarter, minutes):
    midnight = datetime.datetime.combine(day, datetime.time(), datetime.UTC)
    start = start_at(
        members(holidays=False), midnight + quarter * datetime.timedelta(minutes=15), minutes
    )
    for code, zone in HOMES.items():
        here = start.at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        ends = (start.at + datetime.timedelta(minutes=minutes)).astimezone(ZoneInfo(zone))
        works = (
            here.weekday() < 5 and here.hour >= 8
            and ends.replace(tzinfo=None) <= datetime.datetime.combine(here, datetime.time(17))
        )  # fmt: skip
        assert (code in start.inside) == works
    assert start.inside | {one.code for one, *_why in start.outside} == set(HOMES)


def test_a_holiday_on_the_other_side_of_the_line_is_that_sides_own_date():
    """Palau keeps 1 October; when it is Friday the 2nd in Suva's morning, Palau's is the 2nd too,
    and Pago Pago's is the 1st."""
    palau = Member("PW", "Palau", "Pacific/Palau", {datetime.date(2026, 10, 1): "Independence"})
    tutuila = Member("AS", "AS", "Pacific/Pago_Pago", {datetime.date(2026, 10, 1): "Some day"})
    moment = at("2026-10-01T23:00+00:00")
    start = start_at([palau, tutuila], moment, 60)
    assert [(one.code, why, name) for one, why, name in start.outside] == [
        ("AS", Why.HOLIDAY, "Some day")
    ]
    assert palau.why_not(moment - datetime.timedelta(days=1), 60) == (Why.HOLIDAY, "Independence")


def test_reasons_are_told_apart():
    fiji = Member("FJ", "Fiji", "Pacific/Fiji", {})
    assert fiji.why_not(at("2026-12-04T19:00+12:00"), 60) == (Why.LATE, "")
    assert fiji.why_not(at("2026-12-04T06:00+12:00"), 60) == (Why.EARLY, "")
    assert fiji.why_not(at("2026-12-05T10:00+12:00"), 60) == (Why.WEEKEND, "")
    assert fiji.why_not(at("2026-12-04T16:30+12:00"), 60) == (Why.LATE, "")
    assert fiji.why_not(at("2026-12-04T16:00+12:00"), 60) is None


def test_both_dates_of_a_day_are_known():
    (painted,) = fortnight(members(SEATS), datetime.date(2026, 12, 8), "Pacific/Fiji", 60, days=1)
    assert painted.other_days == (datetime.date(2026, 12, 7),)


def test_starts_spare_who_was_outside_before():
    """Suva and a place half the world away never both work; who carried it before is spared."""
    fiji = Member("FJ", "Fiji", "Pacific/Fiji", {})
    far = Member("XX", "Far", "Atlantic/Reykjavik", {})
    day = datetime.date(2026, 12, 8)
    for burden, inside in (({"FJ": 3}, {"FJ"}), ({"XX": 3}, {"XX"})):
        (painted,) = fortnight([fiji, far], day, "Pacific/Fiji", 60, burden=burden, days=1)
        assert {frozenset(one.inside) for one in painted.starts} == {frozenset(inside)}
        assert len(painted.starts) == 4


def test_the_burden_of_earlier_meetings_is_counted():
    earlier = [(at("2026-06-04T23:00+00:00"), 120), (at("2026-09-03T05:00+00:00"), 120)]
    rows = {row.member.code: row for row in burdens(members(SEATS), earlier)}
    assert (rows["FJ"].outside, rows["FJ"].meetings) == (1, 2)  # the second ended at seven in Suva
    assert rows["AS"].outside == 1
    assert rows["PW"].outside == 0


@pytest.mark.parametrize("code", sorted(HOMES))
def test_public_holidays_of_each_of_the_24_are_known(code):
    found = holidays_of(code, (2026, 2027))
    assert found
    assert datetime.date(2027, 1, 1) in found


def test_for_a_partner_nothing_is_known_and_that_is_said():
    assert holidays_of("PTCCC", (2026,)) is None
    stranger = Member("PTCCC", "PTCCC", "Pacific/Apia", None)
    assert unknown([*members(SEATS), stranger]) == [stranger]
    assert set(PLACES) == {*HOMES, "OCO"}


def test_names_of_holidays_are_in_the_readers_language_or_left_out():
    from django.utils import translation

    day = datetime.date(2026, 7, 14)
    with translation.override("fr"):
        assert "nationale" in holidays_of("NC", (2026,))[day]
        assert set(holidays_of("FJ", (2026,)).values()) == {""}
    assert "National Day" in holidays_of("NC", (2026,))[day]


@settings(max_examples=40, deadline=None)
@given(st.dates(FIRST, LAST), st.sampled_from(sorted(HOMES)))
def test_windows_say_of_each_quarter_what_the_clocks_there_say(day, host):
    everybody = members()
    (painted,) = fortnight(everybody, day, HOMES[host], 60, days=1)
    for window in painted.windows:
        for moment in (window.starts, window.ends - datetime.timedelta(minutes=15)):
            quarter = start_at(everybody, moment, 15)
            assert quarter.inside == window.inside
    for start in painted.starts:
        assert start.at.minute in (0, 15, 30, 45)
        assert painted.begins <= start.at
