"""What people do with bulletins: draft, publish, acknowledge.

Every service locks, judges what it locked, changes, and records, in one transaction. Opening
is in `opening.py`, because it writes as well: it wraps keys, and it fills the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from access.actors import Actor
from access.grants import grant
from access.policy import Action, people_who_can, require, visible
from activity.events import Event
from activity.record import record
from bulletins.content import Content, DraftContent, FileFact, draft_from, to_bytes
from bulletins.facts import KIND, facts_of, notice_facts, target_of, topics_of
from bulletins.faults import faults_of
from bulletins.lawful import Lawfulness, lawfulness
from bulletins.models import (
    AdministrationCount,
    Bulletin,
    Draft,
    Entity,
    NamedOfficer,
    Outcome,
    PersonCount,
    Place,
    Recipient,
    Revision,
    Tlp,
    entity_id,
)
from bulletins.quota import refuse_one_too_many
from bulletins.readership import Readership, readership
from vault import files, remembered
from vault.crypto.context import context
from vault.crypto.envelope import open_sealed, seal
from vault.crypto.errors import CannotOpen
from vault.crypto.padding import pad, unpad
from vault.manifests import sign_manifest
from vault.objects import TITLE_FLOOR, DataKey, clear_facts, hand_out
from vault.sessions import Vault
from wording.references import make_reference

DRAFT_KIND = "draft"


class DraftChanged(Exception):
    """Somebody (the same person in another window, mostly) saved this draft meanwhile."""

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self.draft = draft


class NotPublishable(Exception):
    """The draft cannot be issued as it stands: sentences by field; `law` is what the register
    says of its recipients."""

    def __init__(self, faults: dict[str, str], law: Lawfulness) -> None:
        super().__init__()
        self.faults, self.law = faults, law


# Drafts ---------------------------------------------------------------------------------------


def _draft_context(draft: Draft) -> bytes:
    return context("iswg/v1/draft", draft.id, draft.author_id, draft.version)


def _seal_draft(vault: Vault, draft: Draft, content: DraftContent) -> bytes:
    return seal(vault.draft_key, _draft_context(draft), pad(to_bytes(content), floor=1024))


def open_draft(vault: Vault, draft: Draft) -> DraftContent:
    """The words of one's own draft; CannotOpen if it is not one's own or was tampered with."""
    return draft_from(
        unpad(open_sealed(vault.draft_key, _draft_context(draft), bytes(draft.sealed)))
    )


def open_draft_or_none(vault: Vault, draft: Draft) -> DraftContent | None:
    """For lists: one damaged draft must not hide the others."""
    try:
        return open_draft(vault, draft)
    except CannotOpen:
        return None


def is_put_back(vault: Vault, draft: Draft) -> bool:
    """Whether its author has saved a later version than the one that lies here.

    An older row fits its own seal. What tells it is the author's memory, which only her own keys
    read and write (vault/remembered.py).
    """
    known = remembered.recall(vault.user_id, vault.remember_key).drafts
    return draft.version < known.get(draft.pk.hex, 0)


def _remember(vault: Vault, draft: Draft, version: int) -> None:
    remembered.keep_draft(vault.user_id, vault.remember_key, draft.pk, version)


@transaction.atomic
def start_draft(
    *,
    actor: Actor,
    vault: Vault,
    content: DraftContent | None = None,
    draft_id: UUID | None = None,
) -> Draft:
    """Begin a draft, under an id that its page chose so that a first save can be repeated.

    TooManyDrafts if the person keeps as many as one may.
    """
    require(actor, Action.WRITE_DRAFT)
    refuse_one_too_many(actor)
    draft = Draft(author_id=actor.user_id, administration_id=actor.administration)
    if draft_id is not None and not Draft.objects.filter(pk=draft_id).exists():
        draft.id = draft_id
    draft.sealed = _seal_draft(vault, draft, content or DraftContent())
    draft.save(force_insert=True)
    _remember(vault, draft, draft.version)
    return draft


@transaction.atomic
def save_draft(
    *, actor: Actor, vault: Vault, draft: Draft, content: DraftContent, version: int
) -> Draft:
    """Keep what was typed. Saving an older version than the kept one is refused, not merged."""
    draft = Draft.objects.select_for_update().get(pk=draft.pk)
    require(actor, Action.EDIT_DRAFT, draft)
    if draft.version != version:
        kept = open_draft(vault, draft)
        if kept == content:
            return draft
        # A draft that a file began, before anything was typed, holds no words to lose.
        if version or kept != DraftContent():
            raise DraftChanged(draft)
    draft.version += 1
    draft.sealed = _seal_draft(vault, draft, content)
    draft.saved_at = timezone.now()
    draft.save(update_fields=["version", "sealed", "saved_at"])
    _remember(vault, draft, draft.version)
    return draft


@transaction.atomic
def discard_draft(*, actor: Actor, draft: Draft, vault: Vault | None = None) -> None:
    draft = Draft.objects.select_for_update().get(pk=draft.pk)
    require(actor, Action.EDIT_DRAFT, draft)
    files.discard_all(DRAFT_KIND, draft.id)
    if vault is not None:
        _remember(vault, draft, 0)
    record(actor, Event.DRAFT_DELETED, f"bulletins.draft:{draft.pk}")
    draft.delete()


# Publication ----------------------------------------------------------------------------------


def publish_bulletin(
    *, actor: Actor, vault: Vault, draft: Draft, version: int, answered: Iterable[str] = ()
) -> Bulletin:
    """Issue the draft: seal it for its recipients, freeze them, sign, tell them.

    `answered` are the recipients for whom the author answers on another basis, where the register
    only warns. Asked twice (a double click), the second time finds the bulletin and returns it.
    """
    try:
        return _published(actor, vault, draft, version, answered)
    except NotPublishable as refusal:
        refusal.law.record_refusal(actor, draft.pk)
        raise


@transaction.atomic
def _published(
    actor: Actor, vault: Vault, draft: Draft, version: int, answered: Iterable[str]
) -> Bulletin:
    # The lock first: whoever waits for it while the draft is issued finds the bulletin then.
    held = Draft.objects.select_for_update().filter(pk=draft.pk).first()
    issued = Bulletin.objects.filter(uuid=draft.pk, author_id=actor.user_id).first()
    if issued:
        return issued
    if held is None:
        raise Draft.DoesNotExist
    draft = held
    require(actor, Action.PUBLISH_BULLETIN, draft)
    if draft.version != version:
        raise DraftChanged(draft)
    content = open_draft(vault, draft)
    audience = readership(actor, vault, draft.pk, content)
    law = lawfulness(actor, content, audience.codes)
    faults = faults_of(content, actor, audience, law)
    if left := law.unanswered(answered):
        faults.setdefault("answered", left)
    if faults:
        raise NotPublishable(faults, law)
    return _issue(actor, vault, draft, content, audience, law)


def _issue(
    actor: Actor,
    vault: Vault,
    draft: Draft,
    content: DraftContent,
    audience: Readership,
    law: Lawfulness,
) -> Bulletin:
    content = _with_ids(draft.pk, content)
    bulletin = Bulletin.objects.create(
        uuid=draft.pk,
        ref=make_reference("B", lambda ref: Bulletin.objects.filter(ref=ref).exists()),
        product_type=content.product_type,
        tlp=content.tlp,
        urgency=content.urgency,
        origin_id=actor.administration,
        author_id=actor.user_id,
        issued_at=timezone.now(),
        due_on=content.due_on,
        valid_until=content.valid_until,
    )
    _freeze_recipients(bulletin, actor, audience)
    Entity.objects.bulk_create(Entity(uuid=one.id, bulletin=bulletin) for one in content.entities)
    manifest_hash = _seal_revision(vault, bulletin, content, audience)
    _remember(vault, draft, 0)
    draft.delete()
    record(
        actor,
        Event.BULLETIN_ISSUED,
        target_of(bulletin),
        detail={
            "revision": bulletin.revision,
            "manifest": manifest_hash,
            "recipients": sorted(audience.codes),
            "officers": sorted(audience.officer_ids),
            "tlp": bulletin.tlp,
            **({"bases": bases} if (bases := law.traced()) else {}),
        },
        audience=people_who_can(Action.READ_BULLETIN, bulletin),
        notice=notice_facts(bulletin),
        topics=topics_of(bulletin),
    )
    return bulletin


def _with_ids(bulletin: UUID, content: DraftContent) -> DraftContent:
    """Each thing that it names gets the id under which a discussion may be about it."""
    named = enumerate(one for one in content.entities if one.title)
    facts = tuple(replace(one, id=str(entity_id(bulletin, place))) for place, one in named)
    return replace(content, entities=facts)


def _freeze_recipients(bulletin: Bulletin, actor: Actor, audience: Readership) -> None:
    named = bulletin.tlp == Tlp.RED
    now = timezone.now()
    Recipient.objects.bulk_create(
        Recipient(
            administration_id=code,
            bulletin=bulletin,
            place=Place.ORIGIN if code == actor.administration else Place.TO,
            named_only=named,
            delivered_at=now if code == actor.administration else None,
        )
        for code in sorted(audience.codes | {actor.administration})
    )
    if named:
        grant(NamedOfficer, "read", audience.named_people, bulletin)
        _count_named(audience, actor)
        return
    # In one order for everybody: two who publish at once would wait for each other.
    for code in sorted(audience.codes - {actor.administration}):
        AdministrationCount.objects.get_or_create(administration_id=code)
        AdministrationCount.objects.filter(pk=code).update(received=F("received") + 1)


def _count_named(audience: Readership, actor: Actor) -> None:
    for person in sorted(audience.named_people, key=lambda one: one.pk):
        if person.administration_code != actor.administration:
            PersonCount.objects.get_or_create(
                user_id=person.pk, defaults={"administration_id": person.administration_code}
            )
            PersonCount.objects.filter(user_id=person.pk).update(named=F("named") + 1)


def _seal_revision(
    vault: Vault, bulletin: Bulletin, content: DraftContent, audience: Readership
) -> str:
    """Seal the words and files for the frozen recipients; the hash of the signed manifest."""
    data_key = DataKey.make(KIND, bulletin.uuid, bulletin.revision)
    adopted = files.adopt(vault, DRAFT_KIND, KIND, data_key)
    content = replace(content, files=tuple(_named(one) for one in adopted))
    words = _words_only(content)
    clear = facts_of(bulletin)
    sealed = {
        "title": data_key.seal_field(
            "title", content.title.encode(), binds=clear_facts(clear), floor=TITLE_FLOOR
        ),
        "content": data_key.seal_field("content", to_bytes(words), floor=1024),
    }
    Revision.objects.create(
        bulletin=bulletin,
        number=bulletin.revision,
        sealed_title=sealed["title"],
        sealed_content=sealed["content"],
    )
    hand_out(data_key, audience.holders)
    manifest = sign_manifest(
        vault,
        data_key,
        clear=clear,
        holders=audience.holders,
        sealed={**sealed, **{f"file:{one.id}": one.signed_bytes() for one in adopted}},
        files=[(str(one.id), one.row.state) for one in adopted],
    )
    return bytes(manifest.hash).hex()


def _named(one: files.AdoptedFile) -> FileFact:
    facts = one.facts
    notes = tuple((facts.verdict or {}).get("notes", ()))
    return FileFact(str(one.id), facts.name, facts.size, facts.media_type, facts.sha256, notes)


def _words_only(content: DraftContent) -> Content:
    return Content(**{name: getattr(content, name) for name in Content.__dataclass_fields__})


# The ledger -----------------------------------------------------------------------------------


@transaction.atomic
def acknowledge(*, actor: Actor, bulletin: Bulletin) -> Recipient:
    """Record, for the actor's administration, that it was read and its handling accepted.

    Once for an administration: whoever comes second finds it done, and nothing changes.
    """
    row = _lock_row(actor, bulletin)
    if row.acknowledged_at is None:
        row.acknowledged_at = timezone.now()
        row.acknowledged_by_id = actor.user_id
        row.outcome = Outcome.ACKNOWLEDGED
        row.save(update_fields=["acknowledged_at", "acknowledged_by", "outcome"])
        record(
            actor,
            Event.BULLETIN_ACKNOWLEDGED,
            target_of(bulletin),
            audience=people_who_can(Action.READ_BULLETIN, bulletin) & people_in(bulletin.origin_id),
            notice=notice_facts(bulletin),
            topics=topics_of(bulletin),
        )
    return row


@transaction.atomic
def record_outcome(*, actor: Actor, bulletin: Bulletin, outcome: str) -> Recipient:
    """What came of it: acted on, or nothing to report. It acknowledges as well."""
    row = _lock_row(actor, bulletin)
    if row.acknowledged_at is None:
        row = acknowledge(actor=actor, bulletin=bulletin)
    if row.outcome != outcome:
        row.outcome = Outcome(outcome)
        row.outcome_at = timezone.now()
        row.save(update_fields=["outcome", "outcome_at"])
        record(
            actor,
            Event.BULLETIN_OUTCOME,
            target_of(bulletin),
            detail={"outcome": outcome},
            topics=topics_of(bulletin),
        )
    return row


def _lock_row(actor: Actor, bulletin: Bulletin) -> Recipient:
    row = Recipient.objects.select_for_update().get(
        administration=actor.administration, bulletin=bulletin
    )
    require(actor, Action.ACKNOWLEDGE_BULLETIN, row.bulletin)
    return row


@transaction.atomic
def report_broken_seal(*, actor: Actor, bulletin: Bulletin) -> None:
    """Somebody met a bulletin that is not what its author signed: the journal must say so."""
    require(actor, Action.READ_BULLETIN, bulletin)
    record(actor, Event.SEAL_BROKEN, target_of(bulletin))


def people_in(code: str) -> Q:
    return Q(appointments__administration=code)


def draft_of(actor: Actor, draft_id: UUID) -> Draft | None:
    return visible(Draft.objects.all(), actor, Action.EDIT_DRAFT).filter(pk=draft_id).first()
