"""For `verify_vault`: does what sharing rests on bear its signatures, and is all of it there?

The journal has a line for every row; a row that is missing, or is not the one of its line, is
found as well as one that somebody changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from activity.events import Event
from activity.models import JournalEntry
from mous.bases import (
    authorities_target,
    authority_facts,
    bases_target,
    basis_facts,
    check_authority,
    check_basis,
    check_end,
    check_gate,
    digest_of,
    end_facts,
    gate_facts,
)
from mous.facts import target_of
from mous.models import AuthorityEnd, GateSetting, LegalBasis, OtherAuthority
from mous.trusted import lines
from vault.crypto.errors import CannotOpen
from vault.directory import Directory

Row = tuple[str, Event, str, str, Callable[[], None]]


def bases_fit(view: Directory) -> Iterator[str]:
    """What is wrong, a sentence each."""
    there: dict[tuple[str, str], set[str]] = {}
    for name, event, target, digest, check in _rows(view):
        there.setdefault((target, event), set()).add(digest)
        try:
            check()
        except CannotOpen:
            yield f"{name} is not what was signed."
    for (target, name), digests in there.items():
        told = {str(one["detail"].get("digest")) for one in lines([target], [Event(name)])}
        if told != digests:
            yield f"The journal and the register differ about {name.split('.')[1]} of {target}."
    yield from _emptied(there)


def _emptied(there: dict[tuple[str, str], set[str]]) -> Iterator[str]:
    """Lines of which no row at all is left."""
    events = [
        Event.LEGAL_BASIS_STATED, Event.AUTHORITY_RECORDED, Event.AUTHORITY_ENDED, Event.GATE_SET,
    ]  # fmt: skip
    told = JournalEntry.objects.filter(event__in=[one.value for one in events])
    for target, name in sorted(set(told.values_list("target", "event"))):
        if (target, name) not in there:
            yield f"The journal and the register differ about {name.split('.')[1]} of {target}."


def _rows(view: Directory) -> Iterator[Row]:
    for basis in LegalBasis.objects.select_related("key"):
        yield (
            f"Revision {basis.revision} of the legal basis of {basis.administration_id}",
            Event.LEGAL_BASIS_STATED, bases_target(basis.administration_id),
            digest_of(basis_facts(basis), basis.signature), partial(check_basis, basis, view),
        )  # fmt: skip
    for one in OtherAuthority.objects.select_related("key"):
        yield (
            f"The authority {one.uuid}", Event.AUTHORITY_RECORDED,
            authorities_target(one.sender_id), digest_of(authority_facts(one), one.signature),
            partial(check_authority, one, view),
        )  # fmt: skip
    for end in AuthorityEnd.objects.select_related("authority"):
        yield (
            f"The end of the authority {end.authority.uuid}", Event.AUTHORITY_ENDED,
            authorities_target(end.authority.sender_id), digest_of(end_facts(end), end.signature),
            partial(check_end, end, view),
        )  # fmt: skip
    for gate in GateSetting.objects.select_related("instrument"):
        yield (
            f"A setting of the gate of {gate.instrument.slug}", Event.GATE_SET,
            target_of(gate.instrument), digest_of(gate_facts(gate), gate.signature),
            partial(check_gate, gate, view),
        )  # fmt: skip
