"""From what a person remembers, or keeps on paper, to a key.

**Argon2id, once.** People's phrases are guessable, so each guess is made expensive: 64 MiB and
three passes (RFC 9106, second recommended setting, with one lane because a log-in may take one of
two cores). One run gives both the key that opens the slot and the verifier that answers a log-in;
two runs would cost the server double and an attacker nothing extra.

**The verifier is no key.** Both are HKDF outputs of the same 32 bytes under two labels. Whoever
reads the verifier (it lies in the slot, under the pepper) can test guesses with it, at the price of
Argon2id each; he cannot open the slot with it nor log in with it.

**NFKC.** A macron or an accent may arrive composed from one keyboard and in two parts from another
(Maori, Tongan, French), with the same look. Both are the same phrase. Nothing else is changed:
no case folding, no trimming.
"""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from vault.crypto.derive import derive
from vault.crypto.recovery import make_recovery_code, read_recovery_code, stretch_code
from vault.crypto.stretched import SALT_LENGTH, Stretched
from vault.crypto.weak import weak_reason
from vault.crypto.words import fingerprint_words, word_list

__all__ = [
    "SALT_LENGTH",
    "ArgonCost",
    "Stretched",
    "fingerprint_words",
    "make_phrase",
    "make_recovery_code",
    "make_salt",
    "read_recovery_code",
    "stretch",
    "stretch_code",
    "weak_reason",
]


@dataclass(frozen=True)
class ArgonCost:
    """What one guess costs. Kept beside each slot, so that it can be raised at a log-in."""

    memory_kib: int = 65536
    passes: int = 3
    lanes: int = 1

    def __post_init__(self) -> None:
        # The cost is read from a row that a hand in the database may have changed. Lower does not
        # help that hand (the key comes out different); absurdly higher would stop the server.
        if not (8 * self.lanes <= self.memory_kib <= 2**20 and 1 <= self.passes <= 32):
            raise ValueError("between 8 KiB a lane and 1 GiB, and 1 to 32 passes")
        if not 1 <= self.lanes <= 16:
            raise ValueError("1 to 16 lanes")


def stretch(phrase: str, salt: bytes, cost: ArgonCost) -> Stretched:
    """The slot key and the log-in verifier of this phrase; repeatable, and slow on purpose."""
    if len(salt) != SALT_LENGTH:
        raise ValueError("a salt is 16 bytes")
    raw = Argon2id(
        salt=salt,
        length=32,
        iterations=cost.passes,
        lanes=cost.lanes,
        memory_cost=cost.memory_kib,
    ).derive(unicodedata.normalize("NFKC", phrase).encode())
    return Stretched(
        kek=derive(raw, "iswg/v1/phrase/slot key"),
        verifier=derive(raw, "iswg/v1/phrase/verifier"),
    )


def make_salt() -> bytes:
    """16 random bytes: two equal phrases are two different problems."""
    return secrets.token_bytes(SALT_LENGTH)


def make_phrase(words: int = 5) -> str:
    """A phrase of different words from the list, drawn at random: five are 64 bits.

    At 170 ms a guess on one core, half of 2**64 guesses are some 75,000 million core-years.
    """
    return " ".join(secrets.SystemRandom().sample(word_list(), words))
