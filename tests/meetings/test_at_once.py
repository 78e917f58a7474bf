"""Several people in one meeting in the same moment, on a real database with several connections."""

import datetime
from uuid import uuid4

import pytest
from django.utils import timezone

from meetings.groups import group
from meetings.merging import lines_of
from meetings.models import (
    Attendance,
    Ballot,
    Decision,
    Field,
    Hand,
    Meeting,
    MinutesComment,
    Paper,
    PaperDraft,
    Proposal,
    Reply,
    Writing,
)
from meetings.services import deciding, room
from meetings.services.audience import change_audience
from meetings.services.invitations import answer, invite
from meetings.services.minutes import adopt_minutes, comment_on_minutes, write_minutes
from meetings.services.noting import keep_notes
from meetings.services.papers import submit_paper
from meetings.services.series import NotPossible
from meetings.services.silence import open_silence
from meetings.sweeping import sweep_drafts
from meetings.writings import Overtaken
from tests.factories import signed_in
from tests.meetings import chamber, outcome
from tests.vault.test_at_once import together
from vault.uploads import receive_whole

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def files_dir(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture
def live(world, hall):
    return chamber.furnished(world, hall).opened(world.fj, world.vu, world.pw)


def kinds(raised):
    return sorted(type(one).__name__ for one in raised)


def test_a_vote_is_closed_while_the_last_one_votes(world, hall, live):
    """The ballot counts, or is refused; the result is that of what counted."""
    for number in range(4):
        proposal = live.puts(f"Text {number}", method="vote")
        vote = {"proposal": proposal, "choice": "yes", "revision": 1}
        deciding.cast_ballot(actor=world.actor(world.fj), **{**vote, "choice": "no"})
        voter, chair, third = (world.actor(u) for u in (world.vu, world.oco, world.pw))
        raised = together(
            lambda v=vote, a=voter: deciding.cast_ballot(actor=a, **v),
            lambda p=proposal, a=chair: deciding.close_proposal(actor=a, proposal=p),
            lambda v=vote, a=third: deciding.cast_ballot(actor=a, **v),
        )
        assert set(kinds(raised)) <= {"NoneType", "Refused"}
        row = Proposal.objects.get(pk=proposal.pk)
        said = [one.choice for one in Ballot.objects.filter(proposal=row)]
        wanted = "agreed" if said.count("yes") > said.count("no") else "rejected"
        assert row.result == wanted


def test_two_rapporteurs_decide_at_once_and_there_is_one_decision(world, hall, live):
    proposal = live.puts("Meet in Suva.")
    both = [world.actor(user) for user in (world.oco, world.oco_contact, world.fj)]
    raised = together(
        *(
            lambda a=actor: deciding.close_proposal(actor=a, proposal=proposal, result="agreed")
            for actor in both
        )
    )
    assert raised == [None] * 3
    assert Decision.objects.count() == 1


def test_two_texts_put_on_the_screen_at_once_are_one(world, hall, live):
    """Sent twice under one id there is one; of two people's one comes first."""
    one, item = uuid4(), live.items[0]

    def put(user, words, proposal_id):
        both = hall.both(user)
        return lambda: deciding.propose(**both, item=item, words=words, proposal_id=proposal_id)

    raised = together(
        put(world.oco, "Mine.", one), put(world.oco, "Mine.", one), put(world.fj, "Ours.", uuid4())
    )
    assert Proposal.objects.count() == 1
    assert all(problem is None or isinstance(problem, NotPossible) for problem in raised)


def test_numbers_of_actions_are_without_gaps_and_doubles(world, hall, live):
    both = [hall.both(user) for user in (world.oco, world.oco_contact, world.fj)]
    raised = together(
        *(
            lambda b=one: deciding.take_action(
                **b, item=live.items[0], words="Do it", owner="VU", due_on=None
            )
            for one in both
        )
    )
    assert raised == [None] * 3
    numbers = sorted(one.number[-2:] for one in live.meeting.actions.all())
    assert numbers == ["01", "02", "03"]


def test_who_presses_twice_is_there_once_and_has_one_hand_up(world, hall, live):
    actor = world.actor(world.vu_contact)
    act = lambda: room.check_in(actor=actor, meeting=live.meeting)  # noqa: E731
    rise = lambda: room.raise_hand(actor=actor, meeting=live.meeting)  # noqa: E731
    assert together(act, act, rise, rise) == [None] * 4
    assert Attendance.objects.filter(user=world.vu_contact).count() == 1
    assert Hand.objects.filter(user=world.vu_contact).count() == 1


def test_three_type_notes_at_once_and_every_line_is_there(world, hall, live):
    item = live.items[0]
    keep_notes(**hall.both(world.oco), item=item, words="1\n\n2\n\n3", base=0)
    typed = ["one\n\n2\n\n3", "1\n\ntwo\n\n3", "1\n\n2\n\nthree"]
    both = [hall.both(user) for user in (world.oco, world.fj, world.vu)]
    raised = together(
        *(
            lambda b=one, w=words: keep_notes(**b, item=item, words=w, base=1)
            for one, words in zip(both, typed, strict=True)
        )
    )
    assert raised == [None] * 3
    text = hall.reads(world.pw, live.meeting)[item.uuid, Field.NOTES]
    assert {"one", "two", "three"} <= set(lines_of(text.words))
    assert text.revision == 4


def test_two_save_the_same_minutes_and_one_is_shown_the_other(world, hall):
    found = outcome.hold(world, hall)
    found.begin()
    both = [hall.both(user) for user in (world.oco, world.fj)]
    raised = together(
        *(
            lambda b=one, n=number: write_minutes(
                **b, item=found.item, language="en", words=f"Text {n}", base=1
            )
            for number, one in enumerate(both)
        )
    )
    assert kinds(raised) == ["NoneType", "Overtaken"]
    (late,) = [one for one in raised if isinstance(one, Overtaken)]
    assert late.now.words in {"Text 0", "Text 1"}


def test_adopted_once_and_no_word_slips_in_beside_it(world, hall):
    found = outcome.hold(world, hall)
    found.circulate()
    later, comment = found.later(), uuid4()
    both, secretary, vanuatu = (hall.both(u) for u in (world.fj, world.oco, world.vu))
    raised = together(
        lambda: adopt_minutes(**both, meeting=found.meeting, adopted_in=later),
        lambda: adopt_minutes(**secretary, meeting=found.meeting, adopted_in=later),
        lambda: write_minutes(
            **secretary, item=found.item, language="en", words="Slipped in", base=1
        ),
        lambda: comment_on_minutes(**vanuatu, item=found.item, words="Not so", comment_id=comment),
    )
    assert set(kinds(raised)) <= {"NoneType", "NotPossible", "Refused"}
    page = signed_in(world.vu).get(found.address)
    assert page.context["as_adopted"]
    assert MinutesComment.objects.count() <= 1


def test_a_meeting_entered_twice_at_once_is_one_and_two_have_two_references(world, hall):
    one = uuid4()
    raised = together(
        lambda: hall.plan("FJ", meeting_id=one),
        lambda: hall.plan("FJ", meeting_id=one),
        lambda: hall.plan("VU"),
    )
    assert raised == [None] * 3
    assert Meeting.objects.count() == 2
    assert len({one.ref for one in Meeting.objects.all()}) == 2


def test_a_text_sent_round_twice_at_once_goes_round_once(world, hall):
    outcome.take_seats()
    one, iswg = uuid4(), group("ISWG")
    deadline = timezone.now() + datetime.timedelta(days=5)

    def sent():
        both = hall.both(world.oco)
        return lambda: open_silence(
            **both, proposal_id=one, group=iswg, title="T", words="W", deadline=deadline
        )

    assert together(sent(), sent()) == [None, None]
    assert Proposal.objects.count() == Meeting.objects.count() == 1


def test_colleagues_answer_at_once_and_the_administration_has_one_answer(world, hall):
    meeting = hall.plan("FJ", "VU")
    invite(actor=world.actor(world.oco), meeting=meeting)
    both = [hall.both(user) for user in (world.fj, world.fj_contact)]
    raised = together(
        *(
            lambda b=one, s=said: answer(**b, meeting=meeting, answer=s)
            for one, said in zip(both, ("yes", "no"), strict=True)
        )
    )
    assert raised == [None, None]
    assert Reply.objects.count() == 1


def test_a_file_comes_while_its_paper_is_submitted_and_swept(world, hall):
    """None waits for another for ever: all take the meeting first."""
    meeting = hall.plan("FJ", "VU")
    item = hall.item(meeting)
    draft = hall.draft_paper(world.vu, item, b"Six hulls.\n", name="report.txt")
    first, second = hall.both(world.vu), hall.both(world.vu)
    later = timezone.now() + datetime.timedelta(days=40)
    raised = together(
        lambda: submit_paper(**first, item=item, paper_id=draft.pk),
        lambda: receive_whole(
            **second, kind="paper draft", object_id=draft.pk, name="b.txt", body=b"More.\n"
        ),
        lambda: sweep_drafts(later),
    )
    names = set(kinds(raised))
    assert names <= {"NoneType", "NotPossible", "DoesNotExist", "NotAccepted", "Http404"}, names
    assert Paper.objects.count() + PaperDraft.objects.count() <= 1


def test_an_item_is_closed_while_somebody_notes_in_it(world, hall, live):
    """Either it was said to all, or it is closed and said to its few; never a note that is lost."""
    item = live.items[1]
    room.call_item(actor=world.actor(world.oco), item=live.items[0])
    officer, vanuatu = hall.both(world.oco), hall.both(world.vu)
    raised = together(
        lambda: change_audience(**officer, item=item, closed_to=["VU"]),
        lambda: keep_notes(**vanuatu, item=item, words="Said.", base=0),
    )
    assert set(kinds(raised)) <= {"NoneType", "NotPossible"}
    fresh = type(item).objects.get(pk=item.pk)
    notes = Writing.objects.get(subject=item.uuid, field=Field.NOTES)
    assert (notes.key.item_id == item.pk) == fresh.is_closed
