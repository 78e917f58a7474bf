"""One secret in, many unrelated keys out, each under a name of its own.

Everything that must be kept is a secret of 32 random bytes; every key is derived from one of them
and is never stored. That is not only tidy: the hybrid KEM keys have no agreed serialisation, so a
stored one would be a private format, while a seed and a label can be written on one line.
"""

import secrets

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

SECRET_LENGTH = 32


def make_secret() -> bytes:
    """32 bytes from the operating system, equal to no other secret there ever was."""
    return secrets.token_bytes(SECRET_LENGTH)


def derive(secret: bytes, label: str) -> bytes:
    """The 32-byte key that this label names under this secret; repeatable for ever.

    HKDF-Expand alone, without Extract: the secret is already uniform (RFC 5869, section 3.3).
    Two labels give two independent keys, so a key given away (into a session, say) tells nothing
    of its siblings or of the secret above it. Labels begin with `iswg/v1/`, are used in one place
    each, and never end in something a user can choose; a test walks the source for that.
    """
    require_secret(secret)
    return HKDFExpand(SHA256(), SECRET_LENGTH, label.encode()).derive(secret)


def derive_for(secret: bytes, where: bytes) -> bytes:
    """The 32-byte key of one particular part: `where` is a `context`, so no two are the same.

    For keys that there are any number of (one per message of a thread); what `derive` says of
    siblings holds here too. Contexts begin differently from labels, so the two never meet.
    """
    require_secret(secret)
    return HKDFExpand(SHA256(), SECRET_LENGTH, where).derive(secret)


def key_and_commitment(salt: bytes, key: bytes, info: bytes) -> tuple[bytes, bytes]:
    """A key for one single use, and 32 public bytes that admit no other key or context.

    Both are halves of one HKDF-SHA256 output of 64 bytes. Publishing the second half tells nothing
    of the first (they are separate outputs of a PRF). Two different pairs of key and info with the
    same second half would be a collision of HMAC-SHA256 under a known key, hence of SHA-256.
    """
    require_secret(key)
    both = HKDF(SHA256(), 64, salt, info).derive(key)
    return both[:32], both[32:]


def require_secret(secret: bytes) -> None:
    """A short key is a bug that would still encrypt, so it must not pass quietly."""
    if len(secret) != SECRET_LENGTH:
        raise ValueError("a secret is 32 bytes")
