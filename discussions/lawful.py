"""What the register says of those who take part: in a discussion it warns, and the journal has it.

A bulletin is refused; a discussion is how one settles what stands in the way, so whoever opens it
is told and decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from access.actors import Actor
from access.switchboard import Basis, Ground, judge
from discussions.audience import Audience
from discussions.models import Thread
from vault.sessions import Vault
from wording.markings import Tlp


def places_of(vault: Vault, audience: Audience) -> set[str]:
    """The administrations that take part, those of officers by name among them."""
    view = vault.directory()
    people = [view.person(one.pk) for one in audience.officers]
    return set(audience.codes) | {one.administration for one in people if one is not None}


def bases_for(actor: Actor, tlp: str, codes: Iterable[str]) -> dict[str, Basis]:
    """On what each of these may receive what has this label, as of now."""
    wanted = sorted(set(codes) - {actor.administration})
    if tlp not in Tlp.values or not wanted:
        return {}
    return judge(actor.administration, wanted, tlp, timezone.now().date())


def bases_of_newcomer(actor: Actor, vault: Vault, thread: Thread, name: str) -> dict[str, Basis]:
    """The same for one who is let in later: a code, or `user:<id>` for an officer by name."""
    code = name
    if name.startswith("user:"):
        entry = vault.directory().person(int(name.removeprefix("user:")))
        code = entry.administration if entry is not None else ""
    return bases_for(actor, thread.tlp, [code] if code else [])


def warnings_in(bases: dict[str, Basis]) -> list[str]:
    """What is to be said before anybody is let in; one reason is said once."""
    against = [one for one in bases.values() if one.refuses or one.warns]
    return list(dict.fromkeys(one.reason for one in against))


def traced(bases: dict[str, Basis]) -> dict[str, Any]:
    """For the journal; nothing where no register decides."""
    if all(one.traced == Ground.NOT_RECORDED for one in bases.values()):
        return {}
    return {"bases": {code: _as_word(one) for code, one in sorted(bases.items())}}


def _as_word(basis: Basis) -> str:
    if basis.refuses or basis.warns:
        return Ground.WARNED
    return Ground(basis.traced) if basis.traced in set(Ground) else basis.traced
