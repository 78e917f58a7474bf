"""A second reader of every format, written from the formats and the public standards alone.

It shares no line with `vault.crypto`: HKDF by hand (RFC 5869), HPKE by hand (RFC 9180), X-Wing by
hand (draft-connolly-cfrg-xwing-kem), only AES-GCM, ML-KEM, X25519 and Ed25519 as primitives. What
it opens, an installed client in any language could open. It asserts, because it runs in tests only.
"""

import hashlib
import hmac

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


def extract(salt: bytes, material: bytes) -> bytes:
    return hmac.digest(salt, material, "sha256")


def expand(prk: bytes, info: bytes, length: int) -> bytes:
    block, out = b"", b""
    for counter in range(1, 256):
        block = hmac.digest(prk, block + info + bytes([counter]), "sha256")
        out += block
        if len(out) >= length:
            return out[:length]
    raise AssertionError


def encode_context(*parts: tuple[str, bytes]) -> bytes:
    return b"iswg/v1/context" + b"".join(
        kind.encode() + len(value).to_bytes(4, "big") + value for kind, value in parts
    )


def open_envelope(key: bytes, context: bytes, raw: bytes) -> bytes:
    assert raw[:4] == b"OC\x01\x01"
    both = expand(extract(raw[4:28], key), raw[:4] + context, 64)
    assert both[32:] == raw[28:60]
    return AESGCM(both[:32]).decrypt(bytes(12), raw[60:], None)


def open_stream(key: bytes, context: bytes, raw: bytes, size: int) -> bytes:
    assert raw[:4] == b"OC\x03\x01"
    both = expand(extract(raw[4:32], key), raw[:4] + context, 64)
    assert both[32:] == raw[32:64]
    chunks = [raw[at : at + 65552] for at in range(64, len(raw), 65552)]
    plain = b"".join(
        AESGCM(both[:32]).decrypt(
            index.to_bytes(11, "big") + bytes([index == len(chunks) - 1]), chunk, None
        )
        for index, chunk in enumerate(chunks)
    )
    assert not plain[size:].strip(b"\0")
    return plain[:size]


class XWing:
    def __init__(self, seed: bytes) -> None:
        expanded = hashlib.shake_256(seed).digest(96)
        self.lattice = MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
        self.curve = X25519PrivateKey.from_private_bytes(expanded[64:])
        self.curve_public = self.curve.public_key().public_bytes_raw()
        self.public = self.lattice.public_key().public_bytes_raw() + self.curve_public

    def decapsulate(self, encapsulated: bytes) -> bytes:
        lattice, curve = encapsulated[:1088], encapsulated[1088:]
        shared = self.curve.exchange(X25519PublicKey.from_public_bytes(curve))
        both = self.lattice.decapsulate(lattice) + shared
        return hashlib.sha3_256(both + curve + self.curve_public + rb"\.//^" + b"\\").digest()


def open_box(secret: bytes, context: bytes, raw: bytes) -> bytes:
    """`secret` is what `BoxKey.derive` takes."""
    xwing = XWing(expand(secret, b"iswg/v1/box/x-wing seed", 32))
    assert raw[:4] == b"OC\x02\x01"
    assert raw[4:20] == hashlib.sha256(b"iswg/v1/box/key id" + xwing.public).digest()[:16]
    shared = xwing.decapsulate(raw[20:1140])
    # RFC 9180, KeySchedule in base mode
    suite = b"HPKE" + bytes.fromhex("647a00010002")

    def labelled_extract(salt: bytes, label: bytes, material: bytes) -> bytes:
        return extract(salt or bytes(32), b"HPKE-v1" + suite + label + material)

    schedule = b"\0" + labelled_extract(b"", b"psk_id_hash", b"")
    schedule += labelled_extract(b"", b"info_hash", raw[:20] + context)
    prk = labelled_extract(shared, b"secret", b"")

    def labelled_expand(label: bytes, length: int) -> bytes:
        info = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + schedule
        return expand(prk, info, length)

    aead = AESGCM(labelled_expand(b"key", 32))
    return aead.decrypt(labelled_expand(b"base_nonce", 12), raw[1140:], b"")


def check_signature(public: bytes, label: str, message: bytes, signature: bytes) -> None:
    signed = encode_context(("s", b"iswg/v1/signature"), ("s", label.encode()), ("b", message))
    Ed25519PublicKey.from_public_bytes(public).verify(signature, signed)
