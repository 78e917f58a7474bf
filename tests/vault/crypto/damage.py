"""Every small harm that can be done to bytes at rest."""

from collections.abc import Callable, Iterable, Iterator

import pytest

from vault.crypto.errors import CannotOpen


def with_each_byte_flipped(raw: bytes, places: Iterable[int] | None = None) -> Iterator[bytes]:
    for at in range(len(raw)) if places is None else places:
        yield raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]


def cut_at_each_length(raw: bytes, lengths: Iterable[int] | None = None) -> Iterator[bytes]:
    for length in range(len(raw)) if lengths is None else lengths:
        yield raw[:length]


def refuses_each(damaged: Iterable[bytes], opening: Callable[[bytes], object]) -> int:
    """How many were tried. Each must fail, in the one way, saying nothing."""
    tried = 0
    for raw in damaged:
        with pytest.raises(CannotOpen) as failure:
            opening(raw)
        assert failure.value.args == ()
        # `from None`: what the primitive said is not shown in a traceback either.
        assert failure.value.__cause__ is None
        assert failure.value.__context__ is None or failure.value.__suppress_context__
        tried += 1
    return tried
