"""ENV 01/01: a body sealed under a key, in a place.

    'OC' 01 01 | salt 24 | commitment 32 | AES-256-GCM(k, nonce 0, body)

    k | commitment = HKDF-SHA256(salt, key, header | context, 64)

This one format seals every title and text, every wrapped key and every key slot.

**Why the nonce is constant.** AES-GCM fails badly when a key meets the same nonce twice, and its
nonce is too short (96 bits) to be drawn at random without counting. Here every envelope has a
fresh key instead: the salt of 192 random bits makes `k` new each time, so `k` is used for a single
message and any nonce will do. There is no counter to keep, none to restore wrongly from a backup,
and the caller's key may seal 2**64 envelopes before salts repeat with a chance of 2**-64.

**What the commitment buys.** AES-GCM promises that nobody *without* the key forges. It does not
promise that a ciphertext belongs to one key: whoever knows two keys can make one ciphertext that
opens under both, to two texts (a test here builds one that says RED to one reader and CLEAR to
the other). An author could show different things to different administrations under one
signature, and a slot could be made to open under many guessed phrases at once. The commitment
fixes key and context, by collision resistance of SHA-256, before anything is decrypted; under a
fixed key AES-GCM gives one body per ciphertext. So an envelope means one thing only.

**What the context binds.** See `context.py`. It enters the derivation, so the wrong place is the
same event as the wrong key. There is no associated data, because nothing is left to associate.

**Accepted:** the length of the body shows (`padding.py` blurs it), and so does the fact that there
is an envelope. Two envelopes of equal bodies cannot be told from two of different ones.
"""

import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vault.crypto.derive import key_and_commitment
from vault.crypto.errors import CannotOpen
from vault.crypto.formats import ENVELOPE

_SALT = slice(4, 28)
_COMMITMENT = slice(28, 60)
_CIPHERTEXT = slice(60, None)
_TAG = 16

OVERHEAD = 60 + _TAG

NONCE = bytes(12)  # constant, see above: each key it meets is used for one message


def seal(key: bytes, context: bytes, body: bytes) -> bytes:
    """The body, readable with this key, in this context, and in no other."""
    return _seal_with(secrets.token_bytes(24), key, context, body)


def open_sealed(key: bytes, context: bytes, sealed: bytes) -> bytes:
    """The body that was sealed under exactly this key and context."""
    sealed = bytes(sealed)  # a database may hand out a memoryview
    if len(sealed) < OVERHEAD or not sealed.startswith(ENVELOPE):
        raise CannotOpen
    once, commitment = key_and_commitment(sealed[_SALT], key, ENVELOPE + context)
    # First the commitment: what was not sealed under this key is not decrypted at all.
    if not hmac.compare_digest(commitment, sealed[_COMMITMENT]):
        raise CannotOpen
    try:
        return AESGCM(once).decrypt(NONCE, sealed[_CIPHERTEXT], None)
    except InvalidTag:
        raise CannotOpen from None


def _seal_with(salt: bytes, key: bytes, context: bytes, body: bytes) -> bytes:
    """Apart from `seal` only so that the golden vectors can be made again byte by byte."""
    once, commitment = key_and_commitment(salt, key, ENVELOPE + context)
    return ENVELOPE + salt + commitment + AESGCM(once).encrypt(NONCE, body, None)
