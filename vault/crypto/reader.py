"""A sealed file as a file: to be read and sought in, while on the disk it stays sealed.

Made of `stream.py` and nothing else; it keeps no secret that the opener does not keep.
"""

from __future__ import annotations

import io
from collections import OrderedDict
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from vault.crypto.stream import CHUNK, HEADER, SEALED_CHUNK, last_of, opener_for

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class SealedReader(io.RawIOBase):
    """The plain file, to be read and sought in, while on the disk it stays sealed.

    Made for whoever must look inside (ZIP directories, image sizes, office documents) without a
    plain copy existing anywhere. It keeps the last few chunks, so that jumping between a ZIP's
    directory and its entries does not open the same chunk again and again; nothing else grows
    with the file. Damage shows when it is met, as `CannotOpen`; a wrong length at once.

    The file object stays the caller's, to close; one reader belongs to one thread.
    """

    _KEPT = 8

    def __init__(self, fileobj: BinaryIO, key: bytes, context: bytes, *, size: int) -> None:
        super().__init__()
        self._opener = opener_for(fileobj, key, context, size)
        self._file, self._size, self._at = fileobj, size, 0
        self._chunks: OrderedDict[int, bytes] = OrderedDict()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        bases = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}
        if whence not in bases or bases[whence] + offset < 0:
            raise ValueError("there is no such place in a file")
        self._at = bases[whence] + offset
        return self._at

    def read(self, size: int | None = -1, /) -> bytes:
        """As many bytes as asked, fewer only at the end.

        `io.RawIOBase.read` would set aside as much memory as is asked for; what is asked for may
        come out of a hostile ZIP directory.
        """
        return b"".join(self._pieces(self._size if size is None or size < 0 else size))

    def readall(self) -> bytes:
        return self.read()

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        target, filled = memoryview(buffer).cast("B"), 0
        for piece in self._pieces(len(target)):
            target[filled : filled + len(piece)] = piece
            filled += len(piece)
        return filled

    def _pieces(self, wanted: int) -> Iterator[memoryview]:
        while wanted > 0 and self._at < self._size:
            index, start = divmod(self._at, CHUNK)
            piece = memoryview(self._chunk(index))[
                start : start + min(wanted, self._size - self._at)
            ]
            self._at += len(piece)
            wanted -= len(piece)
            yield piece

    def _chunk(self, index: int) -> bytes:
        if index not in self._chunks:
            self._chunks[index] = self._open(index)
            if len(self._chunks) > self._KEPT:
                self._chunks.popitem(last=False)
        self._chunks.move_to_end(index)
        return self._chunks[index]

    def _open(self, index: int) -> bytes:
        self._file.seek(HEADER + index * SEALED_CHUNK)
        return self._opener.open_chunk(
            index, index == last_of(self._size), self._file.read(SEALED_CHUNK)
        )
