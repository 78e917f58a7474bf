"""Opening what is sealed, for one reader, and writing down that it was opened.

Three doors: the titles of a list, one whole bulletin, and everything for a search. Each
checks that what is stored is what its author signed, as far as it shows it: a title is bound
to the clear facts beside it, a page checks the whole manifest and the journal.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from access.actors import Actor
from access.policy import Action, require
from activity.events import Event
from activity.models import JournalEntry
from activity.queries import notices_about
from activity.record import record
from activity.services import mark_read
from bulletins.content import Content, content_from
from bulletins.models import Bulletin, Entity, PersonCount, Place, ReadMark, Recipient, Revision
from bulletins.services import KIND, facts_of, target_of, topics_of
from vault import files
from vault.crypto.errors import CannotOpen
from vault.manifests import SealBroken, check_manifest
from vault.objects import DataKey, clear_facts, is_sealed_to, open_key, open_keys
from vault.searching import BATCH
from vault.sessions import Vault


@dataclass(frozen=True, slots=True)
class Opened:
    """A bulletin whose seals held, with its words and files."""

    bulletin: Bulletin
    content: Content
    data_key: DataKey
    files: tuple[files.StoredFile, ...]


class Locked(CannotOpen):
    """The reader's session holds no key of this bulletin: unlock, or ask for a grant."""


class Listed(Protocol):
    """What a list has read along with a bulletin (`bulletins/boxes.py`)."""

    bulletin: Bulletin
    delivered_at: Any
    sealed_title: bytes | None


def open_titles(vault: Vault | None, bulletins: Iterable[Bulletin]) -> dict[int, str | None]:
    """Titles by bulletin id, in two queries whatever the number; None where a seal did not hold.

    Meeting a title here is what "delivered" means in the ledger: it reached a signed-in officer
    of the administration.
    """
    shown = list(bulletins)
    revisions = Revision.objects.filter(bulletin__in=[b.pk for b in shown])
    sealed = {
        (pk, number): blob
        for pk, number, blob in revisions.values_list("bulletin_id", "number", "sealed_title")
    }
    titles = _titles(vault, [(b, sealed.get((b.pk, b.revision))) for b in shown])
    if vault is not None:
        _mark_delivered(vault.administration, [pk for pk, title in titles.items() if title])
    return titles


def open_listed(vault: Vault | None, rows: Iterable[Listed]) -> dict[int, str | None]:
    """The same for the rows of a list, in one query: the rest was read along with them."""
    shown = list(rows)
    titles = _titles(vault, [(row.bulletin, row.sealed_title) for row in shown])
    new = [row.bulletin.pk for row in shown if row.delivered_at is None]
    if vault is not None:
        _mark_delivered(vault.administration, [pk for pk in new if titles[pk]])
    return titles


def _titles(
    vault: Vault | None, shown: list[tuple[Bulletin, bytes | None]]
) -> dict[int, str | None]:
    keys = open_keys(vault, KIND, [(b.uuid, b.revision) for b, _sealed in shown])
    return {b.pk: _title(keys.get((b.uuid, b.revision)), b, sealed) for b, sealed in shown}


def _title(key: DataKey | None, bulletin: Bulletin, sealed: bytes | None) -> str | None:
    if key is None or sealed is None:
        return None
    try:
        binds = clear_facts(facts_of(bulletin))
        return key.open_field("title", bytes(sealed), binds=binds).decode()
    except CannotOpen:
        return None


def _mark_delivered(code: str, ids: list[int]) -> None:
    if not ids:
        return
    waiting = Recipient.objects.filter(
        administration=code, bulletin__in=ids, delivered_at__isnull=True
    )
    if waiting.exists():  # nothing is written by just looking again
        waiting.update(delivered_at=timezone.now())


def open_bulletin(*, actor: Actor, vault: Vault | None, bulletin: Bulletin) -> Opened:
    """Open a bulletin for its reader, fill the ledger, and record who opened it.

    Raises Locked without a key, SealBroken if anything stored is not what was signed.
    """
    require(actor, Action.READ_BULLETIN, bulletin)
    opened = _opened(vault, bulletin)
    with transaction.atomic():
        _mark_read(actor, bulletin)
        mark_read(actor=actor, notices=notices_about(actor, target_of(bulletin)))
        if _mark_opened(actor, bulletin):
            record(
                actor,
                Event.BULLETIN_OPENED,
                target_of(bulletin),
                detail={"revision": bulletin.revision},
                topics=topics_of(bulletin)[-1:],
            )
    return opened


def can_open(vault: Vault | None, bulletin: Bulletin) -> bool:
    """Whether this session holds the key, for acts that say that somebody has read it."""
    wanted = (bulletin.uuid, bulletin.revision)
    return wanted in open_keys(vault, KIND, [wanted])


def _opened(vault: Vault | None, bulletin: Bulletin) -> Opened:
    try:
        data_key = open_key(vault, KIND, bulletin.uuid, bulletin.revision)
    except CannotOpen:
        # With a row for one of the reader's keys it is not the session that is wrong.
        sealed_to_us = is_sealed_to(vault, KIND, bulletin.uuid, bulletin.revision)
        raise (SealBroken if sealed_to_us else Locked) from None
    revision = Revision.objects.filter(bulletin=bulletin, number=bulletin.revision).first()
    if revision is None:
        raise SealBroken
    attached = files.stored(KIND, bulletin.uuid)
    manifest = check_manifest(
        data_key,
        author=bulletin.author_id,
        administration=bulletin.origin_id,
        clear=facts_of(bulletin),
        holders=_claimed_holders(bulletin),
        sealed={
            "title": bytes(revision.sealed_title),
            "content": bytes(revision.sealed_content),
            **{f"file:{one.id}": one.signed_bytes() for one in attached},
        },
        files=[(str(one.id), one.row.state) for one in attached],
    )
    _check_journal(bulletin, bytes(manifest.hash).hex())
    content = content_from(data_key.open_field("content", bytes(revision.sealed_content)))
    title = data_key.open_field(
        "title", bytes(revision.sealed_title), binds=clear_facts(facts_of(bulletin))
    ).decode()
    if title != content.title or not _names_what_its_rows_say(bulletin, content):
        raise SealBroken
    return Opened(bulletin, content, data_key, tuple(attached))


def _names_what_its_rows_say(bulletin: Bulletin, content: Content) -> bool:
    rows = Entity.objects.filter(bulletin=bulletin).values_list("uuid", flat=True)
    return {str(one) for one in rows} == {one.id for one in content.entities}


def _claimed_holders(bulletin: Bulletin) -> list[str]:
    if bulletin.named_ids is not None:
        return [f"user:{user_id}" for user_id in bulletin.named_ids]
    return list(bulletin.holder_codes)


def _check_journal(bulletin: Bulletin, manifest_hash: str) -> None:
    """The newest publication in the journal must name this manifest: no revision put back."""
    newest = (
        JournalEntry.objects.filter(target=target_of(bulletin), event=Event.BULLETIN_ISSUED)
        .order_by("-seq")
        .first()
    )
    if newest is None:
        raise SealBroken
    try:
        detail = json.loads(bytes(newest.entry))["detail"]
    except (ValueError, KeyError, TypeError):
        raise SealBroken from None
    if detail.get("manifest") != manifest_hash:
        raise SealBroken


def _mark_read(actor: Actor, bulletin: Bulletin) -> None:
    """The dot in the list, and the counter behind "unread": for what was received, once."""
    if actor.administration not in bulletin.addressee_codes:
        return
    if ReadMark.objects.filter(user_id=actor.user_id, bulletin=bulletin).exists():
        return
    count = _hold_count(actor)
    _mark, new = ReadMark.objects.get_or_create(user_id=actor.user_id, bulletin=bulletin)
    if new:
        count.update(read=F("read") + 1)


def _hold_count(actor: Actor) -> QuerySet[PersonCount]:
    """The person's counter, held until the transaction ends; taken before any mark is written.

    Whoever marks and counts at the same moment, in another window, waits here and then sees the
    marks that are already counted.
    """
    PersonCount.objects.get_or_create(
        user_id=actor.user_id, defaults={"administration_id": actor.administration}
    )
    own = PersonCount.objects.filter(user_id=actor.user_id)
    list(own.select_for_update())
    return own


def _mark_opened(actor: Actor, bulletin: Bulletin) -> bool:
    """The ledger's "opened", and whether this person opens it for the first time."""
    now = timezone.now()
    rows = Recipient.objects.filter(
        administration=actor.administration, bulletin=bulletin, place=Place.TO
    )
    rows.filter(delivered_at__isnull=True).update(delivered_at=now)
    rows.filter(opened_at__isnull=True).update(opened_at=now)
    return not JournalEntry.objects.filter(
        target=target_of(bulletin),
        event=Event.BULLETIN_OPENED,
        user_id=actor.user_id,
        administration=actor.administration,
    ).exists()


@transaction.atomic
def mark_all_read(*, actor: Actor, bulletins: Iterable[Bulletin]) -> int:
    """Take the dots away; nothing is opened or acknowledged by it."""
    count = _hold_count(actor)
    wanted = {b.pk for b in bulletins if actor.administration in b.addressee_codes}
    known = set(
        ReadMark.objects.filter(user_id=actor.user_id, bulletin__in=wanted).values_list(
            "bulletin_id", flat=True
        )
    )
    new = wanted - known
    ReadMark.objects.bulk_create([ReadMark(user_id=actor.user_id, bulletin_id=pk) for pk in new])
    count.update(read=F("read") + len(new))
    return len(new)


def open_file(
    *, actor: Actor, vault: Vault | None, bulletin: Bulletin, file_id: UUID
) -> files.OpenFile:
    """An attachment, every piece verified before the first byte goes out; recorded."""
    require(actor, Action.READ_BULLETIN, bulletin)
    opened = _opened(vault, bulletin)
    stored = next((one for one in opened.files if one.id == file_id), None)
    if stored is None:
        raise SealBroken
    ready = files.open_for_reading(opened.data_key, stored)
    with transaction.atomic():
        record(
            actor,
            Event.FILE_DOWNLOADED,
            target_of(bulletin),
            detail={"file": str(file_id)},
        )
    return ready


def open_rows(vault: Vault | None, rows: QuerySet[Recipient]) -> Iterator[tuple[Bulletin, Content]]:
    """The same of a whole box, some hundreds at a time, for as long as somebody goes on asking."""
    shown = rows.iterator(chunk_size=BATCH)
    while batch := [row.bulletin for row in islice(shown, BATCH)]:
        yield from open_contents(vault, batch)


def open_contents(
    vault: Vault | None, bulletins: Iterable[Bulletin]
) -> Iterator[tuple[Bulletin, Content]]:
    """The words of many bulletins, newest first as given; what does not open is passed over.

    For the search. It fills no ledger: being found is not being read.
    """
    shown = list(bulletins)
    keys = open_keys(vault, KIND, [(b.uuid, b.revision) for b in shown])
    revisions = Revision.objects.filter(bulletin__in=[b.pk for b in shown])
    sealed: dict[Any, bytes] = {
        (pk, number): blob
        for pk, number, blob in revisions.values_list("bulletin_id", "number", "sealed_content")
    }
    for bulletin in shown:
        key, blob = (
            keys.get((bulletin.uuid, bulletin.revision)),
            sealed.get((bulletin.pk, bulletin.revision)),
        )
        if key is None or blob is None:
            continue
        try:
            yield bulletin, content_from(key.open_field("content", bytes(blob)))
        except CannotOpen:
            continue
