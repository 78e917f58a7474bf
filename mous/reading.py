"""Acts as their reader sees them: checked against what was signed, with their words if they open.

The clear columns decide who may receive what, so they are believed only as far as two signatures
bear them: an act whose entry or confirmation does not fit is `broken`, and the register says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mous.content import ActWords, Said, read
from mous.facts import DECISION, ENTRY, START, decision_facts, entry_facts, entry_hash
from mous.models import Act, ActState
from mous.sealing import OpenKey, open_keys, sealed_for
from vault.crypto.errors import CannotOpen
from vault.directory import Directory, directory
from vault.manifests import SealBroken
from vault.sessions import Vault
from vault.statements import check_statement


@dataclass(frozen=True, slots=True)
class OpenAct:
    """An act, and its words or why there are none."""

    act: Act
    words: ActWords | None = None
    reason: str = ""  # why it was declined
    broken: bool = False
    locked: bool = False


def open_acts(vault: Vault | None, acts: Iterable[Act]) -> list[OpenAct]:
    """With their words, in one query for the keys."""
    rows = list(acts)
    keys = open_keys(vault, {one.key_id: one.key for one in rows}.values())
    view = directory()
    return [_opened(one, keys.get(one.key_id), view) for one in rows]


def _opened(act: Act, opened: OpenKey | None, view: Directory) -> OpenAct:
    try:
        check_act(act, view)
        if opened is None:
            return OpenAct(act, locked=True)
        key = sealed_for(opened, "act", act.uuid)
        words = read(ActWords, key.open_field("words", bytes(act.sealed)))
        reason = ""
        if act.decision_sealed is not None:
            reason = read(Said, key.open_field("reason", bytes(act.decision_sealed))).text
        return OpenAct(act, words, reason)
    except CannotOpen:
        return OpenAct(act, broken=True)


def check_act(act: Act, view: Directory) -> None:
    """Both signatures, and the link to it; else SealBroken."""
    check_statement(
        view, ENTRY, entry_facts(act), act.signature,
        author=act.entered_by_id, administration=act.entered_for_id,
    )  # fmt: skip
    if entry_hash(act) != bytes(act.hash):
        raise SealBroken
    if act.state == ActState.ENTERED:
        return
    if act.decided_by_id is None or act.decided_for_id is None or act.decided_at is None:
        raise SealBroken
    if act.decided_by_id == act.entered_by_id:
        raise SealBroken
    check_statement(
        view, DECISION, decision_facts(act), bytes(act.decision_signature or b""),
        author=act.decided_by_id, administration=act.decided_for_id,
    )  # fmt: skip


def chain_faults(acts: Sequence[Act]) -> list[int]:
    """The numbers at which the register of an instrument does not follow from the one before:
    an act that is missing, was put in, or was changed. `acts` are all, by number."""
    faults, before, number = [], START, 0
    for act in acts:
        number += 1
        if act.number != number or bytes(act.prev) != before:
            faults.append(act.number)
            number = act.number
        before = bytes(act.hash)
    return faults
