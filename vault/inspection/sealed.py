"""Files that the sender sealed with `age`: only the outside is looked at. The inside is theirs."""

import re
from typing import Final

from vault.inspection.limits import KIB
from vault.inspection.source import Source
from vault.inspection.verdict import Finding, NoteCode, Reason, Refused

_MAX_HEADER: Final = 64 * KIB  # a few hundred recipients
# One or more recipients, then the line that authenticates them.
_HEADER: Final = re.compile(
    rb"age-encryption\.org/v1\n(?:-> [!-~ ]{1,2000}\n(?:[A-Za-z0-9+/]{64}\n)*+"
    rb"[A-Za-z0-9+/]{0,63}\n){1,500}--- [A-Za-z0-9+/]{43}\n"
)
_BEGIN: Final = b"-----BEGIN AGE ENCRYPTED FILE-----"
_END: Final = b"-----END AGE ENCRYPTED FILE-----"
_ARMOURED: Final = re.compile(rb"[A-Za-z0-9+/=\r\n]*")


def examine_age(source: Source) -> Finding:
    finding = Finding("age", [NoteCode.SEALED_BY_SENDER])
    if source.read(0, len(_BEGIN)) == _BEGIN:
        _armoured(source)
        return finding
    header = _HEADER.match(source.read(0, _MAX_HEADER))
    # A nonce of 16 bytes and at least one authenticated chunk follow.
    if header is None or source.size < header.end() + 32:
        raise Refused(Reason.TRUNCATED)
    return finding


def _armoured(source: Source) -> None:
    """Nothing but letters between the two lines, so nothing else can hide there."""
    tail = source.read(max(0, source.size - 64), 64).rstrip()
    if not tail.endswith(_END):
        raise Refused(Reason.TRUNCATED)
    end = max(0, source.size - 64) + len(tail) - len(_END)
    for piece in source.pieces(len(_BEGIN), end):
        if not _ARMOURED.fullmatch(piece):
            raise Refused(Reason.DAMAGED)
