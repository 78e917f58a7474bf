"""STREAM 03/01: pieces of a file, sealed as they arrive, each in its place."""

import io
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vault.crypto.damage import cut_at_each_length, refuses_each, with_each_byte_flipped
from tests.vault.crypto.second_reader import open_stream
from vault.crypto.padding import padme
from vault.crypto.reader import SealedReader
from vault.crypto.stream import (
    CHUNK,
    HEADER,
    SEALED_CHUNK,
    StreamOpener,
    StreamSealer,
    chunk_count,
    sealed_size,
    stored_chunk_count,
    verify_stream,
)

SIZES = [0, 1, 63, 64, 65, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 17, 20 * CHUNK + 5]


def some_bytes(size: int) -> bytes:
    return (b"The tide is high at ten. " * (size // 25 + 1))[:size]


def sealed_file(key: bytes, place: bytes, body: bytes) -> bytes:
    """As an upload does it: a new sealer for each piece, only the header remembered."""
    header = StreamSealer.start(key, place).header
    count = chunk_count(len(body))
    pieces = [header]
    for index in range(count):
        sealer = StreamSealer.resume(key, place, header)
        piece = body[index * CHUNK : (index + 1) * CHUNK]
        pieces.append(sealer.seal_chunk(index, index == count - 1, piece))
    return b"".join(pieces)


def verifier(key: bytes, place: bytes, size: int) -> Callable[[bytes], None]:
    """The check before a download, as an opening for `refuses_each`."""
    return lambda raw: verify_stream(io.BytesIO(raw), key, place, size)


@pytest.mark.parametrize("size", SIZES)
def test_a_file_of_any_size_comes_back(key, place, size):
    body = some_bytes(size)
    sealed = sealed_file(key, place, body)
    assert len(sealed) == sealed_size(size)
    verify_stream(io.BytesIO(sealed), key, place, size)
    assert SealedReader(io.BytesIO(sealed), key, place, size=size).read() == body
    assert open_stream(key, place, sealed, size) == body


@given(st.integers(0, 2**40))
def test_the_sizes_fit_together(size):
    stored = stored_chunk_count(size)
    assert stored >= chunk_count(size) >= 1
    assert sealed_size(size) == HEADER + padme(size) + 16 * stored
    assert sealed_size(size) == sealed_size(padme(size))


def test_files_of_nearly_the_same_size_look_the_same():
    assert len({sealed_size(size) for size in range(49_500_000, 50_300_000, 50_000)}) == 1
    assert len({sealed_size(size) for size in range(65)}) == 1


def test_two_files_of_one_body_have_nothing_in_common(key, place):
    one, two = (sealed_file(key, place, some_bytes(100)) for _ in range(2))
    assert one[:4] == two[:4]
    assert one[4:HEADER] != two[4:HEADER]
    assert one[HEADER:] != two[HEADER:]


class TestDamage:
    def test_a_flipped_bit_anywhere_in_a_small_file_is_refused(self, key, place):
        sealed = sealed_file(key, place, some_bytes(40))
        opening = verifier(key, place, 40)
        assert refuses_each(with_each_byte_flipped(sealed), opening) == sealed_size(40)

    def test_a_flipped_bit_in_any_chunk_of_a_larger_one_is_refused(self, key, place):
        size = 3 * CHUNK + 17
        sealed = sealed_file(key, place, some_bytes(size))
        edges = [HEADER + n * SEALED_CHUNK + d for n in range(4) for d in (-17, -16, -1, 0, 1)]
        places = {*range(4, HEADER, 7), *range(0, len(sealed), 9973), *edges, len(sealed) - 1}
        refuses_each(
            with_each_byte_flipped(sealed, sorted(places)),
            lambda raw: verify_stream(io.BytesIO(raw), key, place, size),
        )

    def test_every_shortening_of_a_small_file_is_refused(self, key, place):
        sealed = sealed_file(key, place, some_bytes(40))
        for size in (40, 0, 64):  # whatever size the row claims
            refuses_each(cut_at_each_length(sealed), verifier(key, place, size))

    def test_a_file_cut_at_the_edge_of_a_chunk_is_refused_even_if_the_row_says_so_too(
        self, key, place
    ):
        sealed = sealed_file(key, place, some_bytes(4 * CHUNK))
        for chunks in range(4):
            cut, size = sealed[: HEADER + chunks * SEALED_CHUNK], chunks * CHUNK
            refuses_each(
                [cut], lambda raw, size=size: verify_stream(io.BytesIO(raw), key, place, size)
            )

    def test_a_file_with_something_behind_it_is_refused(self, key, place):
        sealed = sealed_file(key, place, some_bytes(CHUNK))
        more = [sealed + b"\0", sealed + sealed[HEADER:]]
        refuses_each(more, verifier(key, place, CHUNK))
        refuses_each(more, verifier(key, place, 2 * CHUNK))

    def test_chunks_in_another_order_or_twice_are_refused(self, key, place):
        size = 4 * CHUNK
        sealed = sealed_file(key, place, some_bytes(size))
        head, chunks = sealed[:HEADER], _chunks(sealed)
        orders = (
            [1, 0, 2, 3],
            [0, 2, 1, 3],
            [0, 1, 3, 2],
            [0, 0, 2, 3],
            [3, 1, 2, 0],
            [0, 1, 2, 2],
        )
        mixed = [head + b"".join(chunks[n] for n in order) for order in orders]
        refuses_each(mixed, verifier(key, place, size))

    def test_a_chunk_of_another_file_is_refused_though_key_and_place_are_the_same(self, key, place):
        size = 2 * CHUNK
        one, two = (sealed_file(key, place, some_bytes(size)) for _ in range(2))
        a, b = _chunks(one), _chunks(two)
        mixed = [one[:HEADER] + a[0] + b[1], one[:HEADER] + b[0] + a[1], two[:HEADER] + a[0] + a[1]]
        refuses_each(mixed, verifier(key, place, size))

    def test_another_key_or_another_place_opens_nothing(self, key, place):
        sealed = sealed_file(key, place, some_bytes(10))
        refuses_each([sealed], verifier(bytes(32), place, 10))
        refuses_each([sealed], verifier(key, place + b"\0", 10))

    def test_a_size_that_is_not_the_files_own_is_refused(self, key, place):
        sealed = sealed_file(key, place, some_bytes(1000))
        for size in (0, 500, 2000, 100_000):
            refuses_each([sealed], verifier(key, place, size))
        # Within one size class the bytes behind the claimed end must be zeros.
        refuses_each([sealed], lambda raw: verify_stream(io.BytesIO(raw), key, place, 999))

    @pytest.mark.parametrize("header", [b"OC\x03\x02", b"OC\x01\x01", b"OC\x00\x00", b"XX\x03\x01"])
    def test_an_unknown_format_is_refused(self, key, place, header):
        sealed = sealed_file(key, place, some_bytes(10))
        refuses_each([header + sealed[4:]], verifier(key, place, 10))


class TestSealingInManyRequests:
    def test_the_same_piece_sealed_again_is_the_same_bytes(self, key, place):
        """So that writing a piece a second time after a lost reply changes nothing."""
        header = StreamSealer.start(key, place).header
        first, second = (
            StreamSealer.resume(key, place, header).seal_chunk(3, False, some_bytes(CHUNK))
            for _ in range(2)
        )
        assert first == second
        assert len(first) == SEALED_CHUNK

    def test_a_header_of_another_file_key_or_place_cannot_be_resumed(self, key, place):
        header = StreamSealer.start(key, place).header
        assert StreamSealer.resume(key, place, memoryview(header)).header == header
        refuses_each(
            [*with_each_byte_flipped(header), *cut_at_each_length(header), header + b"\0"],
            lambda raw: StreamSealer.resume(key, place, raw),
        )
        refuses_each([header], lambda raw: StreamSealer.resume(bytes(32), place, raw))
        refuses_each([header], lambda raw: StreamSealer.resume(key, b"elsewhere", raw))

    def test_a_piece_of_a_wrong_length_is_a_loud_mistake(self, key, place):
        sealer = StreamSealer.start(key, place)
        for index, last, size in (
            (0, False, CHUNK - 1),
            (0, False, 0),
            (0, False, CHUNK + 1),
            (0, True, CHUNK + 1),
            (1, True, 0),
        ):
            with pytest.raises(ValueError, match="piece"):
                sealer.seal_chunk(index, last, bytes(size))
        with pytest.raises(OverflowError):
            sealer.seal_chunk(-1, False, bytes(CHUNK))

    def test_a_piece_that_may_have_been_written_is_compared_and_not_sealed_again(self, key, place):
        sealer = StreamSealer.start(key, place)
        for index, last, body in (
            (0, False, some_bytes(CHUNK)),
            (2, True, some_bytes(5)),
            (19, True, some_bytes(CHUNK)),
            (0, True, b""),
        ):
            sealed = sealer.seal_chunk(index, last, body)
            other = (b"\x01" + body[1:]) if body else b"\x01"
            assert sealer.holds(index, last, body, sealed)
            assert not sealer.holds(index, last, other, sealed)
            assert not sealer.holds(index + 1, last, body, sealed)
            assert not sealer.holds(index, last, body, sealed[:-1])
            assert not sealer.holds(index, last, body, b"")
        full = sealer.seal_chunk(0, False, bytes(CHUNK))
        assert not sealer.holds(0, False, bytes(10), full)
        assert not sealer.holds(0, True, bytes(CHUNK), full)


def test_single_chunks_open_in_any_order_with_the_right_flag_only(key, place):
    body = some_bytes(3 * CHUNK)
    sealed = sealed_file(key, place, body)
    opener, chunks = StreamOpener(key, place, sealed[:HEADER]), _chunks(sealed)
    last = len(chunks) - 1
    for index in (2, 0, 1):
        plain = opener.open_chunk(index, index == last, chunks[index])
        assert plain == body[index * CHUNK : (index + 1) * CHUNK]
        refuses_each([chunks[index]], lambda raw, n=index: opener.open_chunk(n, n != last, raw))


def test_chunks_of_lengths_that_the_format_does_not_know_are_refused(key, place):
    """Written by somebody who has the key: genuine, and still not what a reader may take."""
    sealer = StreamSealer.start(key, place)
    opener = StreamOpener(key, place, sealer.header)
    refuses_each([sealer._seal(0, False, b"short")], lambda raw: opener.open_chunk(0, False, raw))
    refuses_each([sealer._seal(0, True, b"")], lambda raw: opener.open_chunk(0, True, raw))
    long = sealer._seal(0, True, bytes(CHUNK + 1))
    refuses_each([long], lambda raw: opener.open_chunk(0, True, raw))


def test_padding_that_is_not_zeros_is_refused_before_anything_goes_out(key, place):
    sealer = StreamSealer.start(key, place)
    hidden = sealer.header + sealer._seal(0, True, b"boat" + b"\0" * 59 + b"\x01")
    refuses_each([hidden], lambda raw: verify_stream(io.BytesIO(raw), key, place, 4))


@settings(deadline=None, max_examples=25)
@given(st.binary(max_size=300))
def test_any_small_body_comes_back(body):
    key, place = bytes(32), b"place"
    sealed = sealed_file(key, place, body)
    assert SealedReader(io.BytesIO(sealed), key, place, size=len(body)).readall() == body


def _chunks(sealed: bytes) -> list[bytes]:
    return [sealed[at : at + SEALED_CHUNK] for at in range(HEADER, len(sealed), SEALED_CHUNK)]
