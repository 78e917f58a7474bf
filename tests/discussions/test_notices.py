"""What people are told of discussions, in the portal and by mail; and what they are not."""

import datetime
import email
import email.policy
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.models import User
from activity.mail import deliver
from activity.models import Notice, OutgoingMail
from activity.queries import notices_for
from discussions.services.participants import add_participant, remove_participant
from discussions.services.reading import pay_attention, read_up_to
from tests.table import TEXT, TOPIC

DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def mail_dir(settings, tmp_path):
    settings.EMAIL_BACKEND = "activity.mail.EmlFileBackend"
    settings.MAIL_DIR = tmp_path / "mail"
    return settings.MAIL_DIR


@pytest.fixture
def thread(world, table):
    """Vanuatu's two people have read all there is, and been told of its opening."""
    thread = table.open(world.fj, "VU")
    for user in (world.vu, world.vu_contact):
        read_up_to(actor=world.actor(user), thread=thread, number=0)
    deliver(now=timezone.now() + 2 * DAY)
    return thread


@pytest.fixture
def told(world):
    def events(user) -> list[str]:
        rows = notices_for(world.actor(user)).filter(read_at=None)
        return [one.event for one in rows if one.event.startswith("discussions.")]

    return events


def follow(world, user, thread, attention="following"):
    pay_attention(actor=world.actor(user), thread=thread, attention=attention)


def later(**more) -> datetime.datetime:
    return timezone.now() + datetime.timedelta(**(more or {"days": 2}))


def letters(folder, user) -> list:
    found = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in sorted(folder.glob("*.eml"))
    ]
    return [mail for mail in found if mail["To"] == user.email]


def words_of(mail) -> str:
    return mail.get_body(("plain",)).get_content()


def at_once(user):
    User.objects.filter(pk=user.pk).update(mail_now=True)


def test_a_new_discussion_is_told_and_mailed_to_who_takes_part(world, table, told, mail_dir):
    table.open(world.fj, "VU")
    assert told(world.vu) == ["discussions.opened"]
    assert told(world.pw) == []
    deliver(now=later())
    (mail,) = letters(mail_dir, world.vu)
    assert "Fiji opened a discussion" in words_of(mail)
    assert letters(mail_dir, world.pw) == []
    assert letters(mail_dir, world.fj) == []


def test_messages_are_one_notice_and_one_mail_until_they_are_read(
    world, table, thread, told, mail_dir
):
    follow(world, world.vu, thread)
    before = len(letters(mail_dir, world.vu))
    for number in range(5):
        table.says(world.fj, thread, f"number {number}")
    assert told(world.vu) == ["discussions.posted"]
    assert told(world.vu_contact) == []  # who does not follow is told nothing
    deliver(now=later())
    table.says(world.fj, thread, "one more")
    deliver(now=later(days=4))
    mails = letters(mail_dir, world.vu)[before:]
    assert len(mails) == 1
    assert "There are new messages in a discussion that you follow." in words_of(mails[0])
    read_up_to(actor=world.actor(world.vu), thread=table.now(thread), number=6)
    table.says(world.fj, thread, "and again")
    deliver(now=later(days=6))
    assert len(letters(mail_dir, world.vu)[before:]) == 2


def test_what_was_read_meanwhile_is_not_mailed(world, table, thread, mail_dir):
    for user in (world.vu, world.vu_contact):
        follow(world, user, thread)
    before = {user: len(letters(mail_dir, user)) for user in (world.vu, world.vu_contact)}
    table.says(world.fj, thread)
    read_up_to(actor=world.actor(world.vu), thread=table.now(thread), number=1)
    deliver(now=later())
    assert len(letters(mail_dir, world.vu)) == before[world.vu]
    assert len(letters(mail_dir, world.vu_contact)) == before[world.vu_contact] + 1


def test_the_mail_waits_for_the_morning_unless_one_chose_at_once(world, table, thread, mail_dir):
    for user in (world.vu, world.vu_contact):
        follow(world, user, thread)
    at_once(world.vu)
    User.objects.filter(pk=world.vu_contact.pk).update(mail_now=False, zone="Pacific/Efate")
    table.says(world.fj, thread)
    waiting = {
        row.recipient_id: row
        for row in OutgoingMail.objects.filter(sent_at=None, kind="discussions.posted")
    }
    # Ten minutes, for who has the page open and sees it there: also at five to seven.
    hasty, patient = waiting[world.vu.pk], waiting[world.vu_contact.pk]
    settled = hasty.made_at + datetime.timedelta(minutes=10)
    seven = patient.made_at.astimezone(ZoneInfo("Pacific/Efate")).replace(
        hour=7, minute=0, second=0, microsecond=0
    )
    mornings = (one for one in (seven, seven + DAY) if one > patient.made_at)
    assert hasty.not_before == settled
    assert patient.not_before == max(settled, next(mornings))


def test_who_is_named_is_told_and_the_mail_says_it_once(world, table, thread, told, mail_dir):
    follow(world, world.vu, thread)
    before = len(letters(mail_dir, world.vu))
    table.says(world.fj, thread, "something")
    table.says(world.fj, thread, f"@{world.vu.name} please")
    assert set(told(world.vu)) == {"discussions.posted", "discussions.mentioned"}
    assert told(world.vu_contact) == []
    deliver(now=later())
    (mail,) = letters(mail_dir, world.vu)[before:]
    assert "were named in a discussion" in words_of(mail)
    assert "new messages" not in words_of(mail)


def test_who_muted_it_is_told_nothing_of_it(world, table, thread, told, mail_dir):
    before = len(letters(mail_dir, world.vu))
    follow(world, world.vu, thread)
    table.says(world.fj, thread, "before muting")
    follow(world, world.vu, thread, "muted")
    table.says(world.fj, thread, f"@{world.vu.name} and @Vanuatu")
    assert told(world.vu) == []
    assert told(world.vu_contact) == ["discussions.mentioned"]
    deliver(now=later())
    assert len(letters(mail_dir, world.vu)) == before


def test_who_is_removed_loses_the_notices_and_the_mails_that_wait_at_once(
    world, table, told, mail_dir
):
    thread = table.open(world.fj, "VU", "PW")
    table.says(world.fj, thread, "@Palau and @Vanuatu")
    assert "discussions.mentioned" in told(world.pw)
    remove_participant(**table.both(world.fj), thread=thread, name="PW")
    assert told(world.pw) == []
    assert not OutgoingMail.objects.filter(recipient=world.pw).exists()
    deliver(now=later())
    assert letters(mail_dir, world.pw) == []
    assert "discussions.mentioned" in told(world.vu)
    assert letters(mail_dir, world.vu) != []


def test_newcomers_are_told(world, table, thread, told, mail_dir):
    add_participant(**table.both(world.fj), thread=thread, name="PW")
    assert told(world.pw) == ["discussions.participant_added"]
    deliver(now=later())
    assert "Fiji added you to a discussion" in words_of(letters(mail_dir, world.pw)[0])


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Answers to this mail reach nobody"),
        ("fr", "Une réponse à ce courriel ne parvient à personne"),
    ],
)
def test_no_mail_holds_a_word_of_it_and_each_says_where_to_answer(
    world, table, mail_dir, language, sentence
):
    User.objects.filter(pk=world.vu.pk).update(language=language)
    thread = table.open(world.fj, "VU")
    table.says(world.fj, thread, f"{TEXT} @Vanuatu")
    deliver(now=later())
    (mail,) = letters(mail_dir, world.vu)
    said = " ".join(words_of(mail).split())
    assert sentence in said
    assert thread.ref in said
    assert f"/threads/{thread.ref}/" in said
    for word in (*TEXT.split(), *TOPIC.split(), world.fj.name):
        if len(word) > 5:
            assert word.strip("*.,") not in said
    rows = Notice.objects.filter(recipient=world.vu, event__startswith="discussions.")
    assert rows.count() == 2
