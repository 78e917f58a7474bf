"""A sealed file reads like a plain one, in constant memory, and never lies."""

import io
import tracemalloc
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vault.crypto.damage import cut_at_each_length, refuses_each, with_each_byte_flipped
from tests.vault.crypto.test_stream import sealed_file, some_bytes
from vault.crypto.errors import CannotOpen
from vault.crypto.reader import SealedReader
from vault.crypto.stream import (
    CHUNK,
    HEADER,
    SEALED_CHUNK,
    StreamSealer,
    sealed_size,
    verify_stream,
)

KEY, PLACE = bytes(range(32)), b"place"
SIZE = 10 * CHUNK + 1234
BODY = some_bytes(SIZE)
SEALED = sealed_file(KEY, PLACE, BODY)

offsets = st.integers(0, SIZE + 10) | st.sampled_from([0, CHUNK - 1, CHUNK, CHUNK + 1, SIZE])
steps = st.lists(
    st.one_of(
        st.tuples(st.just("seek"), offsets, st.just(io.SEEK_SET)),
        st.tuples(st.just("seek"), st.integers(-SIZE, 0), st.just(io.SEEK_END)),
        st.tuples(st.just("read"), st.integers(-1, 3 * CHUNK)),
        st.tuples(st.just("fill"), st.integers(0, 3 * CHUNK)),
        st.tuples(st.just("tell")),
    ),
    max_size=12,
)


def reader(sealed: bytes = SEALED, size: int = SIZE) -> SealedReader:
    return SealedReader(io.BytesIO(sealed), KEY, PLACE, size=size)


@settings(deadline=None, max_examples=60)
@given(steps)
def test_it_answers_as_a_plain_file_would(taken):
    sealed, plain = reader(), io.BytesIO(BODY)
    for name, *arguments in taken:
        assert _do(sealed, name, arguments) == _do(plain, name, arguments)


def _do(file: io.IOBase, name: str, arguments: list[int]) -> object:
    if name != "fill":
        return getattr(file, name)(*arguments)
    buffer = bytearray(arguments[0])
    count = file.readinto(buffer)
    return bytes(buffer[:count])


def test_relative_seeks_and_places_that_do_not_exist():
    file = reader()
    assert file.readable()
    assert file.seekable()
    assert not file.writable()
    file.seek(100)
    assert file.seek(-50, io.SEEK_CUR) == 50
    for offset, whence in ((-1, io.SEEK_SET), (-51, io.SEEK_CUR), (-SIZE - 1, io.SEEK_END), (0, 9)):
        with pytest.raises(ValueError, match="place"):
            file.seek(offset, whence)


def test_behind_a_buffer_it_reads_line_by_line():
    plain = b"".join(b"line %d\n" % number for number in range(20_000))
    sealed = sealed_file(KEY, PLACE, plain)
    with io.BufferedReader(reader(sealed, len(plain))) as file:
        assert list(file) == plain.splitlines(keepends=True)


def test_a_zip_can_be_inspected_without_a_plain_copy():
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as archive:
        for number in range(20):
            archive.writestr(f"sheet{number}.xml", some_bytes(30_000 + number))
    body = plain.getvalue()
    with zipfile.ZipFile(reader(sealed_file(KEY, PLACE, body), len(body))) as archive:
        assert archive.testzip() is None
        assert archive.read("sheet7.xml") == some_bytes(30_007)


def test_a_read_of_any_length_takes_no_more_memory_than_the_file():
    """The number may come from a hostile directory inside the file."""
    file = reader()
    assert file.read(2**60) == BODY
    assert file.read(2**60) == b""


def test_damage_shows_when_it_is_met_and_not_before():
    at = HEADER + 5 * SEALED_CHUNK + 100
    damaged = SEALED[:at] + bytes([SEALED[at] ^ 1]) + SEALED[at + 1 :]
    file = reader(damaged)
    assert file.read(5 * CHUNK) == BODY[: 5 * CHUNK]
    with pytest.raises(CannotOpen):
        file.read(1)
    file.seek(6 * CHUNK)
    assert file.read(10) == BODY[6 * CHUNK : 6 * CHUNK + 10]
    with pytest.raises(CannotOpen):
        verify_stream(io.BytesIO(damaged), KEY, PLACE, SIZE)


def test_a_flipped_bit_or_a_cut_anywhere_in_a_small_file_is_refused():
    sealed = sealed_file(KEY, PLACE, some_bytes(40))
    damaged = [*with_each_byte_flipped(sealed), *cut_at_each_length(sealed)]
    refuses_each(damaged, lambda raw: reader(raw, 40).read())


def test_a_wrong_length_shows_at_once():
    reader()
    for raw in (SEALED[:-1], SEALED + b"\0", b""):
        with pytest.raises(CannotOpen):
            reader(raw)


def test_the_callers_file_stays_open():
    file = io.BytesIO(SEALED)
    SealedReader(file, KEY, PLACE, size=SIZE).close()
    assert not file.closed
    assert SealedReader(file, KEY, PLACE, size=SIZE).read(3) == BODY[:3]


def test_twenty_megabytes_are_sealed_checked_and_read_within_two(tmp_path):
    size = 20_000_000
    path, header = tmp_path / "sealed", StreamSealer.start(KEY, PLACE).header
    piece = bytes(CHUNK)
    tracemalloc.start()
    try:
        with path.open("wb") as out:
            out.write(header)
            for index in range(size // CHUNK):
                out.write(StreamSealer.resume(KEY, PLACE, header).seal_chunk(index, False, piece))
            end = bytes(size % CHUNK)
            out.write(StreamSealer.resume(KEY, PLACE, header).seal_chunk(index + 1, True, end))
        assert path.stat().st_size == sealed_size(size)
        with path.open("rb") as file:
            verify_stream(file, KEY, PLACE, size)
            sealed = SealedReader(file, KEY, PLACE, size=size)
            assert sum(len(part) for part in iter(lambda: sealed.read(CHUNK), b"")) == size
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2_000_000
