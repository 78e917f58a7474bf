"""What a bulletin names, as rows of the composer: a vessel, a person, a container.

Whatever is typed is kept; a number that looks wrong is doubted in a sentence and never refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from bulletins.content import (
    ENTITY_LIMIT,
    NAME_LIMIT,
    NOTE_LIMIT,
    NUMBERS_LIMIT,
    EntityFact,
)
from bulletins.faults import named_too_much
from wording.identifiers import EntityKind, numbers_in

KEPT = ("kind", "name", "numbers", "note")
BLANK = 4  # rows that wait to be filled in
KEY = re.compile(r"entity-(\d{1,2})-(?:kind|name|numbers|note|drop)")


class Lines(forms.CharField):
    """Several lines, counted as the page counts them: browsers send two characters for each end."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return super().to_python(plain_lines(str(value or ""))) or ""


def plain_lines(text: str) -> str:
    return text.replace("\r\n", "\n")


class EntityForm(forms.Form):
    """One thing. Empty, it names nothing."""

    kind = forms.ChoiceField(label=_("What it is"), choices=EntityKind.choices)
    name = forms.CharField(
        label=_("Name or description"),
        max_length=NAME_LIMIT,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    numbers = Lines(
        label=_("Numbers"),
        help_text=_("One in a line, for example IMO 9074729, or call sign QDM01."),
        max_length=NUMBERS_LIMIT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    note = forms.CharField(label=_("Remark"), max_length=NOTE_LIMIT, required=False)
    drop = forms.BooleanField(label=_("Leave it out"), required=False)

    @property
    def place(self) -> int:
        return int(str(self.prefix).partition("-")[2])

    def typed(self, name: str) -> str:
        """As it was typed, also where the form refuses it."""
        return plain_lines(str(self[name].value() or "")).strip()

    @property
    def doubts(self) -> str:
        """What looks wrong about its numbers, in sentences."""
        return doubts_of(self.typed("kind"), self.typed("numbers"))

    @property
    def title(self) -> str:
        return self.fact().title

    @property
    def is_blank(self) -> bool:
        return not any(self.typed(name) for name in ("name", "numbers", "note"))

    @property
    def is_dropped(self) -> bool:
        return bool(self["drop"].value())

    def fact(self) -> EntityFact:
        return EntityFact(**{name: self.typed(name) for name in KEPT})


def doubts_of(kind: str, numbers: str) -> str:
    found = [one for one in numbers_in(kind, numbers) if one.doubt]
    return " ".join(f"{one.typed}: {one.doubt}" for one in found)


class EntityRows:
    """The rows of one composer that say something: of what was sent, or of what is kept."""

    def __init__(
        self, data: Mapping[str, Any] | None, facts: Iterable[Mapping[str, Any]] = ()
    ) -> None:
        if isinstance(data, QueryDict):
            numbers = sorted({int(m[1]) for name in data if (m := KEY.fullmatch(name))})
            rows = [self._form(n, data) for n in numbers[: 2 * ENTITY_LIMIT]]
        elif data is not None:  # what is kept, judged as if it were sent now
            rows = [self._form(n, _as_sent(n, one)) for n, one in enumerate(facts)]
        else:
            rows = [self._form(n, None, dict(one)) for n, one in enumerate(facts)]
        self.rows = [one for one in rows if not one.is_blank]

    @staticmethod
    def _form(n: int, data: Any, initial: dict[str, Any] | None = None) -> EntityForm:
        return EntityForm(data, prefix=f"entity-{n}", initial=initial)

    @property
    def blank(self) -> list[EntityForm]:
        """Empty ones under further numbers."""
        first = max((one.place for one in self.rows), default=-1) + 1
        more = min(BLANK, ENTITY_LIMIT - len(self.rows))
        initial = {"kind": EntityKind.VESSEL}
        return [self._form(n, None, initial) for n in range(first, first + more)]

    @property
    def is_full(self) -> bool:
        return len(self.rows) + len(self.blank) >= ENTITY_LIMIT

    def facts(self) -> tuple[EntityFact, ...]:
        """What they name, as it is kept. It gets its id when it is issued."""
        return tuple(one.fact() for one in self.rows if not one.is_dropped)

    def facts_in_place(self) -> tuple[EntityFact, ...]:
        """The same with a gap for each row that is empty or left out: a page that goes on being
        typed on keeps its numbers, also when it is loaded again."""
        kept = {one.place: one for one in self.rows if not one.is_dropped}
        gap = EntityFact(EntityKind.VESSEL)
        last = max(kept, default=-1)
        return tuple(kept[n].fact() if n in kept else gap for n in range(last + 1))

    def notes(self) -> dict[str, str]:
        """Doubts by row, for the page that is being typed on."""
        return {str(one.prefix): one.doubts for one in self.rows}

    def fault(self) -> str:
        """Strict: the one sentence above the form, while each row says what it is."""
        for one in self.rows:
            if not one.is_dropped:
                one.full_clean()
        return named_too_much(self.facts())


def _as_sent(n: int, fact: Mapping[str, Any]) -> dict[str, Any]:
    return {f"entity-{n}-{name}": fact[name] for name in KEPT}
