"""What a session was opened with, in the words a person would use for it."""

from __future__ import annotations

from django.utils.translation import gettext as _

# The first that fits: browsers name their ancestors too, so the newest names stand first.
BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
DEVICES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


def browser_words(user_agent: str) -> str:
    """`Firefox, Windows`; what is not known is said so, and nothing of the text is repeated."""
    browser = _first(BROWSERS, user_agent) or _("Unknown browser")
    device = _first(DEVICES, user_agent)
    return f"{browser}, {device}" if device else browser


def _first(table: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for sign, name in table if sign in user_agent), "")
