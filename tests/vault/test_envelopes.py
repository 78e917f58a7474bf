"""The envelope in an administration's own safe: a code on paper, for the day nobody is left."""

import re

import pytest

from access.policy import Refused
from access.roles import Role
from accounts.models import User
from activity.models import JournalEntry, Notice, OutgoingMail
from tests.factories import PHRASE, sign_in, signed_in
from tests.vault.forging import EVIL, accepted, epoch_key, forge, refused, user
from vault import envelope_boxes, passphrases
from vault.believing import granted_keys
from vault.colleagues import enter_person, off_board
from vault.crypto.box import seal_to
from vault.crypto.derive import make_secret
from vault.crypto.errors import CannotOpen
from vault.crypto.keys import EpochKeys
from vault.crypto.phrase import make_recovery_code, read_recovery_code
from vault.crypto.recovery import envelope_key
from vault.directory import directory
from vault.directory_rules import ENVELOPE_LABEL, envelope_statement
from vault.envelopes import envelope_state, make_envelope, open_envelope
from vault.epochs import rotate_epoch
from vault.models import EnvelopeBox
from vault.verification import findings

CODE = re.compile(r"(?:[0-9A-HJKMNP-TV-Z]{4}-){8}[0-9A-HJKMNP-TV-Z]{4}")
SALT = bytes(16)


def nobody_left(world):
    """Fiji's contact point left; its coordinator lost phrase and code, and started anew. The
    Secretariat vouches for the new key: she stands in the directory and holds nothing."""
    off_board(**world.act(world.oco), leaver=world.fj_contact)
    fresh = passphrases.begin(actor=world.actor(world.fj), user=world.fj, passphrase=PHRASE)
    world.roots[world.fj.pk] = fresh.root
    enter_person(**world.act(world.oco), person=world.fj, compared=world.words(world.fj))


@pytest.fixture
def sheet(world):
    """The code in Fiji's safe, made while everything was well."""
    return make_envelope(**world.act(world.fj))


@pytest.fixture
def lost(world, sheet):
    nobody_left(world)
    assert not world.vault(world.fj).is_granted
    return sheet


# Opening --------------------------------------------------------------------------------------


def test_the_code_gives_the_key_back_when_nobody_holds_it(world, lost):
    former = directory().epoch("FJ")
    opened = open_envelope(**world.act(world.fj), typed=lost.lower().replace("-", " "))
    vault = world.vault(world.fj)
    assert vault.holds(former.key_id), "what was sealed before opens"
    assert vault.holds(opened.epoch.key_id)
    assert (opened.epoch.number, opened.epoch.broken) == (2, False)
    assert directory().sealable_epoch("FJ") == opened.epoch, "no break, so no wait"
    assert directory().person(world.fj.pk).key_id in granted_keys(directory(), opened.epoch)


def test_everybody_there_and_the_secretariat_is_told_and_nobody_else(world, lost):
    other = world.newcomer("FJ", name="other")
    open_envelope(**world.act(world.fj), typed=lost)
    told = Notice.objects.filter(event="vault.envelope_opened")
    assert set(told.values_list("recipient", flat=True)) == {
        other.pk, world.fj_contact.pk, world.oco.pk, world.oco_contact.pk,
    }  # fmt: skip
    assert OutgoingMail.objects.filter(kind="vault.envelope_opened").count() == 4
    line = JournalEntry.objects.get(event="vault.envelope_opened")
    assert (line.user_id, line.target) == (world.fj.pk, "accounts.administration:FJ")
    assert lost.encode() not in bytes(line.entry)


def test_an_opened_sheet_is_used_up_and_the_next_one_works(world, lost):
    opened = open_envelope(**world.act(world.fj), typed=lost)
    assert envelope_state("FJ") == "ready"
    nobody_left_again(world)
    with pytest.raises(CannotOpen):
        open_envelope(**world.act(world.fj), typed=lost)
    again = open_envelope(**world.act(world.fj), typed=opened.code)
    assert world.vault(world.fj).holds(again.epoch.key_id)


def nobody_left_again(world):
    fresh = passphrases.begin(actor=world.actor(world.fj), user=world.fj, passphrase=PHRASE)
    world.roots[world.fj.pk] = fresh.root
    enter_person(**world.act(world.oco), person=world.fj, compared=world.words(world.fj))


def test_every_later_key_is_in_the_envelope(world, sheet):
    for _ in range(2):
        rotate_epoch(**world.act(world.fj))
        assert envelope_state("FJ") == "ready"
    nobody_left(world)
    opened = open_envelope(**world.act(world.fj), typed=sheet)
    assert opened.epoch.number == 4
    assert len(world.vault(world.fj).epochs) == 4


@pytest.mark.parametrize("typed", ["", "ABCD", "own code", "another's sheet", "made up"])
def test_a_wrong_code_opens_nothing(world, lost, typed):
    codes = {
        "own code": world.recovery_codes[world.vu.pk],
        "another's sheet": make_envelope(**world.act(world.vu)),
        "made up": make_recovery_code(),
    }
    with pytest.raises(CannotOpen):
        open_envelope(**world.act(world.fj), typed=codes.get(typed, typed))
    assert directory().epoch("FJ").number == 1


def test_while_a_colleague_holds_the_key_it_stays_shut(world, sheet):
    newcomer = world.newcomer("FJ")
    enter_person(**world.act(world.oco), person=newcomer, compared=world.words(newcomer))
    with pytest.raises(Refused):
        open_envelope(**world.act(newcomer), typed=sheet)


def test_who_is_not_in_the_directory_opens_nothing(world, lost):
    newcomer = world.newcomer("FJ")
    with pytest.raises(CannotOpen):
        open_envelope(**world.act(newcomer), typed=lost)


@pytest.mark.parametrize("who", ["vu", "oco"])
def test_the_sheet_is_of_no_use_to_another_administration(world, lost, who):
    with pytest.raises((Refused, CannotOpen)):
        open_envelope(**world.act(getattr(world, who)), typed=lost)
    assert directory().epoch("FJ").number == 1


def test_a_reader_does_not_open_it(world, lost):
    reader = world.newcomer("FJ", Role.READER, name="reader")
    enter_person(**world.act(world.oco), person=reader, compared=world.words(reader))
    with pytest.raises(Refused):
        open_envelope(**world.act(reader), typed=lost)


def test_a_successor_opens_it_after_the_one_who_made_it_left(world, sheet):
    """The only officer left, and the Secretariat shut her account: the day it was made for."""
    off_board(**world.act(world.oco), leaver=world.fj_contact)
    off_board(**world.act(world.oco), leaver=world.fj)
    successor = world.newcomer("FJ", Role.COORDINATOR, name="successor")
    enter_person(**world.act(world.oco), person=successor, compared=world.words(successor))
    assert envelope_state("FJ") == "parted"
    opened = open_envelope(**world.act(successor), typed=sheet)
    assert envelope_state("FJ") == "ready"
    assert world.vault(successor).holds(opened.epoch.key_id)
    assert not directory().is_behind("FJ")


# Making ---------------------------------------------------------------------------------------


def test_colleagues_are_told_of_a_new_sheet(world, sheet):
    told = Notice.objects.filter(event="vault.envelope_made").values_list("recipient", flat=True)
    assert set(told) == {world.fj_contact.pk}


def test_another_sheet_makes_the_former_one_worthless(world, sheet):
    another = make_envelope(**world.act(world.fj))
    nobody_left(world)
    with pytest.raises(CannotOpen):
        open_envelope(**world.act(world.fj), typed=sheet)
    assert open_envelope(**world.act(world.fj), typed=another)


def test_the_head_and_the_first_officer_make_one_too(world):
    head = world.colleague("FJ", Role.HEAD, name="head")
    assert make_envelope(**world.act(head))
    world.fj.appointments.update(role=Role.CONTACT)
    assert make_envelope(**world.act(world.fj)), "she made its first key"


@pytest.mark.parametrize("role", [Role.CONTACT, Role.CONTRIBUTOR, Role.READER])
def test_others_make_none(world, role):
    other = world.colleague("FJ", role, name="other")
    with pytest.raises(Refused):
        make_envelope(**world.act(other))
    assert directory().envelope("FJ") is None


def test_who_does_not_hold_the_key_makes_none(world):
    newcomer = world.newcomer("FJ", Role.COORDINATOR)
    enter_person(**world.act(world.oco), person=newcomer, compared=world.words(newcomer))
    with pytest.raises(CannotOpen):
        make_envelope(**world.act(newcomer))


def test_whoever_leaves_having_read_the_code_opens_no_later_key(world):
    """She made the sheet, kept the code, and steals the whole database afterwards."""
    world.fj_contact.appointments.update(role=Role.COORDINATOR)
    sheet = make_envelope(**world.act(world.fj_contact))
    off_board(**world.act(world.oco), leaver=world.fj_contact)
    rotate_epoch(**world.act(world.fj))
    assert directory().epoch("FJ").number == 2
    assert not EnvelopeBox.objects.filter(epoch=2).exists()
    with pytest.raises(CannotOpen):
        envelope_boxes.open_with(directory(), "FJ", sheet)
    assert envelope_state("FJ") == "stale"
    assert any("envelope of FJ" in sentence for sentence in findings())
    make_envelope(**world.act(world.fj))
    assert envelope_state("FJ") == "ready"
    assert not list(findings())


def test_a_sheet_made_while_somebody_who_left_still_knows_the_key_begins_with_a_new_key(world):
    off_board(**world.act(world.oco), leaver=world.fj_contact)
    assert directory().is_behind("FJ")
    make_envelope(**world.act(world.fj))
    assert directory().epoch("FJ").number == 2
    assert envelope_state("FJ") == "ready"


# Ghosts and hands -----------------------------------------------------------------------------


def line(world, signer, *, epoch=1, number=1, voucher=None, code="FJ"):
    key = envelope_key(read_recovery_code(make_recovery_code()), SALT)
    facts = {
        "administration": code, "number": number, "epoch": epoch,
        "public": key.public.to_bytes(), "salt": SALT, "by": signer.public.key_id,
    }  # fmt: skip
    said = envelope_statement(facts)
    return {**facts, "voucher": voucher.sign(ENVELOPE_LABEL, said) if voucher else b""}


def test_the_present_key_vouches_for_a_sheet(world):
    fj = world.keys(world.fj)
    forge(fj, "envelope", **line(world, fj, voucher=epoch_key(world, "FJ")))
    assert accepted().envelope_in_force("FJ").number == 1


@pytest.mark.parametrize("voucher", [None, "VU", "random"])
def test_a_sheet_for_which_the_present_key_does_not_vouch_is_refused(world, voucher):
    """A ghost, whom a rogue Secretariat entered, does not hold it."""
    forge(world.keys(world.oco), "user", **user("FJ"))
    signing = {
        None: None,
        "VU": epoch_key(world, "VU"),
        "random": EpochKeys.derive(make_secret()).signing,
    }[voucher]
    forge(EVIL, "envelope", **line(world, EVIL, voucher=signing))
    refused()


def test_a_ghost_and_somebody_who_left_put_no_sheet_of_theirs_in(world):
    kept = epoch_key(world, "FJ")
    forge(world.keys(world.oco), "user", **user("FJ"))
    accepted()
    off_board(**world.act(world.oco), leaver=world.fj_contact)
    forge(EVIL, "envelope", **line(world, EVIL, voucher=kept))
    refused()


def test_nor_with_the_key_of_before(world):
    kept = epoch_key(world, "FJ")
    forge(world.keys(world.oco), "user", **user("FJ"))
    off_board(**world.act(world.fj), leaver=world.fj_contact)
    assert directory().epoch("FJ").number == 2
    for epoch in (1, 2):
        facts = line(world, EVIL, epoch=epoch, voucher=kept)
        forge(EVIL, "envelope", **facts)
        refused()
        from vault.models import DirectoryEntry

        DirectoryEntry.objects.order_by("seq").last().delete()


@pytest.mark.parametrize("signer", ["vu", "oco"])
def test_nobody_makes_a_sheet_for_another_administration(world, signer):
    keys = world.keys(getattr(world, signer))
    forge(keys, "envelope", **line(world, keys, voucher=epoch_key(world, "FJ")))
    refused()


@pytest.mark.parametrize("number", [0, 2, "1", True])
def test_sheets_are_numbered_without_a_gap(world, number):
    fj = world.keys(world.fj)
    forge(fj, "envelope", **line(world, fj, number=number, voucher=epoch_key(world, "FJ")))
    refused()


def put_for_another_key(row):
    """A hand makes a box for a key of its own, and changes the row to match."""
    key = envelope_key(read_recovery_code(make_recovery_code()), SALT)
    EnvelopeBox.objects.filter(pk=row.pk).update(
        key_id=key.public.key_id, box=seal_to(key.public, b"", make_secret())
    )


HANDS = {
    "another key": put_for_another_key,
    "another secret": lambda row: EnvelopeBox.objects.filter(pk=row.pk).update(
        box=seal_to(directory().envelope("FJ").public, b"", make_secret())
    ),
    "damaged": lambda row: EnvelopeBox.objects.filter(pk=row.pk).update(box=b"\x00" * 1200),
    "signature": lambda row: EnvelopeBox.objects.filter(pk=row.pk).update(signature=b"\x00" * 64),
    "gone": lambda row: row.delete(),
}


@pytest.mark.parametrize("hand", HANDS)
def test_a_hand_on_the_box_is_noticed_before_it_is_needed(world, sheet, hand):
    HANDS[hand](EnvelopeBox.objects.get())
    assert envelope_state("FJ") == "stale"
    assert any("envelope of FJ" in sentence for sentence in findings())
    nobody_left(world)
    with pytest.raises(CannotOpen):
        open_envelope(**world.act(world.fj), typed=sheet)


def test_a_false_envelope_gets_no_later_key(world, sheet):
    """The next key is sealed to the key that the directory names, whatever the rows say."""
    put_for_another_key(EnvelopeBox.objects.get())
    rotate_epoch(**world.act(world.fj))
    assert envelope_state("FJ") == "ready"
    named = directory().envelope("FJ").key_id
    assert {bytes(row.key_id) for row in EnvelopeBox.objects.all()} == {named}


def test_after_a_break_nobody_vouches_for_the_sheet_any_more(world, sheet):
    from tests.vault.forging import epoch, minutes_ago

    fj, third = world.keys(world.fj), world.keys(world.vu)
    forge(fj, "epoch", **epoch(fj, "FJ", 2, witness=third, witnessed_at=minutes_ago(1)))
    assert accepted().envelope_in_force("FJ") is None


# At the front door ----------------------------------------------------------------------------


def words(answer):
    return answer.content.decode()


def test_a_coordinator_makes_the_sheet_on_the_page_and_it_is_shown_once(world):
    client = signed_in(world.fj)
    assert "There is no sheet yet" in words(client.get("/account/keys/envelope/"))
    answer = client.post("/account/keys/envelope/", {"password": PHRASE})
    code = CODE.search(words(answer))[0]
    again = words(client.get("/account/keys/envelope/"))
    assert code not in again
    assert "The sheet opens the present key" in again
    assert client.get("/bulletins/").status_code == 200, "and the keys are open still"
    assert envelope_key(read_recovery_code(code), bytes(directory().envelope("FJ").salt))
    assert answer.headers["Cache-Control"].count("no-store")


def test_with_a_wrong_phrase_there_is_none(world):
    answer = signed_in(world.fj).post("/account/keys/envelope/", {"password": "wrong wrong wrong"})
    assert "That is not your passphrase" in words(answer)
    assert directory().envelope("FJ") is None


def test_a_contact_point_is_shown_no_form_and_refused(world):
    client = signed_in(world.fj_contact)
    assert "Make the sheet" not in words(client.get("/account/keys/envelope/"))
    assert client.post("/account/keys/envelope/", {"password": PHRASE}).status_code == 403
    assert JournalEntry.objects.filter(event="access.refused").exists()


def test_the_officer_who_is_left_opens_it_on_the_page(world, lost):
    client = signed_in(world.fj)
    page = words(client.get("/account/keys/envelope/"))
    assert "Open the envelope" in page
    assert "Make another sheet" not in page, "she holds nothing that could go into one"
    wrong = {"code": make_recovery_code(), "password": PHRASE}
    refused_page = client.post("/account/keys/envelope/open/", wrong)
    assert "This code does not open the envelope" in words(refused_page)
    answer = client.post("/account/keys/envelope/open/", {"code": lost, "password": PHRASE})
    fresh = CODE.search(words(answer))[0]
    assert fresh != lost
    assert client.get("/bulletins/").status_code == 200
    assert world.vault(world.fj).holds(directory().epoch("FJ").key_id)


def test_codes_are_not_tried_for_ever(world, lost):
    client = signed_in(world.fj)
    wrong = {"code": make_recovery_code(), "password": PHRASE}
    answers = [client.post("/account/keys/envelope/open/", wrong) for _ in range(7)]
    assert answers[-1].status_code == 429
    assert "Too many attempts" in words(answers[-1])


def test_while_a_colleague_holds_the_key_the_page_refuses(world, sheet):
    client = signed_in(world.fj_contact)
    assert "Code on the sheet" not in words(client.get("/account/keys/envelope/"))
    answer = client.post("/account/keys/envelope/open/", {"code": sheet, "password": PHRASE})
    assert answer.status_code == 403
    assert directory().epoch("FJ").number == 1


def test_the_page_of_keys_says_whether_there_is_a_sheet(world):
    client = signed_in(world.fj)
    assert "No sheet in the safe" in words(client.get("/account/keys/"))
    make_envelope(**world.act(world.fj))
    sign_in(client, User.objects.get(pk=world.fj.pk))
    assert "A sheet in the safe opens it" in words(client.get("/account/keys/"))


# A new key, on the page -----------------------------------------------------------------------


def test_a_coordinator_makes_a_new_key_with_her_phrase(world):
    client = signed_in(world.fj)
    assert "/account/keys/renew/" in words(client.get("/account/keys/"))
    assert client.get("/account/keys/renew/").status_code == 200
    answer = client.post("/account/keys/renew/", {"password": PHRASE}, follow=True)
    assert "Key 2 is made" in words(answer)
    assert directory().epoch("FJ").number == 2
    assert client.get("/bulletins/new/").status_code == 200, "her own keys stay open"
    assert world.vault(world.fj_contact).newest == 2


def test_without_it_there_is_none(world):
    client = signed_in(world.fj)
    answer = client.post("/account/keys/renew/", {"password": "wrong wrong wrong"})
    assert "That is not your passphrase" in words(answer)
    assert directory().epoch("FJ").number == 1


def test_a_reader_makes_none_and_is_shown_no_button(world):
    client = signed_in(world.colleague("FJ", Role.READER, name="reader"))
    assert "/account/keys/renew/" not in words(client.get("/account/keys/"))
    assert client.post("/account/keys/renew/", {"password": PHRASE}).status_code == 403
    assert directory().epoch("FJ").number == 1
