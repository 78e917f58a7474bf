"""Texts: deposited once, fetched, and certified. The sum of the plain bytes is what is signed.

A version has one file a language; versions share a number. Nothing is replaced: what is agreed
anew is deposited as the next version.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from access.actors import Actor
from access.policy import Action, people_who_can, require
from activity.events import Event
from activity.record import record
from mous.content import FLOOR, SHORT_LIMIT, FileFact, Said, named, read, to_bytes
from mous.facts import DRAFT_KIND, notice_facts, target_of, topics_of
from mous.holding import held
from mous.models import ActDraft, Instrument, TextVersion
from mous.sealing import Locked, OpenKey, key_to_write_under, open_keys, sealed_for
from mous.services.acts import NotPossible
from mous.services.drafts import TEXT
from mous.services.evidence import verified
from vault import files
from vault.crypto.errors import CannotOpen
from vault.directory import Directory, directory
from vault.manifests import SealBroken
from vault.models import SealedFile
from vault.sessions import Vault
from vault.statements import check_statement, sign_statement

LABEL = "iswg/v1/register text"
FILE_KIND = "register text"
LANGUAGES = ("en", "fr")


@dataclass(frozen=True, slots=True)
class OpenText:
    """A deposited text: its file and what changed, or why they are not there."""

    row: TextVersion
    note: str = ""
    file: FileFact | None = None
    broken: bool = False
    locked: bool = False


def texts_of(instrument: Instrument) -> QuerySet[TextVersion]:
    """The newest version first."""
    rows = TextVersion.objects.filter(instrument=instrument)
    return rows.select_related("key", "entered_by", "entered_for", "instrument")


def newest_texts(instrument: Instrument) -> list[TextVersion]:
    """What is signed today: the newest version, in each of its languages."""
    rows = list(texts_of(instrument))
    return [one for one in rows if one.number == rows[0].number]


def statement(row: TextVersion) -> dict[str, Any]:
    """What the depositary's officer signs about a text."""
    return {
        "v": 1,
        "instrument": row.instrument.uuid.hex,
        "text": row.uuid.hex,
        "number": row.number,
        "language": row.language,
        "sha256": row.sha256,
        "size": row.size,
        "key": row.key.uuid.hex,
        "digest": hashlib.sha256(bytes(row.sealed)).hexdigest(),
        "author": row.entered_by_id,
        "administration": row.entered_for_id,
        "entered_at": row.entered_at.isoformat(timespec="microseconds"),
    }


def open_texts(vault: Vault | None, rows: Iterable[TextVersion]) -> list[OpenText]:
    """Each checked against its signature, with its words if the key is there."""
    found = list(rows)
    keys = open_keys(vault, {one.key_id: one.key for one in found}.values())
    view = directory()
    return [_opened(one, keys.get(one.key_id), view) for one in found]


def _opened(row: TextVersion, opened: OpenKey | None, view: Directory) -> OpenText:
    try:
        check_text(row, view)
        if opened is None:
            return OpenText(row, locked=True)
        said = read(
            Said, sealed_for(opened, "text", row.uuid).open_field("words", bytes(row.sealed))
        )
        (file,) = said.files
        if file.sha256 != row.sha256:
            raise SealBroken
        return OpenText(row, said.text, file)
    except (CannotOpen, ValueError):
        return OpenText(row, broken=True)


def check_text(row: TextVersion, view: Directory) -> None:
    """The signature of who deposited it; else SealBroken."""
    check_statement(
        view, LABEL, statement(row), row.signature,
        author=row.entered_by_id, administration=row.entered_for_id,
    )  # fmt: skip


@transaction.atomic
def deposit_text(
    *,
    actor: Actor,
    vault: Vault,
    instrument: Instrument,
    text_id: UUID,
    language: str,
    anew: bool = False,
    note: str = "",
) -> TextVersion:
    """Deposit the one file of a draft: a language of the newest version, or (`anew`) of the next.
    Sent twice under one id it is deposited once."""
    instrument = held(instrument)
    require(actor, Action.KEEP_REGISTER, instrument)
    known = TextVersion.objects.filter(uuid=text_id, entered_by=actor.user_id).first()
    if known is not None:
        return known
    number = _number(instrument, anew)
    if faults := _faults(actor, instrument, text_id, language, number, note):
        raise NotPossible(faults)
    opened = key_to_write_under(actor, vault)
    key = sealed_for(opened, "text", text_id)
    (file,) = named(files.adopt(vault, DRAFT_KIND, FILE_KIND, key))
    row = TextVersion(
        uuid=text_id, instrument=instrument, number=number, language=language,
        sha256=file.sha256, size=file.size, key=opened.row,
        sealed=key.seal_field("words", to_bytes(Said(note.strip(), files=(file,))), floor=FLOOR),
        entered_by_id=actor.user_id, entered_for_id=actor.administration,
        entered_at=timezone.now(),
    )  # fmt: skip
    row.signature = sign_statement(vault, LABEL, statement(row))
    row.save(force_insert=True)
    ActDraft.objects.filter(pk=text_id).delete()
    record(
        actor,
        Event.TEXT_DEPOSITED,
        target_of(instrument),
        detail={
            "text": str(row.uuid), "number": number, "digest": row.sha256,
            **({"key": opened.made} if opened.made else {}),
        },
        audience=people_who_can(Action.READ_REGISTER, instrument),
        notice=notice_facts(instrument, merged=True),
        topics=topics_of(instrument),
    )  # fmt: skip
    return row


def _number(instrument: Instrument, anew: bool) -> int:
    last = instrument.texts.order_by("-number").values_list("number", flat=True).first() or 0
    return last + 1 if anew or not last else last


def _faults(
    actor: Actor, instrument: Instrument, text_id: UUID, language: str, number: int, note: str
) -> dict[str, str]:
    faults = {}
    draft = ActDraft.objects.filter(
        pk=text_id, author=actor.user_id, administration=actor.administration,
        instrument=instrument, purpose=TEXT,
    )  # fmt: skip
    attached = files.attached_to(DRAFT_KIND, text_id).count() if draft.exists() else 0
    if attached != 1:
        faults["files"] = _("Attach the file of the text: exactly one a language.")
    elif files.unfinished(DRAFT_KIND, text_id):
        faults["files"] = _("A file has not arrived in full, or was refused. Finish or remove it.")
    if language not in LANGUAGES:
        faults["language"] = _("Choose one of the list.")
    elif TextVersion.objects.filter(
        instrument=instrument, number=number, language=language
    ).exists():
        faults["language"] = _(
            "This version has its text in this language. Another text is a new version."
        )
    if len(note) > SHORT_LIMIT:
        faults["note"] = _("Shorten this.")
    return faults


# Taking away ----------------------------------------------------------------------------------


def open_text_file(*, actor: Actor, vault: Vault | None, row: TextVersion) -> files.OpenFile:
    """The text itself, every byte verified before the first goes out; recorded. Locked without
    the key; SealBroken if it is not what was deposited."""
    require(actor, Action.READ_REGISTER, row.instrument)
    ready = _checked(vault, row)
    with transaction.atomic():
        _record_copy(actor, row, certified=False)
    return ready


def _checked(vault: Vault | None, row: TextVersion) -> files.OpenFile:
    opened = open_keys(vault, [row.key]).get(row.key_id)
    if opened is None:
        raise Locked
    (shown,) = open_texts(vault, [row])
    if shown.file is None:
        raise SealBroken
    found = SealedFile.objects.filter(kind=FILE_KIND, object_id=row.uuid, pk=shown.file.id).first()
    stored = files.StoredFile(found.id, found) if found else None
    return verified(sealed_for(opened, "text", row.uuid), stored, shown.file)


def _record_copy(actor: Actor, row: TextVersion, *, certified: bool) -> None:
    detail = {"text": str(row.uuid), "number": row.number, "as_pdf": certified}
    record(actor, Event.CERTIFIED_COPY_TAKEN, target_of(row.instrument), detail=detail)


@transaction.atomic
def note_certified(*, actor: Actor, row: TextVersion) -> None:
    """A certified true copy was made out to this reader."""
    require(actor, Action.READ_REGISTER, row.instrument)
    _record_copy(actor, row, certified=True)


def checked_for_certificate(vault: Vault | None, row: TextVersion) -> files.OpenFile:
    """What the certificate vouches for: the stored file was read whole, and has this sum."""
    return _checked(vault, row)
