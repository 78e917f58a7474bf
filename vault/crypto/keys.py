"""The two sets of keys there are: a person's, and an administration's epoch's.

Each set grows from one secret of 32 bytes. The secrets above are handed out whole, the keys below
one by one, and there is no way up:

    root of a person                                 lives in her key slots only
      box          opens the grants of her administration's epochs
      identity     signs directory entries and grants
      content      signs what she writes             its secret may lie in an unlocked session
      personal     opens what is for her alone (RED) its secret may lie in an unlocked session
      draft key    seals her own drafts              may lie in an unlocked session

    secret of an epoch                               lives in signed grants to the members
      box          opens what was sealed to the administration
      signing      countersigns the next epoch
      wrap key     re-wraps data keys after the first opening

So a stolen session cannot make a new member, a new epoch or a new slot: what signs those is not in
it. `content` is known to be hers because `identity` certified it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

from vault.crypto import box, signing
from vault.crypto.box import BoxKey, BoxPublic
from vault.crypto.derive import derive, make_secret
from vault.crypto.errors import CannotOpen
from vault.crypto.formats import EPOCH, PERSON
from vault.crypto.signing import SigningKey, VerifyKey
from vault.crypto.words import fingerprint_words

__all__ = ["EpochKeys", "EpochPublic", "PersonKeys", "PersonPublic", "make_secret"]

_CERTIFICATE = "iswg/v1/person/certificate"


@dataclass(frozen=True)
class PersonPublic:
    """A person, as the others know her.

        'OC' 04 01 | box 1,216 | identity 32 | content 32 | personal 1,216 | certificate 64

    The certificate is the identity key's signature over the whole set, so that no key of it can be
    exchanged for another person's. It is checked whenever such bytes are read.
    """

    box: BoxPublic
    identity: VerifyKey
    content: VerifyKey
    personal: BoxPublic
    certificate: bytes

    def to_bytes(self) -> bytes:
        return PERSON + self._certified() + self.certificate

    @classmethod
    def from_bytes(cls, raw: bytes) -> PersonPublic:
        raw = bytes(raw)
        lengths = (box.PUBLIC_LENGTH, 32, 32, box.PUBLIC_LENGTH, signing.SIGNATURE_LENGTH)
        parts = _cut(raw, PERSON, lengths)
        person = cls(
            BoxPublic.from_bytes(parts[0]),
            VerifyKey.from_bytes(parts[1]),
            VerifyKey.from_bytes(parts[2]),
            BoxPublic.from_bytes(parts[3]),
            parts[4],
        )
        person.identity.verify(_CERTIFICATE, person._certified(), person.certificate)
        return person

    @property
    def key_id(self) -> bytes:
        """The id of the box key: how rows and grants name this person's keys."""
        return self.box.key_id

    @cached_property
    def fingerprint(self) -> list[str]:
        """The eight words that are compared by voice before anybody grants her anything."""
        return _fingerprint(self.to_bytes())

    def _certified(self) -> bytes:
        # All four lengths are fixed, so joining is unambiguous.
        return (
            self.box.to_bytes()
            + self.identity.to_bytes()
            + self.content.to_bytes()
            + self.personal.to_bytes()
        )


class PersonKeys:
    """Everything a person's root gives. It exists only while something is done with it."""

    __slots__ = (
        "box",
        "content",
        "content_secret",
        "draft_key",
        "identity",
        "personal",
        "personal_secret",
        "public",
    )

    def __init__(self, root: bytes) -> None:
        self.content_secret = derive(root, "iswg/v1/person/content")
        self.personal_secret = derive(root, "iswg/v1/person/personal")
        self.draft_key = derive(root, "iswg/v1/person/draft key")
        self.box = BoxKey.derive(derive(root, "iswg/v1/person/box"))
        self.identity = SigningKey.derive(derive(root, "iswg/v1/person/identity"))
        self.content = SigningKey.derive(self.content_secret)
        self.personal = BoxKey.derive(self.personal_secret)
        self.public = self._certify()

    @classmethod
    def derive(cls, root: bytes) -> PersonKeys:
        """The same keys from the same root, for ever."""
        return cls(root)

    def _certify(self) -> PersonPublic:
        publics = (
            self.box.public,
            self.identity.public,
            self.content.public,
            self.personal.public,
        )
        uncertified = PersonPublic(*publics, certificate=b"")
        signature = self.identity.sign(_CERTIFICATE, uncertified._certified())
        return PersonPublic(*publics, certificate=signature)


@dataclass(frozen=True)
class EpochPublic:
    """An administration during one epoch, as the others know it.

        'OC' 05 01 | box 1,216 | signing 32

    Who vouches for it stands in the directory (security.md section 3), not here.
    """

    box: BoxPublic
    signing: VerifyKey

    def to_bytes(self) -> bytes:
        return EPOCH + self.box.to_bytes() + self.signing.to_bytes()

    @classmethod
    def from_bytes(cls, raw: bytes) -> EpochPublic:
        parts = _cut(bytes(raw), EPOCH, (box.PUBLIC_LENGTH, signing.PUBLIC_LENGTH))
        return cls(BoxPublic.from_bytes(parts[0]), VerifyKey.from_bytes(parts[1]))

    @property
    def key_id(self) -> bytes:
        """The id of the box key: how boxes, wraps and manifests name this epoch."""
        return self.box.key_id

    @cached_property
    def fingerprint(self) -> list[str]:
        """The eight words that are read out at the quarterly meeting."""
        return _fingerprint(self.to_bytes())


class EpochKeys:
    """Everything the secret of an administration's epoch gives."""

    __slots__ = ("box", "public", "secret", "signing", "wrap_key")

    def __init__(self, secret: bytes) -> None:
        self.secret = bytes(secret)
        self.box = BoxKey.derive(derive(secret, "iswg/v1/epoch/box"))
        self.signing = SigningKey.derive(derive(secret, "iswg/v1/epoch/signing"))
        self.wrap_key = derive(secret, "iswg/v1/epoch/wrap key")
        self.public = EpochPublic(self.box.public, self.signing.public)

    @classmethod
    def derive(cls, secret: bytes) -> EpochKeys:
        """The same keys from the same secret, for ever."""
        return cls(secret)


def _fingerprint(public: bytes) -> list[str]:
    return fingerprint_words(hashlib.sha256(b"iswg/v1/fingerprint" + public).digest())


def _cut(raw: bytes, header: bytes, lengths: tuple[int, ...]) -> list[bytes]:
    """The parts of a record of fixed lengths; nothing may be missing or left over."""
    if not raw.startswith(header) or len(raw) != len(header) + sum(lengths):
        raise CannotOpen
    parts, at = [], len(header)
    for length in lengths:
        parts.append(raw[at : at + length])
        at += length
    return parts
