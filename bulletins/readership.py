"""Who will be able to read it: worked out before publishing, said in plain words, then frozen.

The sentence counts people who hold a key and a role today. It is worked out from the same
directory and the same policy that seal and judge afterwards, so it cannot promise more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.functional import cached_property
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.actors import Actor
from access.policy import people_in_standing
from access.roles import READS
from accounts.models import Administration, User
from accounts.spoken import fold_name
from bulletins.content import DraftContent
from vault.epochs import key_holders
from vault.objects import Holder
from vault.sessions import Vault


@dataclass(frozen=True)
class Readership:
    """The administrations, people and keys behind a draft's choice of recipients."""

    draft_id: UUID
    own: str
    administrations: tuple[Administration, ...]  # ready ones, own first if it is not the only one
    unready: tuple[Administration, ...]
    readers: dict[str, int]  # people who hold the key, per administration
    is_vouched: bool  # whether readers will find the author's own key in the directory
    officers: tuple[User, ...] = ()
    unready_officers: tuple[User, ...] = ()
    holders: tuple[Holder, ...] = ()
    named_people: tuple[User, ...] = field(default=())

    @cached_property
    def codes(self) -> set[str]:
        return {a.code for a in self.administrations}

    @property
    def officer_ids(self) -> set[int]:
        return {person.pk for person in self.officers}

    @property
    def others(self) -> list[Administration]:
        return [a for a in self.administrations if a.code != self.own]

    @property
    def person_count(self) -> int:
        """People outside the author's own administration who will be able to read it."""
        if self.named_people:
            return len(self.officers)
        return sum(n for code, n in self.readers.items() if code != self.own)

    @property
    def sentence(self) -> str:
        """Which administrations and how many people will be able to read it."""
        if self.named_people:
            return ngettext(
                "%(count)d officer will be able to read it: %(names)s.",
                "%(count)d officers will be able to read it: %(names)s.",
                len(self.officers),
            ) % {"count": len(self.officers), "names": _listed(p.name for p in self.officers)}
        places = ngettext(
            "%(count)d administration", "%(count)d administrations", len(self.others)
        ) % {"count": len(self.others)}
        people = ngettext("%(count)d person", "%(count)d people", self.person_count) % {
            "count": self.person_count
        }
        return _("%(places)s, %(people)s will be able to read it, and your own administration.") % {
            "places": places,
            "people": people,
        }

    @property
    def unready_sentence(self) -> str:
        return _(
            "Nobody at %(names)s holds a key yet, so nothing can be sealed for them. "
            "Leave them out, or ask the Secretariat."
        ) % {"names": _listed(a.label for a in self.unready)}

    @property
    def unready_officers_sentence(self) -> str:
        return _("%(names)s cannot read bulletins yet: no key, or no role at present.") % {
            "names": _listed(p.name for p in self.unready_officers)
        }


def _listed(names: Iterable[str]) -> str:
    return get_text_list(sorted(names, key=fold_name), _("and"))


def readership(actor: Actor, vault: Vault, draft_id: UUID, content: DraftContent) -> Readership:
    """Work out who would read this draft if it were published now."""
    if content.officers:
        return _named(actor, vault, draft_id, content)
    wanted = set(content.recipients) | {actor.administration}
    chosen = list(Administration.objects.filter(code__in=wanted))
    epochs = vault.sealable_epochs(a.code for a in chosen)
    ready = tuple(a for a in chosen if epochs[a.code] is not None)
    holders = tuple(
        Holder(a.code, epochs[a.code].number, epochs[a.code].public.box)  # type: ignore[union-attr]
        for a in ready
    )
    return Readership(
        draft_id=draft_id,
        own=actor.administration,
        administrations=ready,
        unready=tuple(a for a in chosen if epochs[a.code] is None),
        readers=key_holders(a.code for a in ready),
        is_vouched=_is_vouched(actor, vault),
        holders=holders,
    )


def _named(actor: Actor, vault: Vault, draft_id: UUID, content: DraftContent) -> Readership:
    """For TLP:RED: each officer, and the author, by the key of the person."""
    view = vault.directory()
    wanted = set(content.officers) | {actor.user_id}
    people = list(
        User.objects.filter(people_in_standing(), pk__in=wanted)
        .filter(appointments__role__in=READS)
        .distinct()
    )
    holders, readable, codes = [], [], {actor.administration}
    for person in people:
        entry = view.person(person.pk)
        if entry is None:
            continue
        person.administration_code = entry.administration
        codes.add(entry.administration)
        holders.append(Holder.person(person.pk, entry.public.personal))
        readable.append(person)
    ids = {p.pk for p in readable}
    missing = User.objects.filter(pk__in=wanted - ids)
    return Readership(
        draft_id=draft_id,
        own=actor.administration,
        administrations=tuple(Administration.objects.filter(code__in=codes)),
        unready=(),
        readers={},
        is_vouched=_is_vouched(actor, vault),
        officers=tuple(p for p in readable if p.pk != actor.user_id),
        unready_officers=tuple(missing),
        holders=tuple(holders),
        named_people=tuple(readable),
    )


def _is_vouched(actor: Actor, vault: Vault) -> bool:
    entry = vault.directory().person(vault.user_id)
    if entry is None or entry.administration != actor.administration:
        return False
    return bool(entry.public.content.to_bytes() == vault.content.public.to_bytes())


def choosable_officers(actor: Actor) -> Any:
    """People whom a TLP:RED bulletin may name, by administration."""
    return (
        User.objects.filter(people_in_standing(), appointments__role__in=READS)
        .exclude(pk=actor.user_id)
        .distinct()
        .order_by("name")
    )
