"""The EFF large word list: 7,776 words, for phrases people keep and fingerprints people read aloud.

One list for both languages of the group: two would give every key two fingerprints, and the
meeting would compare different words. Source and licence stand in `words.LICENSE.txt`.
"""

from functools import lru_cache
from pathlib import Path

COUNT = 7776
FINGERPRINT_WORDS = 8


@lru_cache(maxsize=1)
def word_list() -> tuple[str, ...]:
    """The words in their published order, which fingerprints depend on for ever."""
    words = tuple(Path(__file__).with_name("words.txt").read_text("ascii").split())
    if len(set(words)) != COUNT:
        raise ValueError("words.txt is not the EFF large word list")
    return words


def fingerprint_words(digest: bytes) -> list[str]:
    """Eight words that stand for a SHA-256 digest: its remainder by 7776**8, in base 7,776.

    A server that wants to pass its own key off as somebody else's must find one with the same
    eight words: 2**103 tries. (Two keys *of its own* with the same words are cheaper, 2**52, and
    worthless: both are its own.) More words would be surer, and nobody would read them all out.
    """
    if len(digest) != 32:
        raise ValueError("a fingerprint is made of a SHA-256 digest")
    number, words = int.from_bytes(digest, "big"), []
    for _ in range(FINGERPRINT_WORDS):
        number, place = divmod(number, COUNT)
        words.append(word_list()[place])
    return words[::-1]
