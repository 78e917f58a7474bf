"""A bulletin goes where the register says that it may, and the journal says on what."""

import datetime
import json
import uuid

import pytest
from django.urls import reverse

from activity.models import JournalEntry
from bulletins import services
from bulletins.content import content_from, draft_from
from bulletins.models import Bulletin, Draft
from mous import trusted
from mous.models import Act
from mous.services.bases import record_authority, set_gate, state_legal_basis
from tests.bulletins.test_pages import compose, words
from tests.desk import BODY, TITLE
from tests.factories import sign_in, signed_in

pytestmark = pytest.mark.django_db
TODAY = datetime.datetime.now(datetime.UTC).date


@pytest.fixture(autouse=True)
def as_in_a_new_process():
    trusted.forget()


@pytest.fixture
def gate(chancery):
    """Fiji takes part; Vanuatu has signed and its procedures are not complete."""
    instrument = chancery.open(gates=True)
    chancery.act("FJ", "IN_EFFECT", "2024-05-01")
    chancery.act("VU", "SIGNED_SUBJECT", "2024-05-02")
    return instrument


@pytest.fixture
def fiji(client, world):
    sign_in(client, world.fj)
    return client


def issued_lines():
    rows = JournalEntry.objects.filter(event="bulletins.issued").order_by("seq")
    return [json.loads(bytes(one.entry))["detail"] for one in rows]


def refusals():
    rows = JournalEntry.objects.filter(event="access.refused").order_by("seq")
    return [json.loads(bytes(one.entry))["detail"] for one in rows]


def sent(client, **changes):
    answer = compose(client, **changes)
    assert answer.status_code == 302, words(answer)
    page = client.get(answer.url)
    draft = Draft.objects.get()
    return page, client.post(
        reverse("bulletins:publish", args=[draft.pk]), {"version": draft.version}
    )


def test_refused_with_the_reason_then_sent_then_refused_again(fiji, gate, chancery, world):
    page, answer = sent(fiji)
    assert page.status_code == 422
    assert "Vanuatu has signed, but its procedures are not complete" in words(page)
    assert "2 May 2024" in words(page)
    assert "Record a bilateral agreement, or leave it out." in words(page)
    assert page.context["form"]["body"].value() == BODY
    assert answer.url == reverse("bulletins:check", args=[Draft.objects.get().pk])
    assert not Bulletin.objects.exists()
    (first, *_more) = refusals()
    assert first["bases"] == {"VU": "not_taking_part"}
    assert first["reason"] == "not_taking_part"

    chancery.act("VU", "IN_EFFECT", "2024-05-03")
    draft = Draft.objects.get()
    checked = fiji.get(reverse("bulletins:check", args=[draft.pk]))
    assert checked.status_code == 200
    assert "Co-operation MOU" in words(checked)
    fiji.post(reverse("bulletins:publish", args=[draft.pk]), {"version": draft.version})
    bulletin = Bulletin.objects.get()
    assert issued_lines()[-1]["bases"] == {"VU": f"mous.instrument:{gate.uuid}"}
    shown = words(fiji.get(reverse("bulletins:detail", args=[bulletin.ref])))
    assert "On what it was shared" in shown

    yesterday = (TODAY() - datetime.timedelta(days=1)).isoformat()
    chancery.act("VU", "WITHDRAWAL_NOTIFIED", "2024-06-01", effective_on=yesterday)
    page, _answer = sent(fiji)
    assert page.status_code == 422
    assert "Vanuatu has withdrawn" in words(page)
    assert Bulletin.objects.count() == 1
    assert fiji.get(reverse("bulletins:detail", args=[bulletin.ref])).status_code == 200


def test_who_received_it_does_not_see_on_what_the_others_did(fiji, gate, chancery, world):
    chancery.act("VU", "IN_EFFECT", "2024-05-03")
    sent(fiji)
    vanuatu = signed_in(world.vu)
    page = words(vanuatu.get(reverse("bulletins:detail", args=[Bulletin.objects.get().ref])))
    assert "On what it was shared" not in page


def test_it_is_judged_again_in_the_transaction_that_issues_it(desk, gate, chancery, world):
    chancery.act("VU", "IN_EFFECT", "2024-05-03")
    draft = desk.draft(world.fj)
    Act.objects.filter(party__code="VU", kind="IN_EFFECT").update(kind="SUSPENDED")
    with pytest.raises(services.NotPublishable) as refusal:
        services.publish_bulletin(**desk.acting(world.fj), draft=draft, version=1)
    assert "not what was signed" in refusal.value.faults["recipients"]
    assert refusals()[-1]["bases"] == {"VU": "register_not_verified"}
    assert Draft.objects.filter(pk=draft.pk).exists()


def test_where_the_group_warns_the_author_ticks_and_answers_for_it(fiji, gate, chancery, world):
    set_gate(**chancery.both(world.oco), instrument=gate, marking="TLP:AMBER", gate="warn")
    page, answer = sent(fiji)
    assert page.status_code == 200
    assert "Vanuatu: I have another basis and answer for it" in words(page)
    assert answer.status_code == 422
    assert "tick that you answer for it" in words(answer)
    assert TITLE in words(answer)
    assert not Bulletin.objects.exists()
    draft = Draft.objects.get()
    fiji.post(
        reverse("bulletins:publish", args=[draft.pk]),
        {"version": draft.version, "answered": ["VU"]},
    )
    assert Bulletin.objects.exists()
    assert issued_lines()[-1]["bases"] == {"VU": "answered_by_sender"}


def test_a_tick_does_not_help_where_the_group_refuses(fiji, gate):
    compose(fiji)
    draft = Draft.objects.get()
    fiji.post(
        reverse("bulletins:publish", args=[draft.pk]),
        {"version": draft.version, "answered": ["VU"]},
    )
    assert not Bulletin.objects.exists()


def test_another_authority_is_shown_and_stands_in_the_journal(fiji, gate, chancery, world):
    row = record_authority(
        **chancery.both(world.fj), authority_id=uuid.uuid4(), recipient="VU", kind="bilateral",
        up_to="TLP:AMBER", since=datetime.date(2020, 1, 1), text="Agreement of 2019",
    )  # fmt: skip
    page, _answer = sent(fiji)
    assert "Bilateral agreement, since 1 January 2020" in words(page)
    assert issued_lines()[-1]["bases"] == {"VU": f"mous.otherauthority:{row.uuid}"}


def test_kinds_of_data_are_sealed_and_ones_own_law_keeps_them_back(fiji, gate, chancery, world):
    chancery.act("VU", "IN_EFFECT", "2024-05-03")
    state_legal_basis(
        **chancery.both(world.fj), basis_id=uuid.uuid4(), act="Customs Act 1986",
        section="s 152", purposes=["offences"], excluded=["biometric"],
    )  # fmt: skip
    page, _answer = sent(fiji, data_kinds=["biometric", "tax"])
    assert page.status_code == 422
    assert "Your own law as stated does not let you share: Biometric data" in words(page)
    assert refusals()[-1]["reason"] == "own_law"
    Draft.objects.all().delete()
    page, _answer = sent(fiji, data_kinds=["tax"])
    assert "Customs Act 1986, s 152" in words(page)
    assert "Duty, excise and tax matters" in words(page)
    bulletin = Bulletin.objects.get()
    assert b"tax" not in bytes(bulletin.revisions.get().sealed_content)
    assert "tax" not in json.dumps(issued_lines()[-1])
    shown = words(fiji.get(reverse("bulletins:detail", args=[bulletin.ref])))
    assert "Duty, excise and tax matters" in shown


def test_what_an_older_version_sealed_still_opens():
    assert content_from(b'{"title": "x"}').data_kinds == ()
    assert draft_from(b'{"title": "x", "recipients": ["VU"]}').data_kinds == ()


def test_the_composer_says_beside_whom_why_it_may_not_go(fiji, gate):
    page = fiji.get(reverse("bulletins:new"))
    assert "In effect: Co-operation MOU" in words(page)
    assert "Palau has not received the text yet" in words(page)
    assert "procedures are not complete" in words(page)
    draft_id = uuid.uuid4()
    save = reverse("bulletins:autosave", args=[draft_id])
    answer = fiji.post(save, {"draft": str(draft_id), "version": "0", "tlp": "TLP:AMBER"})
    assert set(answer.json()["notes"]) == {"VU", "PW"}
    answer = fiji.post(save, {"draft": str(draft_id), "version": "1", "tlp": "TLP:GREEN"})
    assert answer.json()["notes"] == {}


def test_named_officers_are_judged_by_their_administrations(desk, gate, world):
    draft = desk.draft(
        world.fj, tlp="TLP:RED", pap="PAP:RED", recipients=(), officers=(world.vu.pk,),
        requested_action="contact",
    )  # fmt: skip
    with pytest.raises(services.NotPublishable) as refusal:
        services.publish_bulletin(**desk.acting(world.fj), draft=draft, version=1)
    assert "Vanuatu has signed" in refusal.value.faults["officers"]


def test_without_a_register_everything_is_as_it_was(desk, world):
    desk.publish(world.fj)
    assert "bases" not in issued_lines()[-1]
    assert not refusals()


def test_the_journal_says_on_what_in_words(fiji, gate, chancery, world):
    from activity.presentation import journal_rows

    sent(fiji)
    chancery.act("VU", "IN_EFFECT", "2024-05-03")
    draft = Draft.objects.get()
    fiji.post(reverse("bulletins:publish", args=[draft.pk]), {"version": draft.version})
    lines = JournalEntry.objects.filter(event__in=["bulletins.issued", "access.refused"])
    said = [
        dict(row.detail)["what sharing rests on"] for row in journal_rows(lines.order_by("seq"))
    ]
    assert said[0] == "VU a recipient does not take part"
    assert said[-1] == "VU Co-operation MOU"
