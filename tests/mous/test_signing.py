"""Signed here: by the head alone, with her own key; verified without us, and by no other letter."""

import datetime
import json
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from access.policy import Refused
from access.roles import Role
from mous.models import Act, Notification
from mous.queries import acts_of
from mous.reading import open_acts
from mous.services.acts import NotPossible, confirm_act
from mous.services.signing import seal_of, sign_instrument
from mous.services.texts import newest_texts
from mous.signature import read_signature
from tests.factories import PHRASE, signed_in
from tests.mous.office import hidden, page, words
from tests.mous.test_texts import deposits
from tools import verify_signature as script
from vault.crypto.errors import CannotOpen
from vault.manifests import SealBroken

pytestmark = pytest.mark.django_db
SCRIPT = Path(script.__file__)
TODAY = datetime.date(2024, 5, 1)


@pytest.fixture(autouse=True)
def files_dir(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture
def instrument(chancery, world):
    made = chancery.open()
    deposits(signed_in(world.oco), "en", b"Article 1. The reef.\n")
    deposits(signed_in(world.oco), "fr", b"Article premier. Le recif.\n")
    return made


@pytest.fixture
def head(world):
    return world.colleague("FJ", Role.HEAD, name="head")


def signs(world, chancery, instrument, user, code="FJ", **more):
    facts = {
        "act_id": uuid4(), "kind": "SIGNED_DEFINITIVE", "name": "Ana Snargle",
        "office": "Comptroller of Customs", "day": TODAY,
        "seen": seal_of(newest_texts(instrument)), **more,
    }  # fmt: skip
    return sign_instrument(
        **chancery.both(user), keys=world.keys(user), instrument=instrument,
        party=chancery.party(instrument, code), **facts,
    )  # fmt: skip


def file_of(world, act):
    (shown,) = open_acts(world.vault(world.vu), acts_of(act.instrument).filter(pk=act.pk))
    return shown.words.signed


def run(tmp_path, raw, *more):
    path = tmp_path / "signature.json"
    path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    done = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), str(path), *map(str, more)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def fails(raw) -> bool:
    """Whether the script, asked in this process, finds a fault or cannot read it."""
    try:
        return bool(list(script.faults_of(script.read_file(raw), [], [])))
    except (script.Unreadable, ValueError, KeyError, TypeError):
        return True


class TestThePage:
    def form(self, client, **more):
        shown = client.get(page("sign"))
        return {
            "act": hidden(shown, "act"), "seen": hidden(shown, "seen"),
            "kind": "SIGNED_DEFINITIVE", "name": "Ana Snargle", "office": "Comptroller",
            "capacity": "", "read": "on", "password": PHRASE, **more,
        }  # fmt: skip

    def test_the_head_reads_types_the_phrase_and_signs(self, world, instrument, head):
        client = signed_in(head)
        assert "Open the text" in words(client.get(page("sign")))
        answer = client.post(page("sign"), self.form(client))
        assert answer["Location"] == page("acts", 1)
        act = Act.objects.get()
        assert (act.electronic, act.is_waiting, act.party.code) == (True, True, "FJ")
        shown = words(signed_in(world.oco).get(page("acts", 1)))
        assert "The signature verifies" in shown
        assert "signed here" in shown
        assert signed_in(world.oco).post(page("acts", 1, "confirm")).status_code == 302
        assert Act.objects.get().is_confirmed
        assert Notification.objects.count() == 1

    def test_with_another_phrase_nothing_is_signed(self, world, instrument, head):
        client = signed_in(head)
        answer = client.post(page("sign"), self.form(client, password="not the phrase at all"))
        assert answer.status_code == 400
        assert "That is not your passphrase." in words(answer)
        assert 'value="Ana Snargle"' in answer.content.decode()
        assert "not the phrase at all" not in answer.content.decode()
        assert not Act.objects.exists()

    def test_unread_nothing_is_signed(self, world, instrument, head):
        client = signed_in(head)
        data = self.form(client)
        del data["read"]
        assert client.post(page("sign"), data).status_code == 400
        assert not Act.objects.exists()

    def test_sent_twice_it_is_one_signature(self, world, instrument, head):
        client = signed_in(head)
        data = self.form(client)
        assert client.post(page("sign"), data)["Location"] == page("acts", 1)
        assert client.post(page("sign"), data)["Location"] == page("acts", 1)
        assert Act.objects.count() == 1
        assert "has signed already" in words(client.get(page("sign")))

    def test_nobody_but_the_head_comes_here(self, world, instrument, head):
        data = self.form(signed_in(head))
        for person in (world.fj, world.fj_contact, world.vu):
            client = signed_in(person)
            assert client.get(page("sign")).status_code == 403
            assert client.post(page("sign"), data).status_code == 403
        assert signed_in(world.oco).get(page("sign")).status_code == 404  # is no participant
        assert not Act.objects.exists()

    def test_anybody_takes_the_file_and_only_of_this_act(self, world, chancery, instrument, head):
        signs(world, chancery, instrument, head)
        chancery.enter(world.oco, "VU", "SIGNED_DEFINITIVE", "2024-05-01")
        client = signed_in(world.pw)
        answer = client.get(page("acts", 1, "signature"))
        assert read_signature(answer.content.decode())["name"] == "Ana Snargle"
        assert "attachment" in answer["Content-Disposition"]
        assert client.get(page("acts", 2, "signature")).status_code == 404


class TestTheService:
    def test_the_head_of_another_administration_cannot(self, world, chancery, instrument, head):
        other = world.colleague("VU", Role.HEAD, name="head")
        with pytest.raises(Refused):
            signs(world, chancery, instrument, other, "FJ")
        with pytest.raises(Refused):
            signs(world, chancery, instrument, world.fj, "FJ")
        assert signs(world, chancery, instrument, head).electronic
        assert signs(world, chancery, instrument, other, "VU").electronic

    def test_one_signature_an_administration(self, world, chancery, instrument, head):
        act = signs(world, chancery, instrument, head)
        with pytest.raises(NotPossible):
            signs(world, chancery, instrument, head)
        confirm_act(**chancery.both(world.oco), act=act)
        with pytest.raises(NotPossible):
            signs(world, chancery, instrument, head)

    def test_a_text_deposited_meanwhile_is_read_first(self, world, chancery, instrument, head):
        seen = seal_of(newest_texts(instrument))
        deposits(signed_in(world.oco), "en", b"Article 1. Two reefs.\n", anew="on")
        with pytest.raises(NotPossible) as problem:
            signs(world, chancery, instrument, head, seen=seen)
        assert "read" in problem.value.faults
        assert signs(world, chancery, instrument, head).text.number == 2

    def test_without_a_text_there_is_nothing_to_sign(self, world, chancery, head):
        made = chancery.open("reefs")
        with pytest.raises(NotPossible):
            signs(world, chancery, made, head)

    def test_it_is_still_good_when_a_language_is_deposited_later(self, world, chancery, head):
        made = chancery.open()
        deposits(signed_in(world.oco), "en", b"Article 1. The reef.\n")
        act = signs(world, chancery, made, head)
        deposits(signed_in(world.oco), "fr", b"Article premier.\n")
        assert confirm_act(**chancery.both(world.oco), act=act).is_confirmed

    def test_a_false_signature_file_is_not_confirmed(self, world, chancery, instrument, head):
        """Whoever signs the entry as well as a head could: the file itself has to be good."""
        from dataclasses import replace

        from mous.content import ActWords
        from mous.services.acts import Entry, enter_act

        act = signs(world, chancery, instrument, head, day=datetime.date(2024, 4, 1))
        (shown,) = open_acts(world.vault(head), acts_of(instrument))
        forged = shown.words.signed.replace("Ana Snargle", "Ann Snargle")
        for signed in (forged, shown.words.signed, ""):
            entry = Entry(
                "SIGNED_DEFINITIVE", TODAY, electronic=True, text=act.text,
                words=replace(ActWords(), signatory="Ann Snargle", signed=signed),
            )  # fmt: skip
            false = enter_act(
                **chancery.both(head), instrument=instrument,
                party=chancery.party(instrument, "FJ"), entry=entry, act_id=uuid4(),
            )  # fmt: skip
            with pytest.raises(SealBroken):
                confirm_act(**chancery.both(world.oco), act=false)
        assert confirm_act(**chancery.both(world.oco), act=act).is_confirmed


class TestTheScript:
    def test_verifies_without_the_portal(self, world, chancery, instrument, head, tmp_path):
        signed = file_of(world, signs(world, chancery, instrument, head))
        text = tmp_path / "mou.txt"
        text.write_bytes(b"Article 1. The reef.\n")
        named = " ".join(world.words(head))
        code, said = run(tmp_path, signed, "--text", text, "--words", named)
        assert code == 0, said
        for sentence in (
            "Ana Snargle, Comptroller of Customs,", "signed definitively, on 2024-05-01",
            "The signature verifies", named,
        ):  # fmt: skip
            assert sentence in said

    def test_fails_with_another_text_or_another_persons_words(
        self, world, chancery, instrument, head, tmp_path
    ):
        signed = file_of(world, signs(world, chancery, instrument, head))
        text = tmp_path / "mou.txt"
        text.write_bytes(b"Article 1. The reefs.\n")
        code, said = run(tmp_path, signed, "--text", text)
        assert (code, "is not the text that was signed" in said) == (1, True)
        code, said = run(tmp_path, signed, "--words", " ".join(world.words(world.fj)))
        assert (code, "those of another key" in said) == (1, True)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", "Ana Snargles"), ("date", "2024-05-02"), ("office", "Minister"),
            ("kind", "SIGNED_SUBJECT"), ("administration", "VU"), ("title", "Another"),
            ("texts", {"en": "0" * 64}), ("version", 2), ("act", "0" * 32), ("capacity", "x"),
        ],
    )  # fmt: skip
    def test_fails_after_any_change_of_what_was_signed(
        self, world, chancery, instrument, head, tmp_path, field, value
    ):
        signed = file_of(world, signs(world, chancery, instrument, head))
        data = json.loads(signed)
        assert not fails(script.canonical(data))
        data["statement"][field] = value
        assert fails(script.canonical(data))
        with pytest.raises(CannotOpen):
            read_signature(script.canonical(data).decode())

    def test_fails_with_the_keys_of_somebody_else(self, world, chancery, instrument, head):
        signed = json.loads(file_of(world, signs(world, chancery, instrument, head)))
        other = world.keys(world.vu)
        signed["statement"]["keys"] = other.public.to_bytes().hex()
        assert fails(script.canonical(signed))
        own = world.keys(head).public.to_bytes()
        mixed = own[:1220] + other.public.to_bytes()[1220:1252] + own[1252:]
        signed["statement"]["keys"] = mixed.hex()
        assert fails(script.canonical(signed))

    def test_fails_for_every_flipped_byte_of_the_signature_and_of_the_file(
        self, world, chancery, instrument, head
    ):
        raw = file_of(world, signs(world, chancery, instrument, head)).encode()
        assert not fails(raw)
        signature = bytes.fromhex(json.loads(raw)["signature"])
        for place in range(len(signature)):
            flipped = bytearray(signature)
            flipped[place] ^= 1
            assert fails(raw.replace(signature.hex().encode(), flipped.hex().encode())), place
        for place in range(len(raw)):
            flipped = bytearray(raw)
            flipped[place] ^= 1
            assert fails(bytes(flipped)), place

    def test_fails_in_another_spelling(self, world, chancery, instrument, head):
        raw = file_of(world, signs(world, chancery, instrument, head))
        assert fails(json.dumps(json.loads(raw), indent=1).encode())
        assert fails(raw.encode() + b"\n")
        doubled = raw.replace('"name":', '"name":"Somebody else","name":')
        assert fails(doubled.encode())

    def test_says_in_words_what_it_cannot_read(self, tmp_path):
        for raw in (b"", b"{}", b"\xff", b'{"format":"other"}', b"[1]"):
            code, said = run(tmp_path, raw)
            assert code == 2
            assert "This cannot be read as a signature." in said
