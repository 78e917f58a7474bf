"""Whether two bulletins name the same thing: by a number, or at least by the name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bulletins.content import EntityFact
from wording.folding import fold
from wording.identifiers import NOTHING, Number, numbers_in

PLAIN = "other"  # a number without a label


@dataclass(frozen=True)
class Mention:
    """One thing as a bulletin names it, to be held against others."""

    kind: str
    name: str
    keys: frozenset[tuple[str, str]]
    plain: frozenset[str]  # the same numbers, whatever they are of

    @classmethod
    def of(cls, fact: EntityFact) -> Mention:
        keys = frozenset(one.key for one in numbers_in(fact.kind, fact.numbers) if one.key)
        return cls(fact.kind, name_of(fact), keys, frozenset(normal for _scheme, normal in keys))

    def met_in(self, named: Iterable[EntityFact]) -> tuple[EntityFact, str] | None:
        """Where the same stands among these, and by which number as typed; "" for a name alone."""
        by_name = None
        for one in named:
            for number in numbers_in(one.kind, one.numbers):
                if self._is_of(one.kind, number):
                    return one, number.typed
            if self.name and one.kind == self.kind and name_of(one) == self.name:
                by_name = by_name or (one, "")
        return by_name

    def _is_of(self, kind: str, number: Number) -> bool:
        """The same kind of number wherever it stands; one without a label only for the same kind
        of thing, but then whatever the other calls it."""
        if number.key is None:
            return False
        scheme, normal = number.key
        if scheme != PLAIN and number.key in self.keys:
            return True
        if kind != self.kind or normal not in self.plain:
            return False
        return scheme == PLAIN or (PLAIN, normal) in self.keys


def name_of(fact: EntityFact) -> str:
    """A name for comparison: without case, accents and signs; empty if it says too little."""
    words = re.sub(r"[\W_]+", " ", fold(fact.name)).split()
    name = " ".join(words)
    if "".join(words).upper() in NOTHING:
        return ""
    # Two signs are a whole name where each is a word.
    return name if len(name) >= 4 or (len(name) >= 2 and not name.isascii()) else ""
