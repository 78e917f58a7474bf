"""What the vault asks of the apps above it: may a file be attached to this, and will it stay?

An app whose objects carry files fills this once, at start, for its kind of draft.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from access.actors import Actor

# Locks what the file is to be attached to until the end of the transaction, and judges the
# locked row: raises the policy's refusal, or ObjectDoesNotExist if it is not there (any more).
Holding = Callable[[Actor, UUID], None]

_holdings: dict[str, Holding] = {}


def register_attachable(kind: str, hold: Holding) -> None:
    _holdings[kind] = hold


def hold(actor: Actor, kind: str, object_id: UUID) -> None:
    """Hold it still: a draft that is being published takes no further file meanwhile."""
    _holdings[kind](actor, object_id)
