"""How the attacker of these tests writes in the key directory: every field right, every hash
mended, and signed with whatever key is at hand. Only the rules can refuse such a line."""

import datetime

import pytest
from django.utils import timezone

from tests.factories import person
from vault import directory as ledger
from vault.crypto.canonical import canonical
from vault.crypto.derive import make_secret
from vault.crypto.keys import EpochKeys, PersonKeys
from vault.directory import DirectoryBroken, directory
from vault.directory_rules import LINE_LABEL, NEXT_LABEL, WITNESS_LABEL, epoch_statement, line_hash
from vault.epochs import member
from vault.grants import open_epochs
from vault.models import DirectoryEntry

EVIL = PersonKeys.derive(make_secret())


def forge(signer, kind, *, at=None, **facts):
    """A line with every field right and signed by `signer`: only the rules can refuse it."""
    last = DirectoryEntry.objects.order_by("-seq").first()
    common = {
        "v": 1,
        "seq": last.seq + 1,
        "prev": bytes(last.hash),
        "at": at or timezone.now().isoformat(timespec="seconds"),
        "by": signer.public.key_id,
        "kind": kind,
    }
    body = canonical({**common, **facts})
    signature = signer.identity.sign(LINE_LABEL, body)
    DirectoryEntry.objects.create(
        seq=last.seq + 1,
        prev=last.hash,
        body=body,
        signature=signature,
        hash=line_hash(body, signature),
    )


def user(code, keys=EVIL, user_id=9999):
    return {"user": user_id, "administration": code, "public": keys.public.to_bytes()}


def epoch(signer, code, number, *, former=None, witness=None, witnessed_at=""):
    new = EpochKeys.derive(make_secret())
    facts = {
        "administration": code,
        "number": number,
        "public": new.public.to_bytes(),
        "by": signer.public.key_id,
        "witnessed_at": witnessed_at,
    }
    said, voucher, by = epoch_statement(facts), b"", b""
    if former:
        voucher = former.sign(NEXT_LABEL, said)
    if witness:
        voucher, by = witness.identity.sign(WITNESS_LABEL, said), witness.public.key_id
    return {**facts, "voucher": voucher, "witness": by}


def minutes_ago(minutes):
    moment = timezone.now() - datetime.timedelta(minutes=minutes)
    return moment.isoformat(timespec="seconds")


def refused():
    ledger.forget()
    with pytest.raises(DirectoryBroken):
        directory()


def accepted():
    ledger.forget()
    return directory()


def epoch_key(world, code):
    chief = person(code, "coordinator")
    keys, view = world.keys(chief), directory()
    return open_epochs(member(view, chief.pk, keys), keys, view)[0][1].signing
