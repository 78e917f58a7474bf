"""Times in words: weekday always, the reader's zone first, UTC beside it.

Members live on two dates at once, so a time without its weekday is half a time. The reader's zone
and language are those of the request (Django's current zone and language); nothing here asks who
the reader is.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from django.utils import timezone
from django.utils.dateformat import format as written
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.language import city_of

# Django's date letters, by language. French writes hours as "15 h 40", with narrow spaces, and
# shortens months with a full stop ("N" knows juin from juil., which "M" does not).
FORMATS = {
    "en": {"day": "D j M", "full": "l j F Y", "time": "H:i", "short": "j M"},
    "fr": {"day": "D. j N", "full": "l j F Y", "time": "G\u202f\\h\u202fi", "short": "j N"},
}
MINUTE, HOUR, DAY = 60, 3600, 86400
SOON_DAYS = 1  # today and tomorrow


def language() -> str:
    short = (get_language() or "en")[:2]
    return short if short in FORMATS else "en"


def spell(moment: dt.date, kind: str) -> str:
    """A date or time by one of the FORMATS, with the year when it is not this one."""
    pattern = FORMATS[language()][kind]
    if kind in ("day", "short") and moment.year != timezone.localdate().year:
        pattern += " Y"
    if moment.day == 1 and language() == "fr" and kind != "time":
        pattern = pattern.replace("j", r"j\e\r")  # le 1er novembre
    wall = moment.replace(tzinfo=None) if isinstance(moment, dt.datetime) else moment
    return _spelled(wall, pattern, language())


@lru_cache(maxsize=4096)
def _spelled(wall: dt.date, pattern: str, _tongue: str) -> str:
    """What a clock on the wall shows, in words of the active language."""
    return written(wall, pattern)


def local(moment: dt.datetime) -> dt.datetime:
    return timezone.localtime(moment) if timezone.is_aware(moment) else moment


def machine(moment: dt.date) -> str:
    """What `<time datetime>` holds: an instant in UTC, or a plain day."""
    if isinstance(moment, dt.datetime):
        return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%MZ")
    return moment.isoformat()


def local_words(moment: dt.datetime) -> str:
    """`Thu 19 Nov, 15:40` where the reader is."""
    here = local(moment)
    return f"{spell(here, 'day')}, {spell(here, 'time')}"


def utc_words(moment: dt.datetime) -> str:
    """`02:40 UTC`, or `Wed 18 Nov, 22:40 UTC` when it is another day there."""
    there, here = moment.astimezone(dt.UTC), local(moment)
    hour = f"{spell(there, 'time')} UTC"
    return hour if there.date() == here.date() else f"{spell(there, 'day')}, {hour}"


def full_words(moment: dt.datetime) -> str:
    """`Monday 23 November 2026, 09:12`."""
    here = local(moment)
    return f"{spell(here, 'full')}, {spell(here, 'time')}"


def ago(moment: dt.datetime) -> str:
    """How old, as short as a margin needs: minutes, hours, then the weekday, then the date."""
    age = (timezone.now() - moment).total_seconds()
    if age < MINUTE:
        return _("now")
    if age < HOUR:
        return _("%(n)d min") % {"n": age // MINUTE}
    if age < DAY:
        return _("%(n)d h") % {"n": age // HOUR}
    here = local(moment)
    if age < 6 * DAY:
        return written(here, "l" if language() == "fr" else "D")
    return spell(here, "short")


def days_until(due: dt.date) -> int:
    """Calendar days from the reader's today; yesterday is -1."""
    day = local(due).date() if isinstance(due, dt.datetime) else due
    return (day - timezone.localdate()).days


def has_passed(due: dt.date) -> bool:
    """A deadline with an hour is late by the minute, one with a day only when the day is over."""
    if isinstance(due, dt.datetime):
        return due < timezone.now()
    return days_until(due) < 0


def due_word(due: dt.date) -> str:
    days = days_until(due)
    if days < 0:
        return ngettext("%(n)d day late", "%(n)d days late", -days) % {"n": -days}
    if has_passed(due):
        return _("Late since today")
    if days < 2:
        return _("Tomorrow") if days else _("Today")
    if days < 14:
        return ngettext("In %(n)d day", "In %(n)d days", days) % {"n": days}
    if days < 60:
        weeks = days // 7
        return ngettext("In %(n)d week", "In %(n)d weeks", weeks) % {"n": weeks}
    months = days // 30
    return ngettext("In %(n)d month", "In %(n)d months", months) % {"n": months}


def due_class(due: dt.date) -> str:
    if has_passed(due):
        return "late"
    return "soon" if days_until(due) <= SOON_DAYS else ""


def zone_words() -> str:
    """`Tongatapu (UTC+13)`: the zone all times of the page are in."""
    offset = timezone.localtime().strftime("%z")
    hours, minutes = int(offset[1:3]), offset[3:5]
    sign = "+" if offset[0] == "+" else "\u2212"
    shown = f"{hours}" if minutes == "00" else f"{hours}:{minutes}"
    name = timezone.get_current_timezone_name()
    if hours == 0 and minutes == "00":
        return "UTC" if "/" not in name else f"{city_of(name, language())} (UTC)"
    return f"{city_of(name, language())} (UTC{sign}{shown})"
