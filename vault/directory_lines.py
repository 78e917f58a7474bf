"""Writing in the key directory: each function signs one line and puts it at the end.

Who may is for the services that call these to ask. Whoever may not is refused here again,
because each line is read under the rules of directory_rules.py before it is kept.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.utils import timezone

from vault.crypto.box import BoxPublic
from vault.crypto.canonical import canonical
from vault.crypto.keys import EpochPublic, PersonKeys, PersonPublic
from vault.crypto.signing import SigningKey
from vault.directory import Directory, directory
from vault.directory_rules import (
    ENVELOPE_LABEL,
    LINE_LABEL,
    NEXT_LABEL,
    START,
    WITNESS_LABEL,
    Ledger,
    Line,
    envelope_statement,
    epoch_statement,
    line_hash,
)
from vault.models import DirectoryEntry


def first_line(user_id: int, administration: str, keys: PersonKeys) -> str:
    """Begin the directory with its first officer, who signs for herself. Returns the pin."""
    facts = {"user": user_id, "administration": administration, "public": keys.public.to_bytes()}
    body = _body(0, START, timezone.now(), keys, "user", facts)
    signature = keys.identity.sign(LINE_LABEL, body)
    value = line_hash(body, signature)
    line = Line(0, START, body, signature, value)
    Ledger(value).read(line)
    _keep(line)
    return value.hex()


def enter_user(keys: PersonKeys, user_id: int, administration: str, public: PersonPublic) -> int:
    """`keys` are the signer's. Returns the number of the line."""
    facts = {"user": user_id, "administration": administration, "public": public.to_bytes()}
    return _append(keys, "user", facts)


def enter_epoch(
    keys: PersonKeys,
    administration: str,
    public: EpochPublic,
    *,
    former: SigningKey | None = None,
) -> int:
    """The next epoch, countersigned by the former one (`former`) unless it is the first."""
    view = hold()
    facts = _next_epoch(view, keys, administration, public, witnessed_at="")
    voucher = former.sign(NEXT_LABEL, epoch_statement(facts)) if former else b""
    return _append(keys, "epoch", {**facts, "voucher": voucher, "witness": b""})


def enter_broken_epoch(
    keys: PersonKeys, statement: Mapping[str, Any], witness: bytes, signature: bytes
) -> int:
    """An epoch that a member of a third administration witnessed (see `break_statement`)."""
    return _append(keys, "epoch", {**statement, "voucher": signature, "witness": witness})


def break_statement(keys: PersonKeys, administration: str, public: EpochPublic) -> dict[str, Any]:
    """What a witness is asked to sign."""
    view = directory()
    now = _written(_moment(view))
    return _next_epoch(view, keys, administration, public, witnessed_at=now)


def statement_as_of_now(
    administration: str, number: int, public: EpochPublic, by: bytes
) -> dict[str, Any]:
    """The same about a key that somebody else proposed: the witness's clock says when."""
    return {
        "administration": administration,
        "number": number,
        "public": public.to_bytes(),
        "by": by,
        "witnessed_at": _written(_moment(directory())),
    }


def _next_epoch(
    view: Directory, keys: PersonKeys, code: str, public: EpochPublic, *, witnessed_at: str
) -> dict[str, Any]:
    return {
        "administration": code,
        "number": len(view.epochs(code)) + 1,
        "public": public.to_bytes(),
        "by": keys.public.key_id,
        "witnessed_at": witnessed_at,
    }


def sign_as_witness(keys: PersonKeys, statement: Mapping[str, Any]) -> bytes:
    return keys.identity.sign(WITNESS_LABEL, epoch_statement(statement))


def enter_envelope(
    keys: PersonKeys, administration: str, public: BoxPublic, salt: bytes, epoch: SigningKey
) -> int:
    """The key of a code on paper, countersigned by the administration's present `epoch`."""
    view = hold()
    present, former = view.epoch(administration), view.envelope(administration)
    assert present is not None, "an envelope is for an epoch"
    facts = {
        "administration": administration,
        "number": former.number + 1 if former else 1,
        "epoch": present.number,
        "public": public.to_bytes(),
        "salt": salt,
        "by": keys.public.key_id,
    }
    voucher = epoch.sign(ENVELOPE_LABEL, envelope_statement(facts))
    return _append(keys, "envelope", {**facts, "voucher": voucher})


def revoke(keys: PersonKeys, key_id: bytes) -> int:
    return _append(keys, "revoke", {"key": key_id})


def enter_client(keys: PersonKeys, client: str, administration: str, public: bytes) -> int:
    facts = {"client": client, "administration": administration, "public": public}
    return _append(keys, "client", facts)


def _append(keys: PersonKeys, kind: str, facts: Mapping[str, Any]) -> int:
    view = hold()
    ledger = view.copy_of_ledger()
    body = _body(view.size, view.head, _moment(view), keys, kind, facts)
    signature = keys.identity.sign(LINE_LABEL, body)
    line = Line(view.size, view.head, body, signature, line_hash(body, signature))
    ledger.read(line)
    _keep(line)
    return line.seq


def hold() -> Directory:
    """The directory as of now, and nobody else changes it before this transaction ends.

    Every service about keys begins with it: a colleague is not granted an epoch that somebody
    replaces in the same moment. On PostgreSQL the first line is the lock; on SQLite the
    transaction is.
    """
    assert connection.in_atomic_block, "a line belongs to the transaction of its service"
    DirectoryEntry.objects.select_for_update().filter(seq=0).first()
    return directory()


def _moment(view: Directory) -> datetime.datetime:
    """Now, or the time of the newest line if a clock went back: lines never step back in time."""
    return max(timezone.now().replace(microsecond=0), view.last_at)


def _written(at: datetime.datetime) -> str:
    return at.astimezone(datetime.UTC).isoformat(timespec="seconds")


def _body(
    seq: int,
    prev: bytes,
    at: datetime.datetime,
    keys: PersonKeys,
    kind: str,
    facts: Mapping[str, Any],
) -> bytes:
    common = {"v": 1, "seq": seq, "prev": prev, "at": _written(at), "by": keys.public.key_id}
    return canonical({**common, "kind": kind, **facts})


def _keep(line: Line) -> None:
    DirectoryEntry.objects.create(
        seq=line.seq,
        prev=line.prev,
        body=line.body,
        signature=line.signature,
        hash=line.hash,
    )
