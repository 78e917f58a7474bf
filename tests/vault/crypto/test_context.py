"""Different facts never become the same bytes."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault.crypto.context import context

parts = st.lists(
    st.one_of(
        st.integers(0, 2**64 - 1),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
        st.binary(max_size=20),
        st.uuids(),
    ),
    max_size=6,
)
purposes = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(purposes, parts)
def test_the_parts_can_be_read_back_so_the_encoding_is_injective(purpose, given_parts):
    """An inverse function is the shortest proof of injectivity."""
    assert _read(context(purpose, *given_parts)) == [purpose, *given_parts]


@given(purposes, parts, purposes, parts)
def test_different_parts_are_different_bytes(purpose, some, other_purpose, others):
    same = (purpose, *some) == (other_purpose, *others)
    assert (context(purpose, *some) == context(other_purpose, *others)) == same


@given(purposes, parts, parts)
def test_no_context_is_the_beginning_of_one_with_the_same_number_of_parts(purpose, some, others):
    a, b = context(purpose, *some), context(purpose, *others)
    if len(some) == len(others) and a != b:
        assert not a.startswith(b)
        assert not b.startswith(a)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("ab", "c"), ("a", "bc")),
        (("a", "", "b"), ("a", "b", "")),
        (("a", 1), ("a", "1")),
        (("a", "1"), ("a", b"1")),
        (("a", 1), ("a", (1).to_bytes(8, "big"))),
        (("a", UUID(int=5)), ("a", UUID(int=5).bytes)),
        (("a", UUID(int=5)), ("a", str(UUID(int=5)))),
        (("a", 1, 2), ("a", 2, 1)),
        (("a",), ("a", "")),
    ],
)
def test_parts_shifted_into_their_neighbours_are_another_place(one, other):
    assert context(*one) != context(*other)


@pytest.mark.parametrize("part", [True, False, None, 1.0, ("a",), bytearray(b"x")])
def test_what_has_no_clear_type_is_refused(part):
    with pytest.raises(TypeError):
        context("a", part)


@pytest.mark.parametrize("number", [-1, 2**64])
def test_a_number_that_does_not_fit_is_refused(number):
    with pytest.raises(ValueError, match="number"):
        context("a", number)


def _read(raw: bytes) -> list[int | str | bytes | UUID]:
    readers = {
        b"i": lambda value: int.from_bytes(value, "big"),
        b"s": bytes.decode,
        b"b": bytes,
        b"u": lambda value: UUID(bytes=value),
    }
    assert raw.startswith(b"iswg/v1/context")
    rest, found = raw.removeprefix(b"iswg/v1/context"), []
    while rest:
        kind, length = rest[:1], int.from_bytes(rest[1:5], "big")
        found.append(readers[kind](rest[5 : 5 + length]))
        rest = rest[5 + length :]
    return found
