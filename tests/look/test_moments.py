"""Times in words, on both sides of the Date Line."""

import datetime as dt
import zoneinfo

import pytest
from django.utils import timezone, translation

from iswg import moments

FRIDAY_EVENING_UTC = dt.datetime(2026, 11, 20, 22, 30, tzinfo=dt.UTC)
APIA, PAGO_PAGO = "Pacific/Apia", "Pacific/Pago_Pago"


@pytest.fixture(autouse=True)
def now(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: FRIDAY_EVENING_UTC)


def at(place):
    return timezone.override(zoneinfo.ZoneInfo(place))


def test_an_instant_is_told_in_the_readers_zone_with_its_weekday():
    with at(APIA):
        assert moments.local_words(FRIDAY_EVENING_UTC) == "Sat 21 Nov, 11:30"
    with at(PAGO_PAGO):
        assert moments.local_words(FRIDAY_EVENING_UTC) == "Fri 20 Nov, 11:30"


def test_utc_names_its_weekday_only_when_it_is_another_day():
    with at(APIA):
        assert moments.utc_words(FRIDAY_EVENING_UTC) == "Fri 20 Nov, 22:30 UTC"
    with at(PAGO_PAGO):
        assert moments.utc_words(FRIDAY_EVENING_UTC) == "22:30 UTC"


def test_the_year_is_said_when_it_is_not_this_one():
    with at(APIA):
        assert moments.spell(dt.date(2025, 3, 4), "day") == "Tue 4 Mar 2025"


def test_french_writes_dates_and_hours_its_own_way():
    with at("Pacific/Noumea"), translation.override("fr"):
        assert moments.full_words(FRIDAY_EVENING_UTC) == "samedi 21 novembre 2026, 9\u202fh\u202f30"


@pytest.mark.parametrize(
    ("due", "in_apia", "in_pago_pago"),
    [
        (dt.date(2026, 11, 19), ("2 days late", "late"), ("1 day late", "late")),
        (dt.date(2026, 11, 20), ("1 day late", "late"), ("Today", "soon")),
        (dt.date(2026, 11, 21), ("Today", "soon"), ("Tomorrow", "soon")),
        (dt.date(2026, 11, 25), ("In 4 days", ""), ("In 5 days", "")),
        (dt.date(2026, 12, 15), ("In 3 weeks", ""), ("In 3 weeks", "")),
        (dt.date(2027, 3, 1), ("In 3 months", ""), ("In 3 months", "")),
    ],
)
def test_a_due_day_is_counted_from_the_readers_own_today(due, in_apia, in_pago_pago):
    for place, expected in ((APIA, in_apia), (PAGO_PAGO, in_pago_pago)):
        with at(place):
            assert (moments.due_word(due), moments.due_class(due)) == expected


def test_a_deadline_with_an_hour_is_late_when_the_hour_is_over_and_not_before():
    with at(APIA):
        over = FRIDAY_EVENING_UTC - dt.timedelta(minutes=1)
        ahead = FRIDAY_EVENING_UTC + dt.timedelta(minutes=1)
        assert (moments.due_word(over), moments.due_class(over)) == ("Late since today", "late")
        assert (moments.due_word(ahead), moments.due_class(ahead)) == ("Today", "soon")


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (dt.timedelta(seconds=20), "now"),
        (dt.timedelta(minutes=41, seconds=50), "41 min"),
        (dt.timedelta(hours=3, minutes=59), "3 h"),
        (dt.timedelta(days=2), "Thu"),
        (dt.timedelta(days=30), "22 Oct"),
    ],
)
def test_the_age_of_a_thing_is_as_short_as_a_margin_needs(age, words):
    with at(APIA):
        assert moments.ago(FRIDAY_EVENING_UTC - age) == words


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (APIA, "Apia (UTC+13)"),
        (PAGO_PAGO, "Pago Pago (UTC\u221211)"),
        ("Australia/Darwin", "Darwin (UTC+9:30)"),
        ("UTC", "UTC"),
    ],
)
def test_the_footer_names_the_zone_of_the_page(place, words):
    with at(place):
        assert moments.zone_words() == words
