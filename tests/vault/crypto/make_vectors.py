"""Golden vectors for formats that have none yet: `python -m tests.vault.crypto.make_vectors`.

A file that exists is never written again. What is in it was sealed once, stands for everything
that is sealed in some database, and has to open for ever. A new version of a format gets a new
file.
"""

import hashlib
import json
from pathlib import Path
from typing import Any
from uuid import UUID

from vault.crypto.box import BoxKey, seal_to
from vault.crypto.canonical import canonical
from vault.crypto.context import context
from vault.crypto.derive import derive
from vault.crypto.envelope import _seal_with
from vault.crypto.keys import EpochKeys, PersonKeys
from vault.crypto.padding import pad
from vault.crypto.phrase import ArgonCost, stretch, stretch_code
from vault.crypto.recovery import write_recovery_code
from vault.crypto.signing import SigningKey
from vault.crypto.stream import CHUNK, StreamSealer, _make_header, chunk_count

HERE = Path(__file__).parent.parent / "vectors"
KEY = bytes(range(32))
OBJECT = UUID("5f0c9d3e-8f57-4b0a-9a53-0f6f6c2b7d11")
PLACE = context("iswg/v1/field", "bulletin", OBJECT, "title", 2)
TITLE = "Small craft, Nuku\u02bbalofa".encode()


def patterned(size: int) -> bytes:
    """The bytes 0, 1, ... 250 over and over: easy to make in any language."""
    return (bytes(range(251)) * (size // 251 + 1))[:size]


def stream_of(salt: bytes, key: bytes, place: bytes, body: bytes) -> bytes:
    header, count = _make_header(salt, key, place), chunk_count(len(body))
    sealer = StreamSealer.resume(key, place, header)
    return header + b"".join(
        sealer.seal_chunk(n, n == count - 1, body[n * CHUNK : (n + 1) * CHUNK])
        for n in range(count)
    )


def sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def envelopes() -> list[dict[str, Any]]:
    bodies = [(KEY, b"", b""), (KEY, PLACE, TITLE), (bytes(32), PLACE, pad(TITLE, floor=160))]
    return [
        {
            "key": key.hex(),
            "context": place.hex(),
            "body": body.hex(),
            "sealed": _seal_with(bytes(range(n, n + 24)), key, place, body).hex(),
        }
        for n, (key, place, body) in enumerate(bodies)
    ]


def boxes() -> list[dict[str, Any]]:
    return [
        {
            "secret": secret.hex(),
            "context": place.hex(),
            "body": body.hex(),
            "box": seal_to(BoxKey.derive(secret).public, place, body).hex(),
        }
        for secret, place, body in ((KEY, b"", KEY), (bytes(32), PLACE, KEY), (KEY, PLACE, TITLE))
    ]


def streams() -> list[dict[str, Any]]:
    found = []
    for n, size in enumerate((0, 5, CHUNK, 2 * CHUNK + 10, 1_000_003)):
        sealed = stream_of(bytes(range(n, n + 28)), KEY, PLACE, patterned(size))
        vector = {
            "key": KEY.hex(),
            "context": PLACE.hex(),
            "size": size,
            "salt": sealed[4:32].hex(),
        }
        vector |= {"header": sealed[:64].hex(), "sealed_sha256": sha256(sealed)}
        found.append(vector | ({"sealed": sealed.hex()} if size < 64 else {}))
    return found


def signatures() -> list[dict[str, Any]]:
    return [
        {
            "secret": secret.hex(),
            "label": label,
            "message": message.hex(),
            "public": SigningKey.derive(secret).public.to_bytes().hex(),
            "signature": SigningKey.derive(secret).sign(label, message).hex(),
        }
        for secret, label, message in ((KEY, "iswg/v1/test", b""), (bytes(32), "", TITLE))
    ]


def persons() -> list[dict[str, Any]]:
    found = []
    for root in (KEY, bytes(32)):
        keys = PersonKeys.derive(root)
        found.append(
            {
                "root": root.hex(),
                "content_secret": keys.content_secret.hex(),
                "personal_secret": keys.personal_secret.hex(),
                "draft_key": keys.draft_key.hex(),
                "identity": keys.identity.public.to_bytes().hex(),
                "key_id": keys.public.key_id.hex(),
                "certificate": keys.public.certificate.hex(),
                "public_sha256": sha256(keys.public.to_bytes()),
                "fingerprint": keys.public.fingerprint,
            }
        )
    return found


def epochs() -> list[dict[str, Any]]:
    found = []
    for secret in (KEY, bytes(32)):
        keys = EpochKeys.derive(secret)
        found.append(
            {
                "secret": secret.hex(),
                "wrap_key": keys.wrap_key.hex(),
                "signing": keys.signing.public.to_bytes().hex(),
                "key_id": keys.public.key_id.hex(),
                "public_sha256": sha256(keys.public.to_bytes()),
                "fingerprint": keys.public.fingerprint,
            }
        )
    return found


def contexts() -> list[dict[str, Any]]:
    return [
        {"purpose": "", "parts": [], "context": context("").hex()},
        {
            "purpose": "iswg/v1/field",
            "parts": [["s", "bulletin"], ["u", str(OBJECT)], ["i", 2], ["b", "00ff"]],
            "context": context("iswg/v1/field", "bulletin", OBJECT, 2, b"\x00\xff").hex(),
        },
    ]


def paddings() -> list[dict[str, Any]]:
    cases = ((b"", 64), (TITLE, 160), (patterned(70), 64))
    return [
        {"body": body.hex(), "floor": floor, "padded": pad(body, floor=floor).hex()}
        for body, floor in cases
    ]


def facts() -> list[dict[str, Any]]:
    data = {"to": [["TO", 3], ["FJ", 1]], "revision": 2, "tlp": "AMBER+STRICT", "word": "Māori\n"}
    return [{"facts": data, "canonical": canonical(data).hex()}]


def phrases() -> list[dict[str, Any]]:
    found = []
    for phrase, cost in (
        ("reef lantern copra harbour tide", ArgonCost()),
        ("Wh\u0101ngarei caf\u00e9 \ufb01sh", ArgonCost(memory_kib=64, passes=1)),
    ):
        pair = stretch(phrase, bytes(range(16)), cost)
        vector = {"phrase": phrase, "salt": bytes(range(16)).hex(), **vars(cost)}
        found.append(vector | {"kek": pair.kek.hex(), "verifier": pair.verifier.hex()})
    return found


def codes() -> list[dict[str, Any]]:
    found = []
    for code in (bytes(20), bytes(range(20))):
        pair = stretch_code(code, bytes(range(16)))
        vector = {"code": code.hex(), "printed": write_recovery_code(code)}
        vector |= {"salt": bytes(range(16)).hex(), "kek": pair.kek.hex()}
        found.append(vector | {"verifier": pair.verifier.hex()})
    return found


def derivations() -> list[dict[str, Any]]:
    labels = ("iswg/v1/test/one", "iswg/v1/test/two")
    return [{"secret": KEY.hex(), "label": a, "key": derive(KEY, a).hex()} for a in labels]


FILES = {
    "envelope": ("ENV 01/01", envelopes),
    "box": ("BOX 02/01, to BoxKey.derive(secret)", boxes),
    "stream": ("STREAM 03/01; the body is the bytes 0 to 250 over and over", streams),
    "signing": ("Ed25519 under a label, by SigningKey.derive(secret)", signatures),
    "person": ("PERSON 04/01", persons),
    "epoch": ("EPOCH 05/01", epochs),
    "context": ("iswg/v1/context; s text, u UUID, i number, b bytes", contexts),
    "padding": ("Padme with a length ahead", paddings),
    "canonical": ("canonical JSON", facts),
    "phrase": ("Argon2id, then HKDF", phrases),
    "recovery": ("printed recovery codes", codes),
    "derive": ("HKDF-Expand under a label", derivations),
}


def main() -> None:
    HERE.mkdir(exist_ok=True)
    for name, (about, make) in FILES.items():
        file = HERE / f"{name}.json"
        if not file.exists():
            content = {"format": about, "vectors": make()}
            file.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
