"""Who said this, and as what."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from tests.vault.crypto.damage import cut_at_each_length, refuses_each, with_each_byte_flipped
from tests.vault.crypto.second_reader import check_signature
from vault.crypto.errors import CannotOpen
from vault.crypto.signing import SMALL_ORDER, SigningKey, VerifyKey

KEY = SigningKey.derive(bytes(32))
P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P


@given(st.text(max_size=30), st.binary(max_size=100))
def test_a_signature_holds_for_its_label_and_message(label, message):
    signature = KEY.sign(label, message)
    KEY.public.verify(label, message, signature)
    check_signature(KEY.public.to_bytes(), label, message, signature)


def test_it_holds_for_nothing_else():
    signature = KEY.sign("iswg/v1/manifest", b"for Tonga")
    KEY.public.verify("iswg/v1/manifest", b"for Tonga", memoryview(signature))
    other = SigningKey.derive(bytes([1]) * 32).public
    for public, label, message in (
        (other, "iswg/v1/manifest", b"for Tonga"),
        (KEY.public, "iswg/v1/grant", b"for Tonga"),
        (KEY.public, "iswg/v1/manifest", b"for Fiji"),
        (KEY.public, "iswg/v1/manifestfor", b" Tonga"),
        (KEY.public, "", b"iswg/v1/manifestfor Tonga"),
    ):
        with pytest.raises(CannotOpen):
            public.verify(label, message, signature)


def test_a_flipped_bit_or_a_cut_is_refused():
    signature = KEY.sign("label", b"message")
    damaged = [*with_each_byte_flipped(signature), *cut_at_each_length(signature), signature + b"x"]
    refuses_each(damaged, lambda raw: KEY.public.verify("label", b"message", raw))


def test_keys_go_through_bytes_and_compare_by_them():
    again = VerifyKey.from_bytes(KEY.public.to_bytes())
    assert again == KEY.public
    assert hash(again) == hash(KEY.public)
    assert again != SigningKey.derive(bytes([1]) * 32).public
    refuses_each(cut_at_each_length(KEY.public.to_bytes()), VerifyKey.from_bytes)
    refuses_each([KEY.public.to_bytes() + b"\0"], VerifyKey.from_bytes)


class TestKeysThatBindNobody:
    def test_under_the_neutral_point_one_signature_holds_for_any_message(self):
        """Why they are refused: the library itself takes them."""
        neutral = b"\x01" + bytes(31)
        signature = neutral + bytes(32)
        for message in (b"for Tonga", b"for Fiji"):
            Ed25519PublicKey.from_public_bytes(neutral).verify(signature, message)

    def test_the_list_is_exactly_the_points_whose_eightfold_is_neutral(self):
        ys = {int.from_bytes(raw, "little") for raw in SMALL_ORDER}
        assert {y % P for y in ys} == {y for y in (y % P for y in ys) if _eightfold_is_neutral(y)}
        assert len({y % P for y in ys}) == 5  # 1, -1, 0, and two of order eight
        assert ys == {y + k * P for y in {y % P for y in ys} for k in (0, 1) if y + k * P < 2**255}

    def test_each_is_refused_with_either_sign(self):
        both = [raw[:31] + bytes([raw[31] | sign]) for raw in SMALL_ORDER for sign in (0, 0x80)]
        assert refuses_each(both, VerifyKey.from_bytes) == 14


def _eightfold_is_neutral(y: int) -> bool:
    """Doubling needs y and x**2 only: y' = (y2 + x2) / (1 - d x2 y2) and the curve gives x2."""
    for _ in range(3):
        y2 = y * y % P
        x2 = (y2 - 1) * pow(D * y2 + 1, -1, P) % P
        y = (y2 + x2) * pow(1 - D * x2 * y2, -1, P) % P
    return y == 1
