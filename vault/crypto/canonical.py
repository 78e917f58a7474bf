"""Facts as bytes, in the one form that gets signed.

A signature is over bytes, and JSON has many spellings of the same facts. Here there is one: keys
sorted, no spaces, text as UTF-8, only what every JSON reader reads alike. The result is a subset of
RFC 8785 (JSON Canonicalization Scheme), so any language can check our signatures.

What is left out is left out on purpose. No floats: their spelling differs between languages. No
whole numbers beyond 2**53: JavaScript would round them. No keys that are not plain ASCII: there
the two customary sort orders part. Bytes are written as hex and UUIDs as text; that a field holds
bytes is known from its name, as with everything in JSON.
"""

import json
from typing import Any
from uuid import UUID

from vault.crypto.errors import CannotOpen

_LARGEST = 2**53 - 1
_WRITER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)


def canonical(data: dict[str, Any]) -> bytes:
    """The bytes to be signed or hashed; the same for the same facts, always."""
    return _WRITER.encode(_plain(data)).encode()


def read_canonical(raw: bytes) -> dict[str, Any]:
    """The facts again, from bytes in exactly that form; else `CannotOpen`.

    Strict, so that two readers of one signature cannot see different facts: a doubled key, a space
    or another spelling is refused by writing the facts again and comparing.
    """
    raw = bytes(raw)
    try:
        data = json.loads(raw)
        if isinstance(data, dict) and canonical(data) == raw:
            return data
    except (ValueError, TypeError, RecursionError):
        pass
    raise CannotOpen


def _plain(value: Any) -> Any:
    if isinstance(value, str) or value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return _number(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {_name(key): _plain(item) for key, item in value.items()}
    raise TypeError(f"not to be signed: {type(value).__name__}")


def _number(value: int) -> int:
    if abs(value) > _LARGEST:
        raise ValueError("a signed number lies within 2**53")
    return int(value)


def _name(key: object) -> str:
    if not isinstance(key, str) or not key.isascii():
        raise TypeError("names of signed facts are plain ASCII")
    return key
