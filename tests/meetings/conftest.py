"""What the tests of meetings may ask for."""

import email
import email.policy

import pytest
from django.utils import timezone
from icalendar import Calendar

from activity.mail import deliver
from meetings.services.minutes import comment_on_minutes
from tests.meetings import chamber, outcome


class Post:
    """The mails that were sent, read as files, like a mail program would."""

    def __init__(self, folder):
        self.folder = folder
        self.seen = set()

    def send(self, now=None):
        """Let the worker send what waits, and give what came out of it, by address."""
        deliver(now=now or timezone.now())
        paths = sorted(set(self.folder.glob("*.eml")) - self.seen)
        self.seen |= set(paths)
        mails = [
            email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            for path in paths
        ]
        return {mail["To"]: mail for mail in mails}


@pytest.fixture
def post(settings, tmp_path):
    settings.MAIL_DIR = tmp_path / "mail"
    settings.MAIL_DIR.mkdir()
    settings.EMAIL_BACKEND = "activity.mail.EmlFileBackend"
    settings.DEFAULT_FROM_EMAIL = "ISWG portal <portal@test.invalid>"
    return Post(settings.MAIL_DIR)


def calendar_of(mail):
    """The calendar part of a mail, and the method its header names."""
    (part,) = [one for one in mail.walk() if one.get_content_type() == "text/calendar"]
    return Calendar.from_ical(part.get_payload(decode=True)), part.get_param("method")


def event_of(mail):
    calendar, method = calendar_of(mail)
    (event,) = calendar.walk("VEVENT")
    assert calendar["METHOD"] == method
    return event


def whole(mail):
    """Everything that somebody between could read, decoded."""
    parts = [str(mail["Subject"])]
    for part in mail.walk():
        if not part.is_multipart():
            parts.append(part.get_payload(decode=True).decode())
    return "\n".join(parts)


@pytest.fixture
def held(world, hall):
    """A meeting that is over, with an item closed to Palau; its minutes are sent round."""
    found = outcome.hold(world, hall)
    found.circulate()
    for item in (found.item, found.closed):
        comment_on_minutes(**hall.both(world.vu), item=item, words="Not so.")
    return found


@pytest.fixture
def live(world, hall):
    return chamber.furnished(world, hall).opened(world.fj, world.vu, world.pw)
