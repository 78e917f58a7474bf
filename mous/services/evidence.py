"""The documents of an act: verified to the last byte, compared with what was signed, recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import transaction

from access.actors import Actor
from access.policy import Action, require
from activity.events import Event
from activity.record import record
from mous.content import FileFact
from mous.facts import FILE_KIND, act_target, target_of
from mous.models import Act, Instrument
from mous.reading import open_acts
from mous.sealing import Locked, open_keys, sealed_for
from vault import files
from vault.manifests import SealBroken
from vault.models import SealedFile
from vault.objects import DataKey
from vault.sessions import Vault


def stored_files(acts: Iterable[Act]) -> Mapping[str, files.StoredFile]:
    """The documents that lie here, by their id, in one query."""
    rows = SealedFile.objects.filter(kind=FILE_KIND, object_id__in=[one.uuid for one in acts])
    return {str(row.id): files.StoredFile(row.id, row) for row in rows}


def open_evidence(*, actor: Actor, vault: Vault | None, act: Act, file_id: UUID) -> files.OpenFile:
    """A document of an act, whether or not the act was confirmed: who confirms has to see it, and
    what was declined stays. Locked without the key; SealBroken if it is not what was entered;
    ObjectDoesNotExist if the act names no such document."""
    require(actor, Action.READ_REGISTER, act.instrument)
    opened = open_keys(vault, [act.key]).get(act.key_id)
    if opened is None:
        raise Locked
    (shown,) = open_acts(vault, [act])
    if shown.words is None:
        raise SealBroken
    fact = next((one for one in shown.words.files if one.id == str(file_id)), None)
    if fact is None:
        raise SealedFile.DoesNotExist
    stored = stored_files([act]).get(fact.id)
    ready = verified(sealed_for(opened, "act", act.uuid), stored, fact)
    with transaction.atomic():
        detail = {"act": str(act.uuid), "number": act.number, "file": str(file_id)}
        record(actor, Event.EVIDENCE_DOWNLOADED, target_of(act.instrument), detail=detail)
    return ready


def verified(key: DataKey, stored: files.StoredFile | None, fact: FileFact) -> files.OpenFile:
    """Every piece verified, and the whole compared with what the entry says of it."""
    if stored is None:
        raise SealBroken
    ready = files.open_for_reading(key, stored)
    said = fact.name, fact.size, fact.media_type, fact.sha256
    if said != (ready.name, ready.size, ready.media_type, ready.sha256):
        raise SealBroken
    return ready


@transaction.atomic
def report_broken_seal(*, actor: Actor, instrument: Instrument, act: Act | None = None) -> None:
    """Somebody met a document that is not what was entered: the journal must say so."""
    require(actor, Action.READ_REGISTER, instrument)
    record(actor, Event.SEAL_BROKEN, act_target(act) if act else target_of(instrument))


@transaction.atomic
def report_refused_file(*, actor: Actor, instrument: Instrument, file_id: UUID) -> None:
    """The scanner found something in a document, now gone: for the record."""
    require(actor, Action.READ_REGISTER, instrument)
    record(actor, Event.FILE_REFUSED, target_of(instrument), detail={"file": str(file_id)})
