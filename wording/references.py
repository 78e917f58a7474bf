"""References that can be read out on a phone and leave no gaps to count."""

from __future__ import annotations

import secrets
from collections.abc import Callable

# Crockford's base32: no I, L, O or U, so nothing is misheard or spells a word.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def make_reference(letter: str, taken: Callable[[str], bool]) -> str:
    """For example `B-7KQF2`. 33 million of them; a collision is drawn again."""
    while True:
        reference = f"{letter}-" + "".join(secrets.choice(ALPHABET) for _ in range(5))
        if not taken(reference):
            return reference


def read_reference(typed: str) -> str:
    """The reference somebody typed or heard: case and the confusable letters do not matter."""
    letter, _, rest = typed.strip().upper().partition("-")
    return f"{letter}-{rest.translate(str.maketrans('OIL', '011'))}"
