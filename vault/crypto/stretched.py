"""What comes out of a phrase or a code: a key for the slot, and a verifier for the log-in."""

from dataclasses import dataclass

SALT_LENGTH = 16


@dataclass(frozen=True, repr=False)  # no repr: secrets do not get into tracebacks and logs
class Stretched:
    """`kek` opens the slot and is never stored; `verifier` is stored inside it (security.md 1)."""

    kek: bytes
    verifier: bytes
