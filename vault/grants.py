"""Grants and links: how the secret of an epoch is handed over, and opened again.

A *grant* carries it in a colleague's box and is signed by the colleague who hands it over. A
*link* carries the former epoch's secret under the newer one's wrap key. What comes out of
either is compared with the directory before anything is believed, so that a false secret is
met here, whoever signed it. Who is *handed the next* epoch for a grant is a harder question,
because nothing is opened then: see believing.py.
"""

from __future__ import annotations

import hashlib
import logging

from access.actors import Actor
from vault.crypto.box import open_box, seal_to
from vault.crypto.context import context
from vault.crypto.envelope import open_sealed, seal
from vault.crypto.errors import CannotOpen
from vault.crypto.keys import EpochKeys, PersonKeys
from vault.directory import Directory, EpochEntry, PersonEntry, directory
from vault.models import EpochGrant, EpochLink

log = logging.getLogger("iswg.vault")

GRANT_LABEL = "iswg/v1/epoch grant"
VOUCHER_LABEL = "iswg/v1/epoch grant voucher"


def open_epochs(me: PersonEntry, keys: PersonKeys, view: Directory) -> list[tuple[int, EpochKeys]]:
    """The administration's epochs that this person can open, newest first."""
    grants = EpochGrant.objects.filter(administration=me.administration, key_id=me.key_id)
    newest = grants.order_by("-epoch").first()
    if newest is None:
        return []
    opened = [(newest.epoch, _open_grant(newest, keys, view))]
    links = EpochLink.objects.filter(administration=me.administration, epoch__lte=newest.epoch)
    blobs = {link.epoch: bytes(link.blob) for link in links}
    while (number := opened[-1][0]) in blobs:
        try:
            former = _open_link(view, me.administration, number, opened[-1][1], blobs[number])
        except CannotOpen:
            log.error("the link below epoch %s of %s does not open", number, me.administration)
            break
        opened.append((number - 1, former))
    return opened


def _open_grant(grant: EpochGrant, keys: PersonKeys, view: Directory) -> EpochKeys:
    check_grant(grant, view)
    secret = open_box(keys.box, grant_place(grant), bytes(grant.box))
    return _as_listed(view, grant.administration, grant.epoch, secret)


def check_grant(grant: EpochGrant, view: Directory) -> None:
    """Whether a colleague who was active then signed exactly this grant; else CannotOpen."""
    granter = view.person_at(bytes(grant.granter_key))
    if granter is None or granter.user_id != grant.granter_id:
        raise CannotOpen
    colleague = granter.administration == grant.administration
    if not colleague or grant.as_of > view.size or not granter.was_active_at(grant.as_of):
        raise CannotOpen
    # Nobody hands over what is not there yet: so whoever left cannot date a grant of a later
    # epoch back to a day on which they still stood here.
    epoch = view.epoch(grant.administration, grant.epoch)
    if epoch is None or grant.as_of <= epoch.seq:
        raise CannotOpen
    granter.public.identity.verify(GRANT_LABEL, grant_statement(grant), bytes(grant.signature))


def _open_link(view: Directory, code: str, number: int, newer: EpochKeys, blob: bytes) -> EpochKeys:
    secret = open_sealed(newer.wrap_key, _link_place(code, number), blob)
    return _as_listed(view, code, number - 1, secret)


def _as_listed(view: Directory, code: str, number: int, secret: bytes) -> EpochKeys:
    """The keys of a secret, if the directory knows them as that epoch's."""
    keys, listed = EpochKeys.derive(secret), view.epoch(code, number)
    if listed is None or listed.public != keys.public:
        raise CannotOpen
    return keys


def write_grant(
    actor: Actor, keys: PersonKeys, epoch: EpochEntry, secret: bytes, person: PersonEntry
) -> EpochGrant:
    """One signed grant; the person's former grant of this epoch is replaced."""
    assert actor.user_id is not None, "a command holds no keys to grant"
    grant = EpochGrant(
        administration=epoch.administration,
        epoch=epoch.number,
        user_id=person.user_id,
        key_id=person.key_id,
        granter_id=actor.user_id,
        granter_key=keys.public.key_id,
        as_of=directory().size,
    )
    grant.box = seal_to(person.public.box, grant_place(grant), secret)
    grant.signature = keys.identity.sign(GRANT_LABEL, grant_statement(grant))
    # Only who holds the epoch's secret can add this: a name in the directory is not enough.
    grant.voucher = EpochKeys.derive(secret).signing.sign(VOUCHER_LABEL, grant_statement(grant))
    EpochGrant.objects.filter(
        administration=grant.administration, epoch=grant.epoch, key_id=grant.key_id
    ).delete()
    grant.save(force_insert=True)
    return grant


def grant_place(grant: EpochGrant) -> bytes:
    return context(
        "iswg/v1/epoch grant box",
        grant.administration,
        grant.epoch,
        grant.user_id,
        bytes(grant.key_id),
        bytes(grant.granter_key),
    )


def grant_statement(grant: EpochGrant) -> bytes:
    digest = hashlib.sha256(bytes(grant.box)).digest()
    return context("iswg/v1/epoch grant", grant_place(grant), grant.as_of, digest)


def write_link(code: str, number: int, newer: EpochKeys, former: EpochKeys) -> EpochLink:
    """Seal the secret of the epoch before `number` under the newer one."""
    blob = seal(newer.wrap_key, _link_place(code, number), former.secret)
    return EpochLink.objects.create(administration=code, epoch=number, blob=blob)


def _link_place(code: str, number: int) -> bytes:
    return context("iswg/v1/epoch link", code, number, number - 1)
