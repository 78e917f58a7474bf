"""Golden vectors: what was sealed once opens for ever, and is made again byte by byte.

A failure here means that sealed rows in a running system no longer open. It is never mended by
changing a vector.
"""

import hashlib
import io
import json
from uuid import UUID

import pytest

from tests.vault.crypto import second_reader
from tests.vault.crypto.conftest import VECTORS
from tests.vault.crypto.make_vectors import FILES, patterned, stream_of
from vault.crypto.box import BoxKey, open_box
from vault.crypto.canonical import canonical, read_canonical
from vault.crypto.context import context
from vault.crypto.derive import derive
from vault.crypto.envelope import _seal_with, open_sealed
from vault.crypto.keys import EpochKeys, EpochPublic, PersonKeys, PersonPublic
from vault.crypto.padding import pad, unpad
from vault.crypto.phrase import ArgonCost, read_recovery_code, stretch, stretch_code
from vault.crypto.reader import SealedReader
from vault.crypto.recovery import write_recovery_code
from vault.crypto.signing import SigningKey, VerifyKey
from vault.crypto.stream import sealed_size, verify_stream

unhex = bytes.fromhex


@pytest.mark.parametrize("name", FILES)
def test_every_format_has_vectors(name):
    assert json.loads((VECTORS / f"{name}.json").read_text("utf-8"))["vectors"]


def test_envelopes(vectors):
    for vector in vectors("envelope"):
        key, place, body = (unhex(vector[name]) for name in ("key", "context", "body"))
        sealed = unhex(vector["sealed"])
        assert open_sealed(key, place, sealed) == body
        assert second_reader.open_envelope(key, place, sealed) == body
        assert _seal_with(sealed[4:28], key, place, body) == sealed


def test_boxes(vectors):
    for vector in vectors("box"):
        secret, place, body = (unhex(vector[name]) for name in ("secret", "context", "body"))
        assert open_box(BoxKey.derive(secret), place, unhex(vector["box"])) == body
        assert second_reader.open_box(secret, place, unhex(vector["box"])) == body


def test_streams(vectors):
    for vector in vectors("stream"):
        key, place, size = unhex(vector["key"]), unhex(vector["context"]), vector["size"]
        sealed = stream_of(unhex(vector["salt"]), key, place, patterned(size))
        assert sealed[:64].hex() == vector["header"]
        assert len(sealed) == sealed_size(size)
        assert hashlib.sha256(sealed).hexdigest() == vector["sealed_sha256"]
        assert sealed.hex() == vector.get("sealed", sealed.hex())
        verify_stream(io.BytesIO(sealed), key, place, size)
        assert SealedReader(io.BytesIO(sealed), key, place, size=size).read() == patterned(size)
        assert second_reader.open_stream(key, place, sealed, size) == patterned(size)


def test_signatures(vectors):
    for vector in vectors("signing"):
        key, message = SigningKey.derive(unhex(vector["secret"])), unhex(vector["message"])
        public, signature = unhex(vector["public"]), unhex(vector["signature"])
        assert key.public == VerifyKey.from_bytes(public)
        assert key.sign(vector["label"], message) == signature
        key.public.verify(vector["label"], message, signature)
        second_reader.check_signature(public, vector["label"], message, signature)


def test_persons(vectors):
    for vector in vectors("person"):
        keys = PersonKeys.derive(unhex(vector["root"]))
        public = keys.public.to_bytes()
        assert hashlib.sha256(public).hexdigest() == vector["public_sha256"]
        assert PersonPublic.from_bytes(public).fingerprint == vector["fingerprint"]
        assert keys.content_secret.hex() == vector["content_secret"]
        assert keys.personal_secret.hex() == vector["personal_secret"]
        assert keys.draft_key.hex() == vector["draft_key"]
        assert keys.identity.public.to_bytes().hex() == vector["identity"]
        assert keys.public.key_id.hex() == vector["key_id"]
        assert keys.public.certificate.hex() == vector["certificate"]


def test_epochs(vectors):
    for vector in vectors("epoch"):
        keys = EpochKeys.derive(unhex(vector["secret"]))
        public = keys.public.to_bytes()
        assert hashlib.sha256(public).hexdigest() == vector["public_sha256"]
        assert EpochPublic.from_bytes(public).fingerprint == vector["fingerprint"]
        assert keys.wrap_key.hex() == vector["wrap_key"]
        assert keys.signing.public.to_bytes().hex() == vector["signing"]
        assert keys.public.key_id.hex() == vector["key_id"]


def test_contexts(vectors):
    read = {"s": str, "u": UUID, "i": int, "b": unhex}
    for vector in vectors("context"):
        parts = [read[kind](value) for kind, value in vector["parts"]]
        assert context(vector["purpose"], *parts).hex() == vector["context"]


def test_paddings(vectors):
    for vector in vectors("padding"):
        body, padded = unhex(vector["body"]), unhex(vector["padded"])
        assert pad(body, floor=vector["floor"]) == padded
        assert unpad(padded) == body


def test_canonical_facts(vectors):
    for vector in vectors("canonical"):
        assert canonical(vector["facts"]).hex() == vector["canonical"]
        assert read_canonical(unhex(vector["canonical"])) == vector["facts"]


def test_phrases(vectors):
    for vector in vectors("phrase"):
        cost = ArgonCost(vector["memory_kib"], vector["passes"], vector["lanes"])
        pair = stretch(vector["phrase"], unhex(vector["salt"]), cost)
        assert (pair.kek.hex(), pair.verifier.hex()) == (vector["kek"], vector["verifier"])


def test_recovery_codes(vectors):
    for vector in vectors("recovery"):
        code = read_recovery_code(vector["printed"])
        assert code.hex() == vector["code"]
        assert write_recovery_code(code) == vector["printed"]
        pair = stretch_code(code, unhex(vector["salt"]))
        assert (pair.kek.hex(), pair.verifier.hex()) == (vector["kek"], vector["verifier"])


def test_derivations(vectors):
    for vector in vectors("derive"):
        secret, label = unhex(vector["secret"]), vector["label"]
        assert derive(secret, label).hex() == vector["key"]
        assert second_reader.expand(secret, label.encode(), 32).hex() == vector["key"]
