"""ENV 01/01: one body, under one key, in one place."""

import secrets

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from tests.vault.crypto.damage import cut_at_each_length, refuses_each, with_each_byte_flipped
from tests.vault.crypto.salamander import one_ciphertext_for_two
from tests.vault.crypto.second_reader import open_envelope
from vault.crypto.context import context
from vault.crypto.derive import key_and_commitment
from vault.crypto.envelope import NONCE, OVERHEAD, open_sealed, seal
from vault.crypto.errors import CannotOpen
from vault.crypto.formats import ENVELOPE


@given(st.binary(max_size=300), st.binary(min_size=32, max_size=32), st.binary(max_size=40))
def test_what_is_sealed_opens_with_the_same_key_in_the_same_place(body, key, place):
    sealed = seal(key, place, body)
    assert open_sealed(key, place, sealed) == body
    assert open_envelope(key, place, sealed) == body
    assert len(sealed) == len(body) + OVERHEAD


def test_an_envelope_from_the_database_may_come_as_a_memoryview(key, place):
    assert open_sealed(key, place, memoryview(seal(key, place, b"boat"))) == b"boat"


def test_a_wrapped_data_key_takes_108_bytes(key, place):
    assert len(seal(key, place, bytes(32))) == 108


def test_two_envelopes_of_one_body_have_nothing_in_common_but_the_header(key, place):
    first, second = seal(key, place, b"same"), seal(key, place, b"same")
    assert first[:4] == second[:4] == ENVELOPE
    assert first[4:28] != second[4:28]
    assert first[28:] != second[28:]


def test_a_flipped_bit_anywhere_is_refused(key, place):
    sealed = seal(key, place, b"The yacht left Suva on Tuesday.")
    damaged = with_each_byte_flipped(sealed)
    assert refuses_each(damaged, lambda raw: open_sealed(key, place, raw)) == len(sealed)


def test_every_shortening_and_a_lengthening_is_refused(key, place):
    sealed = seal(key, place, b"The yacht left Suva on Tuesday.")
    damaged = [*cut_at_each_length(sealed), sealed + b"\0", b"\0" + sealed, sealed[1:]]
    refuses_each(damaged, lambda raw: open_sealed(key, place, raw))


def test_parts_of_two_envelopes_do_not_make_a_third(key, place):
    one, two = seal(key, place, b"Tonga"), seal(key, place, b"Samoa")
    cuts = (4, 28, 60, len(one) - 16)
    mixed = [one[:cut] + two[cut:] for cut in cuts[1:]] + [
        two[:cut] + one[cut:] for cut in cuts[1:]
    ]
    refuses_each(mixed, lambda raw: open_sealed(key, place, raw))


def test_a_title_does_not_open_in_the_place_of_a_text_or_of_another_revision(key):
    def at(field: str, revision: int) -> bytes:
        return context("iswg/v1/field", "bulletin", field, revision)

    sealed = seal(key, at("title", 1), b"Small craft")
    assert open_sealed(key, at("title", 1), sealed) == b"Small craft"
    for elsewhere in (at("text", 1), at("title", 2), at("title", 1) + b"\0", b""):
        with pytest.raises(CannotOpen):
            open_sealed(key, elsewhere, sealed)


def test_another_key_opens_nothing(key, place):
    sealed = seal(key, place, b"body")
    refuses_each([sealed], lambda raw: open_sealed(secrets.token_bytes(32), place, raw))


@pytest.mark.parametrize("header", [b"OC\x01\x02", b"OC\x00\x01", b"OC\x02\x01", b"oc\x01\x01"])
def test_an_unknown_type_or_algorithm_is_refused_even_when_everything_else_is_right(
    key, place, header
):
    """Sealed honestly under the foreign header, so that only the header can be the reason."""
    salt = bytes(24)
    once, commitment = key_and_commitment(salt, key, header + place)
    sealed = header + salt + commitment + AESGCM(once).encrypt(NONCE, b"body", None)
    refuses_each([sealed], lambda raw: open_sealed(key, place, raw))


def test_a_key_that_is_not_32_bytes_is_a_loud_mistake(place):
    for bad in (b"", bytes(16), bytes(31), bytes(33)):
        with pytest.raises(ValueError, match="32 bytes"):
            seal(bad, place, b"body")
        with pytest.raises(ValueError, match="32 bytes"):
            open_sealed(bad, place, ENVELOPE + bytes(100))


class TestOneCiphertextForTwoReaders:
    """What plain AES-GCM would allow, and the commitment does not."""

    red, clear = b"TLP:RED no entry", b"TLP:CLEAR public"

    def test_plain_aes_gcm_opens_to_two_texts_under_two_keys(self):
        """The attack works, or the next test would prove nothing."""
        one, two = bytes([1]) * 32, bytes([2]) * 32
        ciphertext = one_ciphertext_for_two((one, self.red), (two, self.clear), NONCE)
        assert AESGCM(one).decrypt(NONCE, ciphertext, None)[:16] == self.red
        assert AESGCM(two).decrypt(NONCE, ciphertext, None)[16:32] == self.clear

    def test_as_an_envelope_it_opens_for_at_most_one(self, place):
        """The forger knows both keys, chooses the salt and writes any commitment he likes."""
        keys = [bytes([1]) * 32, bytes([2]) * 32]
        salt = bytes(24)
        derived = [key_and_commitment(salt, key, ENVELOPE + place) for key in keys]
        ciphertext = one_ciphertext_for_two(
            (derived[0][0], self.red), (derived[1][0], self.clear), NONCE
        )
        for once, _ in derived:  # inside, where the envelope uses plain AES-GCM, it does work
            AESGCM(once).decrypt(NONCE, ciphertext, None)
        opened = []
        for commitment in (derived[0][1], derived[1][1], bytes(32)):
            sealed = ENVELOPE + salt + commitment + ciphertext
            opened.append([_opens(key, place, sealed) for key in keys])
        assert opened == [[True, False], [False, True], [False, False]]


def _opens(key: bytes, place: bytes, sealed: bytes) -> bool:
    try:
        open_sealed(key, place, sealed)
    except CannotOpen:
        return False
    return True
