"""BOX 02/01: a secret sealed to somebody's public key.

    'OC' 02 01 | key id 16 | encapsulated key 1,120 | ciphertext

    HPKE (RFC 9180) base mode, single shot: KEM 0x647a, HKDF-SHA256, AES-256-GCM, empty aad,
    info = 'OC' 02 01 | key id | context

**Which KEM, and why.** X-Wing is ML-KEM-768 and X25519, both run, both secrets hashed together
with SHA3-256. What is copied today may be kept until there is a machine that breaks elliptic
curves; ML-KEM stands against that. ML-KEM is young; if it falls to a pencil, X25519 still stands.
Whoever wants in must break both. HPKE is not ours either: a reviewer finds every step in an RFC,
and a test here opens boxes with a second implementation written from the specifications alone.

**What the box says, and what it does not.** The key id says for whom it is, so that nobody has to
try keys; key id and context are bound through `info`, so a box moved to another row or relabelled
for another holder does not open. A box says *nothing* about who wrote it (base mode: anybody can
seal to a public key), and an old box stays readable to whoever later obtains the private key.
Hence the rest of the design: the author signs a manifest, and at the first opening the data key is
wrapped afresh in an envelope and the box destroyed.

**Accepted:** for whom a box is meant is visible. Recipients are clear anyway (security.md 2).
"""

from __future__ import annotations

import hashlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from vault.crypto.derive import derive, require_secret
from vault.crypto.errors import CannotOpen
from vault.crypto.formats import BOX

PUBLIC_LENGTH = 1184 + 32  # ML-KEM-768, then X25519, as X-Wing writes them
KEY_ID_LENGTH = 16
OVERHEAD = 4 + KEY_ID_LENGTH + 1120 + 16

_SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


class BoxPublic:
    """What others need to seal something to a holder. Equal when the bytes are equal."""

    __slots__ = ("_raw", "_usable", "key_id")

    def __init__(self, raw: bytes) -> None:
        self._raw = bytes(raw)
        self._usable = _public_from(self._raw)
        # 128 bits of SHA-256: two keys of one id would take 2**64 work by the owner of both, and
        # would gain nothing, because the box opens under one of them only. Somebody else's id
        # takes 2**128.
        self.key_id = hashlib.sha256(b"iswg/v1/box/key id" + self._raw).digest()[:KEY_ID_LENGTH]

    @classmethod
    def from_bytes(cls, raw: bytes) -> BoxPublic:
        """The key that these 1,216 bytes are; anything that is not a key is refused here."""
        return cls(raw)

    def to_bytes(self) -> bytes:
        """ML-KEM-768 encapsulation key (1,184), then X25519 (32)."""
        return self._raw

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BoxPublic) and other._raw == self._raw

    def __hash__(self) -> int:
        return hash(self._raw)


class BoxKey:
    """What a holder needs to open boxes. It is derived whenever it is needed and never stored."""

    __slots__ = ("_private", "public")

    def __init__(self, seed: bytes) -> None:
        """From an X-Wing seed, expanded as X-Wing says: SHAKE-256 to 96 bytes.

        So the derived key is a plain X-Wing key, which any other X-Wing program can use.
        """
        require_secret(seed)
        expanded = hashlib.shake_256(seed).digest(96)
        lattice = MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
        curve = X25519PrivateKey.from_private_bytes(expanded[64:])
        self._private = hpke.MLKEM768X25519PrivateKey(lattice, curve)
        self.public = BoxPublic(
            lattice.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()
        )

    @classmethod
    def derive(cls, secret: bytes) -> BoxKey:
        """The same key from the same secret, for ever."""
        return cls(derive(secret, "iswg/v1/box/x-wing seed"))


def seal_to(public: BoxPublic, context: bytes, secret: bytes) -> bytes:
    """A box that only the holder of this key opens, and only in this context."""
    header = BOX + public.key_id
    return header + _SUITE.encrypt(secret, public._usable, header + context)


def open_box(key: BoxKey, context: bytes, box: bytes) -> bytes:
    """The secret that was sealed to this key in this context, by whomever."""
    box = bytes(box)  # a database may hand out a memoryview
    if len(box) < OVERHEAD or key_id_of(box) != key.public.key_id:
        raise CannotOpen
    header, sealed = box[: 4 + KEY_ID_LENGTH], box[4 + KEY_ID_LENGTH :]
    try:
        return _SUITE.decrypt(sealed, key._private, header + context)
    except (InvalidTag, ValueError):
        raise CannotOpen from None


def key_id_of(box: bytes) -> bytes:
    """For whom a box says it is. A claim until it has been opened."""
    box = bytes(box)
    if len(box) < 4 + KEY_ID_LENGTH or not box.startswith(BOX):
        raise CannotOpen
    return box[4 : 4 + KEY_ID_LENGTH]


def _public_from(raw: bytes) -> hpke.MLKEM768X25519PublicKey:
    if len(raw) != PUBLIC_LENGTH:
        raise CannotOpen
    try:
        lattice = MLKEM768PublicKey.from_public_bytes(raw[:1184])
        curve = X25519PublicKey.from_public_bytes(raw[1184:])
        # A point of small order makes every exchange come out as zero, and sealing would fail with
        # an error at publication. It is refused where it enters, by trying one exchange.
        X25519PrivateKey.from_private_bytes(bytes(32)).exchange(curve)
    except ValueError:
        raise CannotOpen from None
    return hpke.MLKEM768X25519PublicKey(lattice, curve)
