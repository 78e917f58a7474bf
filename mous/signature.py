"""A signature that was given here, as a file that anybody can verify without the portal.

    {"format": "iswg-signature/1", "signature": <hex>, "statement": {...}}

in the one canonical form (vault/crypto/canonical.py): another spelling is another file, and is
refused. The statement says everything that was signed, the signer's public keys and their
certificate among it. It is signed with her identity key, which no session holds: she typed her
passphrase for it. `tools/verify_signature.py` reads the same without any of our code.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from mous.content import ActWords
from mous.models import Act, Instrument, TextVersion
from vault.crypto.canonical import canonical, read_canonical
from vault.crypto.errors import CannotOpen
from vault.crypto.keys import PersonKeys, PersonPublic
from vault.directory import Directory
from vault.manifests import SealBroken

FORMAT = "iswg-signature/1"
LABEL = "iswg/v1/instrument signature"


def statement_of(
    *,
    instrument: Instrument,
    texts: Iterable[TextVersion],
    administration: str,
    name: str,
    office: str,
    capacity: str,
    kind: str,
    day: date,
    act_id: UUID,
    public: PersonPublic,
) -> dict[str, Any]:
    """What is signed, in plain facts."""
    rows = list(texts)
    return {
        "v": 1,
        "instrument": str(instrument.uuid),
        "title": instrument.title,
        "title_fr": instrument.title_fr,
        "version": rows[0].number,
        "texts": {one.language: one.sha256 for one in rows},
        "administration": administration,
        "name": name,
        "office": office,
        "capacity": capacity,
        "kind": kind,
        "date": day.isoformat(),
        "act": str(act_id),
        "keys": public.to_bytes(),
    }


def signed_file(keys: PersonKeys, statement: dict[str, Any]) -> str:
    """The file, signed by whoever these keys are."""
    signature = keys.identity.sign(LABEL, canonical(statement))
    whole = {"format": FORMAT, "statement": statement, "signature": signature}
    return canonical(whole).decode()


def read_signature(raw: str) -> dict[str, Any]:
    """The statement of a file, if the signature is that of the keys it names; else CannotOpen."""
    data = read_canonical(raw.encode())
    try:
        if data["format"] != FORMAT or set(data) != {"format", "statement", "signature"}:
            raise CannotOpen
        statement: dict[str, Any] = data["statement"]
        public = PersonPublic.from_bytes(bytes.fromhex(statement["keys"]))
        public.identity.verify(LABEL, canonical(statement), bytes.fromhex(data["signature"]))
    except (KeyError, TypeError, ValueError):
        raise CannotOpen from None
    return statement


def check_signature(
    act: Act, words: ActWords, texts: Iterable[TextVersion], view: Directory
) -> None:
    """Return if the file of an act that was signed here says what the act says, and its keys
    stand in the directory for whoever entered the act; else SealBroken."""
    try:
        said = dict(read_signature(words.signed))
    except CannotOpen:
        raise SealBroken from None
    instrument = act.instrument
    expected = {
        "v": 1,
        "instrument": str(instrument.uuid),
        "title": instrument.title,
        "title_fr": instrument.title_fr,
        "version": act.text.number if act.text else 0,
        "administration": act.party.code,
        "name": words.signatory,
        "office": words.signatory_title,
        "capacity": words.capacity,
        "kind": act.kind,
        "date": act.done_on.isoformat(),
        "act": str(act.uuid),
    }
    known = {
        one.public.to_bytes().hex()
        for one in view.history(act.entered_by_id)
        if one.administration == act.party.code
    }
    signed, keys = said.pop("texts"), said.pop("keys")
    # A language may have been deposited since: what was signed must lie here, not the reverse.
    there = {one.language: one.sha256 for one in texts}
    fits = act.text is not None and signed.get(act.text.language) == act.text.sha256
    if said != expected or keys not in known or not fits or not signed.items() <= there.items():
        raise SealBroken
