"""What happens when a bulletin is issued, and who can read it afterwards."""

import pytest

from access.policy import Refused
from activity.models import JournalEntry, LiveEvent, Notice, OutgoingMail
from bulletins import opening, queries, services
from bulletins.models import Bulletin, Draft, Recipient
from tests.desk import BODY, TITLE, content
from vault.models import KeyHolder

pytestmark = pytest.mark.django_db


def for_person(world, user, bulletin):
    return queries.bulletins_for(world.actor(user)).filter(pk=bulletin.pk).first()


def test_the_recipient_reads_what_was_written(desk, world):
    issued = desk.publish(world.fj)
    bulletin = for_person(world, world.vu, issued)
    opened = opening.open_bulletin(**desk.acting(world.vu), bulletin=bulletin)
    assert (opened.content.title, opened.content.body) == (TITLE, BODY)
    assert opened.content.grading == "B2"


def test_an_administration_that_was_not_addressed_finds_nothing(desk, world):
    issued = desk.publish(world.fj)
    assert for_person(world, world.pw, issued) is None
    assert for_person(world, world.oco, issued) is None
    with pytest.raises(Refused):
        opening.open_bulletin(**desk.acting(world.pw), bulletin=Bulletin.objects.get())


def test_with_the_rules_patched_out_a_stranger_still_gets_no_byte(desk, world, monkeypatch):
    issued = desk.publish(world.fj)
    yes = monkeypatch.setattr
    yes("bulletins.opening.require", lambda *a, **k: None)
    with pytest.raises(opening.Locked):
        opening.open_bulletin(**desk.acting(world.pw), bulletin=issued)
    assert opening.open_titles(world.vault(world.pw), [issued]) == {issued.pk: None}
    assert list(opening.open_contents(world.vault(world.pw), [issued])) == []


def test_publishing_tells_the_recipients_once_and_without_a_word_of_it(desk, world):
    desk.publish(world.fj)
    issued = Notice.objects.filter(event="bulletins.issued")
    told = set(issued.values_list("recipient__email", flat=True))
    assert told == {"coordinator.vu@test.invalid", "contact.vu@test.invalid",
                    "contact.fj@test.invalid"}  # fmt: skip
    assert OutgoingMail.objects.filter(notice__in=issued).count() == len(told)
    topics = set(LiveEvent.objects.filter(event="bulletins.issued").values_list("topic", flat=True))
    assert {"administration:FJ", "administration:VU"} <= topics
    assert "administration:PW" not in topics


def test_a_double_click_publishes_once(desk, world):
    draft = desk.draft(world.fj)
    first = services.publish_bulletin(**desk.acting(world.fj), draft=draft, version=1)
    second = services.publish_bulletin(**desk.acting(world.fj), draft=draft, version=1)
    assert first == second
    assert Bulletin.objects.count() == 1
    assert not Draft.objects.exists()


def test_a_reader_may_draft_nothing_and_a_contributor_may_not_publish(desk, world):
    from access.roles import Role

    reader = world.colleague("FJ", Role.READER, name="reader")
    writer = world.colleague("FJ", Role.CONTRIBUTOR, name="writer")
    with pytest.raises(Refused):
        desk.draft(reader)
    draft = desk.draft(writer)
    with pytest.raises(Refused):
        services.publish_bulletin(**desk.acting(writer), draft=draft, version=1)
    assert Draft.objects.filter(pk=draft.pk).exists()


def test_nobody_opens_or_publishes_the_draft_of_a_colleague(desk, world):
    draft = desk.draft(world.fj)
    assert services.draft_of(world.actor(world.fj_contact), draft.pk) is None
    with pytest.raises(Refused):
        services.publish_bulletin(**desk.acting(world.fj_contact), draft=draft, version=1)
    assert services.open_draft_or_none(world.vault(world.fj_contact), draft) is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"tlp": "TLP:RED"}, "recipients"),
        ({"tlp": "TLP:RED", "recipients": ()}, "officers"),
        ({"recipients": ()}, "recipients"),
        ({"recipients": ("FJ",)}, "recipients"),
        ({"tlp": "TLP:GREEN", "pap": "PAP:RED"}, "pap"),
        ({"tlp": "TLP:CLEAR", "pap": "PAP:AMBER"}, "pap"),
        ({"pap": "PAP:AMBER", "requested_action": "checks"}, "requested_action"),
    ],
)
def test_a_marking_that_contradicts_the_audience_is_refused(desk, world, changes, field):
    draft = desk.draft(world.fj, **changes)
    with pytest.raises(services.NotPublishable) as refusal:
        services.publish_bulletin(**desk.acting(world.fj), draft=draft, version=1)
    assert field in refusal.value.faults
    assert not Bulletin.objects.exists()


def test_red_is_read_by_the_named_officer_and_not_by_the_colleague(desk, world):
    issued = desk.publish(world.fj, tlp="TLP:RED", recipients=(), officers=(world.vu_contact.pk,))
    named = for_person(world, world.vu_contact, issued)
    opened = opening.open_bulletin(**desk.acting(world.vu_contact), bulletin=named)
    assert opened.content.title == TITLE
    for stranger in (world.vu, world.fj_contact, world.pw, world.oco):
        assert for_person(world, stranger, issued) is None
        assert opening.open_titles(world.vault(stranger), [issued])[issued.pk] is None
    told = Notice.objects.filter(event="bulletins.issued").values_list("recipient_id", flat=True)
    assert list(told) == [world.vu_contact.pk]


def test_a_named_officer_acknowledges_whatever_the_role(desk, world):
    from access.roles import Role

    reader = world.colleague("VU", Role.READER, name="liaison")
    red = desk.publish(world.fj, tlp="TLP:RED", recipients=(), officers=(reader.pk,))
    with pytest.raises(Refused):
        services.acknowledge(actor=world.actor(world.vu), bulletin=red)
    row = services.acknowledge(actor=world.actor(reader), bulletin=red)
    assert row.acknowledged_by_id == reader.pk


def test_the_first_opening_destroys_the_box_of_that_administration(desk, world):
    issued = desk.publish(world.fj)
    holder = KeyHolder.objects.get(holder="VU")
    assert holder.box is not None
    bulletin = for_person(world, world.vu, issued)
    opening.open_bulletin(**desk.acting(world.vu), bulletin=bulletin)
    holder.refresh_from_db()
    assert holder.box is None
    assert holder.wrap is not None
    again = opening.open_bulletin(**desk.acting(world.vu_contact), bulletin=bulletin)
    assert again.content.title == TITLE


def test_the_ledger_says_how_far_it_has_come(desk, world):
    issued = desk.publish(world.fj, recipients=("VU", "PW"))

    def states():
        fresh = for_person(world, world.fj, issued)
        return {r.administration.code: r.state for r in queries.ledger_of(fresh).rows}

    assert states() == {"VU": "sent", "PW": "sent"}
    opening.open_titles(world.vault(world.vu), [issued])
    assert states()["VU"] == "delivered"
    bulletin = for_person(world, world.vu, issued)
    opening.open_bulletin(**desk.acting(world.vu), bulletin=bulletin)
    assert states()["VU"] == "opened"
    services.acknowledge(actor=world.actor(world.vu), bulletin=bulletin)
    assert states() == {"VU": "acknowledged", "PW": "sent"}
    services.record_outcome(actor=world.actor(world.vu), bulletin=bulletin, outcome="acted")
    assert states()["VU"] == "acted"


def test_acknowledging_twice_changes_nothing_the_second_time(desk, world):
    issued = desk.publish(world.fj)
    first = services.acknowledge(actor=world.actor(world.vu), bulletin=issued)
    second = services.acknowledge(actor=world.actor(world.vu_contact), bulletin=issued)
    assert (first.acknowledged_at, first.acknowledged_by_id) == (
        second.acknowledged_at,
        second.acknowledged_by_id,
    )
    assert JournalEntry.objects.filter(event="bulletins.acknowledged").count() == 1


def test_the_originator_and_a_reader_cannot_acknowledge(desk, world):
    from access.roles import Role

    issued = desk.publish(world.fj)
    reader = world.colleague("VU", Role.READER, name="reader")
    for person in (world.fj, reader):
        with pytest.raises(Refused):
            services.acknowledge(actor=world.actor(person), bulletin=issued)
    assert not Recipient.objects.exclude(acknowledged_at=None).exists()


def test_unread_counts_follow_what_was_sent_and_read(desk, world):
    actor = world.actor(world.vu)
    assert queries.unread_count(actor) == 0
    first, _second = desk.publish(world.fj), desk.publish(world.pw, recipients=("VU", "FJ"))
    assert queries.unread_count(actor) == 2
    opening.open_bulletin(**desk.acting(world.vu), bulletin=for_person(world, world.vu, first))
    opening.open_bulletin(**desk.acting(world.vu), bulletin=for_person(world, world.vu, first))
    assert queries.unread_count(actor) == 1
    assert queries.unread_count(world.actor(world.vu_contact)) == 2
    rows = queries.bulletins_for(actor)
    assert opening.mark_all_read(actor=actor, bulletins=rows) == 1
    assert queries.unread_count(actor) == 0
    assert queries.unread_count(world.actor(world.fj)) == 1


def test_a_newer_version_in_another_window_is_not_overwritten(desk, world):
    draft = desk.draft(world.fj)
    services.save_draft(
        **desk.acting(world.fj), draft=draft, content=content(title="second"), version=1
    )
    with pytest.raises(services.DraftChanged):
        services.save_draft(
            **desk.acting(world.fj), draft=draft, content=content(title="third"), version=1
        )
    draft.refresh_from_db()
    assert services.open_draft(world.vault(world.fj), draft).title == "second"


def test_whoever_opens_it_gets_no_mail_about_it_any_more(desk, world):
    issued = desk.publish(world.fj)
    about = Notice.objects.filter(event="bulletins.issued", read_at=None)
    assert about.filter(recipient=world.vu).exists()
    bulletin = for_person(world, world.vu, issued)
    opening.open_bulletin(**desk.acting(world.vu), bulletin=bulletin)
    assert not about.filter(recipient=world.vu).exists()
    assert about.filter(recipient=world.vu_contact).exists()


def test_a_colleagues_reading_takes_no_dot_away_and_doubles_no_row(desk, world):
    issued = desk.publish(world.fj)

    def dots(user):
        return [row.is_read for row in queries.rows_in_box(world.actor(user), "inbox")]

    assert dots(world.vu) == dots(world.vu_contact) == [False]
    bulletin = for_person(world, world.vu, issued)
    opening.open_bulletin(**desk.acting(world.vu), bulletin=bulletin)
    assert (dots(world.vu), dots(world.vu_contact)) == ([True], [False])
    opening.open_bulletin(**desk.acting(world.vu_contact), bulletin=bulletin)
    assert (dots(world.vu), dots(world.vu_contact)) == ([True], [True])
