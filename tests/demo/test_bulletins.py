"""The twelve bulletins: as the file says, opened by those they were sent to and nobody else."""

import datetime

import pytest

from accounts.models import SECRETARIAT
from bulletins.models import Bulletin, Outcome, Place, Tlp
from bulletins.opening import Locked, open_bulletin, open_file
from bulletins.queries import bulletins_for, drafts_for, ledger_of, unread_count, waiting_rows
from bulletins.services import KIND, open_draft
from iswg.demo.pieces import facts_by_number, officers_of, origin_of, recipients_of
from tests.demo.test_people import codes
from tests.factories import PHRASE, signed_in
from vault.crypto.errors import CannotOpen
from vault.objects import open_key

NUMBERS = sorted(facts_by_number())
CODES = "as au ck fj fm gu ki mh mp nc nr nu nz pf pg pw sb tk tl to tv vu wf ws"
CONTACTS = [f"contact.{code}" for code in CODES.split()]


def test_all_24_are_asked_below(demo):
    assert CODES.split() == codes()


def test_there_are_twelve_and_they_came_out_in_the_order_of_the_story(demo):
    dates = Bulletin.objects.order_by("id").values_list("issued_at", flat=True)
    assert len(dates) == len(NUMBERS) == 12
    assert list(dates) == sorted(dates)


@pytest.mark.parametrize("number", NUMBERS)
def test_what_is_clear_about_a_bulletin_is_what_the_file_says(demo, number):
    facts, bulletin = facts_by_number()[number], demo.bulletin(number)
    lapses = demo.today + datetime.timedelta(days=facts["expires_offset_days"])
    assert bulletin.product_type == facts["type"].lower()
    assert (bulletin.tlp, bulletin.valid_until) == (facts["tlp"], lapses)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_bulletin_went_to_those_the_file_names(demo, number):
    facts, bulletin = facts_by_number()[number], demo.bulletin(number)
    named = {officer.user.email.split("@")[0] for officer in bulletin.named_officers.all()}
    if facts["tlp"] == Tlp.RED:
        assert (
            named
            == {"liaison.nc", "liaison.vu", "contact.au"}
            == {*officers_of(facts), "contact.au"}
        )
    else:
        assert bulletin.addressee_codes == set(recipients_of(facts))
        assert not named


@pytest.mark.parametrize("name", [*CONTACTS, "secretariat"])
def test_an_administration_opens_what_it_was_sent_and_nothing_else(demo, name):
    session = demo.acting(name)
    code = session["actor"].administration
    mine = {demo.bulletin(number).pk for number in NUMBERS if _holds(number, code)}
    found = bulletins_for(session["actor"])
    assert {bulletin.pk for bulletin in found} == mine
    titles = {open_bulletin(**session, bulletin=bulletin).content.title for bulletin in found}
    assert titles == {f["title"] for n, f in facts_by_number().items() if _holds(n, code)}
    for other in Bulletin.objects.exclude(pk__in=mine):
        with pytest.raises(CannotOpen):
            open_key(session["vault"], KIND, other.uuid, other.revision)


def _holds(number, code):
    """Whether the contact point of `code` reads it: the author of a RED one does."""
    facts = facts_by_number()[number]
    return code == origin_of(facts) or code in recipients_of(facts)


@pytest.mark.parametrize("name", ["liaison.nc", "liaison.vu"])
def test_the_named_officers_open_the_red_alert_and_their_colleagues_do_not(demo, name):
    alert = demo.bulletin("038")
    opened = open_bulletin(**demo.acting(name), bulletin=alert)
    assert "Ashdrift" in opened.content.body
    colleague = demo.acting(name.replace("liaison", "coordinator"))
    assert alert not in bulletins_for(colleague["actor"])
    with pytest.raises(CannotOpen):
        open_key(colleague["vault"], KIND, alert.uuid, alert.revision)


def test_whoever_waits_for_the_key_opens_nothing_yet(demo):
    session = demo.acting("contributor.fj")
    assert bulletins_for(session["actor"]).exists()
    with pytest.raises(Locked):
        open_bulletin(**session, bulletin=demo.bulletin("041"))


# The ledgers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "acknowledged", "of"),
    [
        ("015", 23, 24), ("019", 5, 5), ("024", 5, 6), ("028", 2, 2), ("031", 3, 3),
        ("033", 22, 23), ("036", 21, 23), ("037", 16, 19), ("038", 0, 2), ("039", 15, 23),
        ("040", 1, 2), ("041", 3, 7),
    ],
)  # fmt: skip
def test_the_ledger_of_a_bulletin_has_come_so_far(demo, number, acknowledged, of):
    ledger = ledger_of(demo.bulletin(number))
    assert (ledger.acknowledged, ledger.total) == (acknowledged, of)


def test_an_administration_acknowledges_after_it_opened_and_before_today(demo):
    today = datetime.datetime.combine(demo.today, datetime.time(), datetime.UTC)
    for bulletin in Bulletin.objects.all():
        for row in bulletin.recipients.filter(place=Place.TO, acknowledged_at__isnull=False):
            at = (bulletin.issued_at, row.delivered_at, row.opened_at, row.acknowledged_at, today)
            assert list(at) == sorted(at)


@pytest.mark.parametrize("name", ["contact.fj", "contact.to"])
def test_the_alert_is_overdue_for_fiji_and_tonga(demo, name):
    first = waiting_rows(demo.acting(name)["actor"])[0]
    assert first.bulletin_id == demo.bulletin("041").pk
    assert first.bulletin.due_on < demo.today


def test_every_outcome_has_been_given(demo):
    rows = [row for bulletin in Bulletin.objects.all() for row in bulletin.recipients.all()]
    assert {row.outcome for row in rows} == {"", *Outcome.values}


@pytest.mark.parametrize("name", CONTACTS)
def test_every_contact_point_has_something_unread_and_little_of_it(demo, name):
    assert 1 <= unread_count(demo.acting(name)["actor"]) <= 4


# What a visitor sees --------------------------------------------------------------------------


def _page(demo, name, address):
    client = signed_in(demo.person(name), PHRASE)
    return client.get(address).content.decode()


def test_the_home_page_of_fiji_has_news_and_an_overdue_alert(demo):
    page = _page(demo, "contact.fj", "/")
    assert "Seven things need Fiji" in page
    assert "late" in page
    assert "New since" in page
    assert page.count("Catamaran Velvet Gannet") == 2


def test_the_position_of_a_photograph_was_taken_out_and_the_page_says_so(demo):
    session, alert = demo.acting("contact.to"), demo.bulletin("041")
    page = _page(demo, "contact.to", f"/bulletins/{alert.ref}/")
    assert "velvet-gannet-taiohae.jpg" in page
    assert "position" in page
    (file,) = open_bulletin(**session, bulletin=alert).files
    picture = open_file(**session, bulletin=alert, file_id=file.id)
    assert b"Exif" not in b"".join(picture.pieces())


def test_the_modus_operandi_is_in_french_with_a_summary_in_english(demo):
    content = open_bulletin(**demo.acting("contact.nc"), bulletin=demo.bulletin("036")).content
    assert content.language == "fr"
    assert "## Méthode" in content.body
    assert "## English summary" in content.body
    assert len(content.files) == 2


def test_fiji_has_begun_an_answer_that_nobody_else_finds(demo):
    session = demo.acting("contact.fj")
    (draft,) = drafts_for(session["actor"])
    assert "QQQU1002014" in open_draft(session["vault"], draft).title
    assert not drafts_for(demo.acting("coordinator.fj")["actor"])


def test_the_secretariat_reads_only_its_own_two(demo):
    assert bulletins_for(demo.acting("secretariat")["actor"]).count() == 2
    own = Bulletin.objects.filter(origin=SECRETARIAT)
    assert {bulletin.product_type for bulletin in own} == {"threat", "ops"}
