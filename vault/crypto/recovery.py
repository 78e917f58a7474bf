"""The printed recovery code: 160 random bits that a person types in once, years later, worried.

    XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-CCCC

Crockford's base32: no I, L, O or U, either case, hyphens and spaces as one likes, and what looks
alike is read alike. The last group is 20 bits of a hash over the rest, so that a slip of the pen
is noticed by the page and not by a failed opening (one slip in a million goes through). The check
is on the paper beside the code it checks, and is stored nowhere else; it helps nobody to guess.
"""

import hashlib
import secrets
import unicodedata

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from vault.crypto.box import BoxKey
from vault.crypto.derive import derive
from vault.crypto.errors import CannotOpen
from vault.crypto.stretched import SALT_LENGTH, Stretched

CODE_LENGTH = 20
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ALIKE = str.maketrans("OIL", "011", "- \t\r\n")


def make_recovery_code() -> str:
    """A new code, as it is printed."""
    return write_recovery_code(secrets.token_bytes(CODE_LENGTH))


def write_recovery_code(code: bytes) -> str:
    """These 160 bits and their check, in nine groups of four."""
    text = _base32(int.from_bytes(code, "big"), 32) + _base32(_check(code), 4)
    return "-".join(text[at : at + 4] for at in range(0, 36, 4))


def read_recovery_code(typed: str) -> bytes:
    """The 160 bits of a code as somebody typed it; `CannotOpen` if it is no code or has a slip."""
    text = unicodedata.normalize("NFKC", typed).upper().translate(_ALIKE)
    if len(text) != 36 or any(letter not in _ALPHABET for letter in text):
        raise CannotOpen
    number = 0
    for letter in text:
        number = number << 5 | _ALPHABET.index(letter)
    code, check = (number >> 20).to_bytes(CODE_LENGTH, "big"), number & 0xFFFFF
    if check != _check(code):
        raise CannotOpen
    return code


def stretch_code(code: bytes, salt: bytes) -> Stretched:
    """Slot key and verifier of a code, in the shape a phrase gives them.

    Without Argon2id: 160 random bits cannot be guessed at any speed, and recovery must not wait
    in the log-in queue. HKDF with Extract, because 20 bytes are not yet a 32-byte secret.
    """
    if len(code) != CODE_LENGTH or len(salt) != SALT_LENGTH:
        raise ValueError("a code is 20 bytes and a salt 16")
    raw = HKDF(SHA256(), 32, salt, b"iswg/v1/recovery/code").derive(code)
    return Stretched(
        kek=derive(raw, "iswg/v1/recovery/slot key"),
        verifier=derive(raw, "iswg/v1/recovery/verifier"),
    )


def envelope_key(code: bytes, salt: bytes) -> BoxKey:
    """The key of an administration's envelope, from the code on the sheet in its safe.

    The salt is public and makes the key of one sheet differ from that of any other use of the
    code; the 160 bits are what nobody guesses.
    """
    if len(code) != CODE_LENGTH or len(salt) != SALT_LENGTH:
        raise ValueError("a code is 20 bytes and a salt 16")
    raw = HKDF(SHA256(), 32, salt, b"iswg/v1/envelope/code").derive(code)
    return BoxKey.derive(derive(raw, "iswg/v1/envelope/box"))


def _base32(number: int, letters: int) -> str:
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(letters)))


def _check(code: bytes) -> int:
    return int.from_bytes(hashlib.sha256(b"iswg/v1/recovery/check" + code).digest()[:3], "big") >> 4
