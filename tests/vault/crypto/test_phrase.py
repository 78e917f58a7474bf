"""From a phrase or a printed code to a key."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault.crypto import phrase
from vault.crypto.errors import CannotOpen
from vault.crypto.phrase import (
    ArgonCost,
    fingerprint_words,
    make_phrase,
    make_recovery_code,
    make_salt,
    read_recovery_code,
    stretch,
    stretch_code,
)
from vault.crypto.recovery import write_recovery_code
from vault.crypto.words import word_list

CHEAP = ArgonCost(memory_kib=64, passes=1)
SALT = bytes(16)


def test_the_same_phrase_gives_the_same_pair_and_the_two_are_unrelated():
    one, again = stretch("reef lantern", SALT, CHEAP), stretch("reef lantern", SALT, CHEAP)
    assert one == again
    assert one.kek != one.verifier
    assert (len(one.kek), len(one.verifier)) == (32, 32)


def test_another_phrase_salt_or_cost_gives_another_pair():
    base = stretch("reef lantern", SALT, CHEAP)
    others = [
        stretch("Reef lantern", SALT, CHEAP),
        stretch("reef lantern ", SALT, CHEAP),
        stretch("reef lantern", b"\1" * 16, CHEAP),
        stretch("reef lantern", SALT, ArgonCost(memory_kib=72, passes=1)),
        stretch("reef lantern", SALT, ArgonCost(memory_kib=64, passes=2)),
    ]
    assert len({base.kek, *(other.kek for other in others)}) == 6
    assert len({base.verifier, *(other.verifier for other in others)}) == 6


def test_an_accent_typed_on_another_keyboard_is_the_same_phrase():
    composed, in_two_parts = "Wh\u0101ngarei caf\u00e9", "Wha\u0304ngarei cafe\u0301"
    assert composed != in_two_parts
    assert stretch(composed, SALT, CHEAP) == stretch(in_two_parts, SALT, CHEAP)


def test_the_default_cost_is_the_one_of_the_design():
    assert ArgonCost() == ArgonCost(memory_kib=65536, passes=3, lanes=1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"memory_kib": 7},
        {"memory_kib": 2**20 + 1},
        {"passes": 0},
        {"passes": 33},
        {"lanes": 0},
        {"lanes": 17},
        {"lanes": 2, "memory_kib": 15},
    ],
)
def test_a_cost_that_would_stop_the_server_or_mean_nothing_is_refused(wrong):
    with pytest.raises(ValueError):
        ArgonCost(**wrong)


def test_a_salt_of_another_length_is_a_loud_mistake():
    assert len(make_salt()) == 16
    with pytest.raises(ValueError, match="16"):
        stretch("phrase", bytes(15), CHEAP)


def test_what_was_stretched_does_not_show_when_printed():
    pair = stretch("reef lantern", SALT, CHEAP)
    assert pair.kek.hex() not in repr(pair)
    assert repr(pair.kek)[2:-1] not in repr(pair)


class TestGeneratedPhrases:
    def test_five_different_words_of_the_list(self):
        words = make_phrase().split(" ")
        assert len(words) == len(set(words)) == 5
        assert set(words) <= set(word_list())
        assert len(make_phrase(7).split(" ")) == 7

    def test_the_list_is_the_effs_and_complete(self):
        assert len(word_list()) == len(set(word_list())) == 7776
        assert (word_list()[0], word_list()[-1]) == ("abacus", "zoom")

    def test_a_hundred_phrases_are_a_hundred_phrases(self):
        assert len({make_phrase() for _ in range(100)}) == 100


class TestFingerprints:
    def test_eight_words_that_depend_on_the_digest(self):
        assert fingerprint_words(bytes(32)) == ["abacus"] * 8
        assert fingerprint_words((7775).to_bytes(32, "big")) == ["abacus"] * 7 + ["zoom"]
        assert fingerprint_words((7776).to_bytes(32, "big"))[6:] == [word_list()[1], "abacus"]

    def test_only_a_digest_has_a_fingerprint(self):
        with pytest.raises(ValueError, match="SHA-256"):
            fingerprint_words(bytes(31))


class TestRecoveryCodes:
    def test_a_printed_code_is_read_back(self):
        code = make_recovery_code()
        assert len(read_recovery_code(code)) == 20
        assert write_recovery_code(read_recovery_code(code)) == code
        assert [len(group) for group in code.split("-")] == [4] * 9
        assert make_recovery_code() != code

    @given(st.binary(min_size=20, max_size=20))
    def test_any_code_survives_small_letters_spaces_and_look_alikes(self, raw):
        code = write_recovery_code(raw)
        assert read_recovery_code(code.lower()) == raw
        assert read_recovery_code(f"  {code.replace('-', ' ')}\n") == raw
        assert read_recovery_code(code.replace("0", "O").replace("1", "l")) == raw
        assert read_recovery_code(code.replace("0", "o").replace("1", "I")) == raw

    def test_every_slip_of_one_sign_and_every_exchange_of_neighbours_is_noticed(self):
        text = write_recovery_code(secrets.token_bytes(20)).replace("-", "")
        slips = [text[:at] + ("7" if text[at] != "7" else "8") + text[at + 1 :] for at in range(36)]
        slips += [
            text[:at] + text[at + 1] + text[at] + text[at + 2 :]
            for at in range(35)
            if text[at] != text[at + 1]
        ]
        noticed = sum(_is_refused(slip) for slip in slips)
        assert noticed >= len(slips) - 1  # one in a million goes through

    @pytest.mark.parametrize("typed", ["", "hello", "U" * 36, "0" * 35, "0" * 37, "é" * 36])
    def test_what_is_no_code_is_refused(self, typed):
        with pytest.raises(CannotOpen):
            read_recovery_code(typed)

    def test_a_code_gives_a_pair_as_a_phrase_does(self):
        pair = stretch_code(bytes(20), SALT)
        assert pair == stretch_code(bytes(20), SALT)
        assert pair.kek != pair.verifier
        assert stretch_code(bytes(20), b"\1" * 16).kek != pair.kek
        assert stretch_code(b"\1" * 20, SALT).kek != pair.kek
        for code, salt in ((bytes(19), SALT), (bytes(20), bytes(15))):
            with pytest.raises(ValueError, match="20 bytes"):
                stretch_code(code, salt)


def test_everything_that_is_announced_is_there():
    assert all(hasattr(phrase, name) for name in phrase.__all__)


def _is_refused(typed: str) -> bool:
    try:
        read_recovery_code(typed)
    except CannotOpen:
        return True
    return False
