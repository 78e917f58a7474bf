"""A new beginning on pages: it is proposed, waits for its witness, and is finished.

The steps themselves are those of new_beginning.py. Here is what has to be kept between them: the
proposer's secret, sealed under a key that grows from her root, and the claim of a public key
that she and the witness compare by voice. When it is finished the key is derived from the secret
again, so that a row changed by hand comes to nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from access.actors import Actor
from access.policy import Action, can, people_in_standing, require
from access.roles import READS
from activity.events import Event
from activity.record import NoticeFacts, record
from vault import directory_lines as ledger
from vault import new_beginning
from vault.colleagues import FingerprintChanged
from vault.crypto.context import context
from vault.crypto.derive import derive
from vault.crypto.envelope import open_sealed, seal
from vault.crypto.errors import CannotOpen
from vault.crypto.keys import EpochKeys, EpochPublic, PersonKeys
from vault.directory import EpochEntry, directory
from vault.epochs import acting, holders
from vault.models import Proposal
from vault.new_beginning import NewBeginning, Witnessed


class KeyIsHeld(Exception):
    """Somebody of the administration holds its key: nothing has to begin anew."""


class ProposalOver(Exception):
    """This new beginning was finished or withdrawn, or the directory has gone on without it."""


def open_proposal(code: str) -> Proposal | None:
    """The new beginning that this administration has under way."""
    rows = Proposal.objects.filter(administration=code, ended_at=None)
    return rows.select_related("proposer", "witness").first()


def proposals_to_witness(actor: Actor) -> list[Proposal]:
    """Those that wait for a witness, and for which this actor could be the one."""
    rows = Proposal.objects.filter(ended_at=None, witness=None).select_related("proposer")
    found = rows.order_by("made_at")
    return [row for row in found if can(actor, Action.WITNESS_EPOCH, row.administration)]


def words_of(proposal: Proposal) -> list[str]:
    """The eight words of the proposed key, as this row has them."""
    return EpochPublic.from_bytes(bytes(proposal.public)).fingerprint


def may_propose(actor: Actor) -> bool:
    """For pages: there was a key, nobody holds it any more, and this person stands there."""
    code, view = actor.administration, directory()
    me = view.person(actor.user_id or 0)
    stands = me is not None and me.administration == code and view.epoch(code) is not None
    return stands and bool(can(actor, Action.MAKE_EPOCH, code)) and not holders(view, code)


@transaction.atomic
def propose_beginning(*, actor: Actor, keys: PersonKeys, root: bytes) -> Proposal:
    """Make the key, keep its secret for the proposer alone, and ask for a witness.

    Whatever the administration had under way is replaced.
    """
    view, code = ledger.hold(), actor.administration
    require(actor, Action.MAKE_EPOCH, code)
    if holders(view, code):
        raise KeyIsHeld
    assert actor.user_id is not None, "a command stands in no directory"
    beginning = new_beginning.propose(actor=actor, keys=keys)
    Proposal.objects.filter(administration=code, ended_at=None).update(ended_at=timezone.now())
    row = Proposal(
        administration=code,
        proposer_id=actor.user_id,
        proposer_key=keys.public.key_id,
        number=beginning.statement["number"],
        public=beginning.statement["public"],
    )
    row.secret = seal(_key(root), _place(row), beginning.secret)
    row.save(force_insert=True)
    record(
        actor,
        Event.BEGINNING_PROPOSED,
        f"accounts.administration:{code}",
        detail={"epoch": row.number, "key": EpochPublic.from_bytes(bytes(row.public)).key_id},
        audience=people_in_standing() & Q(appointments__role__in=READS),
        notice=NoticeFacts(origin=code),
        topics=[f"administration:{code}"],
    )
    return row


@transaction.atomic
def witness_beginning(
    *, actor: Actor, keys: PersonKeys, proposal: Proposal, compared: Sequence[str]
) -> Proposal:
    """Sign that these eight words were heard from the people concerned."""
    view, row = ledger.hold(), _locked(proposal)
    require(actor, Action.WITNESS_EPOCH, row.administration)
    acting(view, actor, keys)
    if list(compared) != words_of(row):
        raise FingerprintChanged
    public = EpochPublic.from_bytes(bytes(row.public))
    statement = ledger.statement_as_of_now(
        row.administration, row.number, public, bytes(row.proposer_key)
    )
    witnessed = new_beginning.witness(actor=actor, keys=keys, statement=statement)
    row.witness_id, row.witness_key = actor.user_id, witnessed.key_id
    row.witnessed_at, row.signature = statement["witnessed_at"], witnessed.signature
    row.save()
    record(
        actor,
        Event.BEGINNING_WITNESSED,
        f"accounts.administration:{row.administration}",
        detail={"epoch": row.number, "key": public.key_id},
        audience=Q(pk=row.proposer_id) & people_in_standing(),
        topics=[f"person:{row.proposer_id}"],
    )
    return row


@transaction.atomic
def finish_beginning(
    *, actor: Actor, keys: PersonKeys, root: bytes, proposal: Proposal
) -> EpochEntry:
    """Enter the witnessed key in the directory, granted to the proposer alone.

    CannotOpen if this is not the proposer, or the row was changed by hand; DirectoryBroken if
    the witness's word does not hold (any more).
    """
    ledger.hold()
    row = _locked(proposal)
    require(actor, Action.MAKE_EPOCH, row.administration)
    if row.proposer_id != actor.user_id or not row.signature or not row.witness_key:
        raise CannotOpen
    secret = open_sealed(_key(root), _place(row), bytes(row.secret))
    statement = {
        "administration": row.administration,
        "number": row.number,
        "public": EpochKeys.derive(secret).public.to_bytes(),
        "by": keys.public.key_id,
        "witnessed_at": row.witnessed_at,
    }
    row.ended_at = timezone.now()
    row.save(update_fields=["ended_at"])
    return new_beginning.begin_again(
        actor=actor,
        keys=keys,
        beginning=NewBeginning(secret, statement),
        witnessed=Witnessed(bytes(row.witness_key), bytes(row.signature)),
    )


@transaction.atomic
def withdraw_proposal(*, actor: Actor, proposal: Proposal) -> None:
    """Give a new beginning up before it is finished."""
    row = _locked(proposal)
    require(actor, Action.MAKE_EPOCH, row.administration)
    row.ended_at = timezone.now()
    row.save(update_fields=["ended_at"])
    record(
        actor,
        Event.BEGINNING_WITHDRAWN,
        f"accounts.administration:{row.administration}",
        detail={"epoch": row.number},
        topics=[f"administration:{row.administration}"],
    )


def _locked(proposal: Proposal) -> Proposal:
    """The row as of now, held; it must be under way, and about the next epoch still."""
    row = Proposal.objects.select_for_update().filter(pk=proposal.pk, ended_at=None).first()
    if row is None or row.number != len(directory().epochs(row.administration)) + 1:
        raise ProposalOver
    return row


def _key(root: bytes) -> bytes:
    return derive(root, "iswg/v1/person/proposal")


def _place(row: Proposal) -> bytes:
    return context(
        "iswg/v1/new beginning", row.pk, row.administration, row.proposer_id or 0, row.number
    )
