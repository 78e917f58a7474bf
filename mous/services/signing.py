"""Signing here: the head of an administration, with her own key, over the sum of each text.

What comes of it is an act like any other, which a second person, the depositary's, confirms.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from access.actors import Actor
from access.policy import Action, require
from mous.content import SHORT_LIMIT, ActWords
from mous.holding import held, held_party
from mous.lifecycle import SIGNATURES, SIGNED, Kind
from mous.models import Act, ActState, Instrument, Party, TextVersion
from mous.queries import Picture
from mous.services.acts import Entry, NotPossible, enter_act
from mous.services.texts import check_text, newest_texts, texts_of
from mous.signature import check_signature, signed_file, statement_of
from vault.crypto.keys import PersonKeys
from vault.manifests import SealBroken
from vault.sessions import Vault

KINDS = (Kind.SIGNED_DEFINITIVE, Kind.SIGNED_SUBJECT)


def signable_texts(instrument: Instrument, view_of: Vault) -> list[TextVersion]:
    """The texts that would be signed now, each as the depositary signed it; else SealBroken."""
    rows = newest_texts(instrument)
    for one in rows:
        check_text(one, view_of.directory())
    return rows


@transaction.atomic
def sign_instrument(
    *,
    actor: Actor,
    keys: PersonKeys,
    vault: Vault,
    instrument: Instrument,
    party: Party,
    act_id: UUID,
    kind: str,
    name: str,
    office: str,
    day: date,
    seen: str,
    capacity: str = "",
) -> Act:
    """Sign the newest text. `seen` is what `seal_of` said on the page: if another text was
    deposited meanwhile, nothing is signed. Sent twice under one id it is signed once."""
    instrument = held(instrument)
    party = held_party(party, instrument)
    require(actor, Action.SIGN_INSTRUMENT, party)
    known = Act.objects.filter(uuid=act_id, entered_by=actor.user_id).first()
    if known is not None:
        return known
    texts = signable_texts(instrument, vault)
    name, office, capacity = name.strip(), office.strip(), capacity.strip()
    faults = _faults(instrument, party, texts, kind, day, seen)
    faults |= _words(name, office, capacity)
    if faults:
        raise NotPossible(faults)
    statement = statement_of(
        instrument=instrument, texts=texts, administration=party.code, name=name, office=office,
        capacity=capacity, kind=kind, day=day, act_id=act_id, public=keys.public,
    )  # fmt: skip
    words = ActWords(
        signatory=name, signatory_title=office, capacity=capacity,
        signed=signed_file(keys, statement),
    )  # fmt: skip
    entry = Entry(
        kind, day, received_on=day, words=words, electronic=True, text=texts[0],
    )  # fmt: skip
    return enter_act(
        actor=actor, vault=vault, instrument=instrument, party=party, entry=entry, act_id=act_id
    )


def seal_of(texts: list[TextVersion]) -> str:
    """Which texts were on the page, in one word."""
    return "-".join(one.sha256 for one in texts)


def _faults(
    instrument: Instrument, party: Party, texts: list[TextVersion], kind: str, day: date, seen: str
) -> dict[str, str]:
    if not texts:
        return {"kind": _("No text has been deposited yet, so there is nothing to sign.")}
    if seal_of(texts) != seen:
        return {"read": _("Another text was deposited meanwhile. Read it before you sign.")}
    if day < instrument.opened_on:
        return {"kind": _("It is not open for signature yet.")}
    if has_signed(instrument, party, day):
        return {"kind": _("Your administration has signed already, or its signature waits.")}
    return {} if kind in KINDS else {"kind": _("Choose one of the list.")}


def has_signed(instrument: Instrument, party: Party, day: date) -> bool:
    """Whether a signature holds on that day, or waits for a second person."""
    waiting = Act.objects.filter(
        instrument=instrument, party=party, kind__in=SIGNATURES, state=ActState.ENTERED
    )
    return waiting.exists() or Picture(instrument).state(party.code, day) in SIGNED


def _words(name: str, office: str, capacity: str) -> dict[str, str]:
    faults = {}
    if not name:
        faults["name"] = _("Say who signs.")
    if not office:
        faults["office"] = _("Say in which office.")
    limits = {"name": name, "office": office, "capacity": capacity}
    return faults | {
        field: _("Shorten this.") for field, value in limits.items() if len(value) > SHORT_LIMIT
    }


def check_signed(vault: Vault, act: Act, words: ActWords) -> None:
    """Return if the signature file of this act verifies, over the texts that lie here."""
    if act.text is None:
        raise SealBroken
    texts = [one for one in texts_of(act.instrument) if one.number == act.text.number]
    view = vault.directory()
    for one in texts:
        check_text(one, view)
    check_signature(act, words, texts, view)
