"""Lengths that say little."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vault.crypto.damage import cut_at_each_length, refuses_each
from vault.crypto.padding import pad, padded_length, padme, unpad

floors = st.sampled_from([1, 64, 160, 500])


@given(st.binary(max_size=2000), floors)
def test_a_padded_body_comes_back(body, floor):
    padded = pad(body, floor=floor)
    assert unpad(padded) == body
    assert len(padded) == padded_length(len(body), floor=floor) >= floor


@given(st.integers(0, 2**40))
def test_padme_holds_what_it_must_and_wastes_at_most_an_eighth(length):
    size = padme(length)
    assert size >= max(length, 64)
    assert padme(size) == size
    assert length < 64 or size <= length * 1.125


@given(st.integers(0, 2**40), st.integers(0, 2**20))
def test_longer_is_never_padded_to_less(length, more):
    assert padme(length + more) >= padme(length)


@given(st.integers(64, 2**50))
def test_few_bits_of_a_length_remain(length):
    """As many leading bits as the exponent has digits; the rest are zeros."""
    size = padme(length)
    exponent = size.bit_length() - 1
    assert size % (1 << max(0, exponent - exponent.bit_length())) == 0


def test_every_text_up_to_sixty_bytes_has_one_size_and_every_usual_title_has_one():
    assert {len(pad(bytes(length))) for length in range(61)} == {64}
    assert {len(pad(bytes(length), floor=160)) for length in range(157)} == {160}
    assert len(pad(bytes(157), floor=160)) > 160


@pytest.mark.parametrize(
    ("length", "size"),
    [
        (64, 64),
        (65, 72),
        (100, 104),
        (160, 160),
        (1000, 1024),
        (65536, 65536),
        (65537, 67584),
        (50_000_000, 50_331_648),
    ],
)
def test_the_sizes_are_those_of_the_paper(length, size):
    assert padme(length) == size


def test_what_pad_never_made_is_refused():
    padded = pad(b"boat")
    wrong = [
        padded[:-1] + b"\x01",
        padded[:4] + b"boat" + b"x" * 56,
        (61).to_bytes(4, "big") + padded[4:],
        (2**32 - 1).to_bytes(4, "big") + padded[4:],
        padded + bytes(1),
        b"",
        bytes(3),
    ]
    refuses_each(wrong, unpad)
    refuses_each(cut_at_each_length(padded, range(8)), unpad)


def test_a_length_below_zero_is_a_loud_mistake():
    with pytest.raises(ValueError, match="negative"):
        padme(-1)
    with pytest.raises(ValueError, match="floor"):
        padme(1, floor=0)
