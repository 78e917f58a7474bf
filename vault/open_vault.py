"""The opened vault of one session: what may be opened and signed, and what may not.

It holds the secrets of the administration's epochs, the person's content-signing secret, her
draft key and the secret of her personal box. It does *not* hold her root, nor the key that
opens grants: whoever steals a session cannot make a member, an epoch or a slot with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from vault import remembered
from vault.crypto.box import BoxKey
from vault.crypto.canonical import canonical, read_canonical
from vault.crypto.derive import derive
from vault.crypto.errors import CannotOpen
from vault.crypto.keys import EpochKeys, PersonKeys
from vault.crypto.signing import SigningKey

if TYPE_CHECKING:
    from vault.directory import Directory, EpochEntry


class _Epoch(NamedTuple):
    number: int
    secret: bytes
    wrap_key: bytes


# No repr, so that secrets do not get into tracebacks and logs; and no two vaults are "equal".
@dataclass(frozen=True, repr=False, eq=False)
class Vault:
    """The keys of one person in one session, derived only when they are used."""

    user_id: int
    administration: str
    draft_key: bytes
    remember_key: bytes
    content_secret: bytes
    personal_secret: bytes
    personal_id: bytes
    _epochs: dict[bytes, _Epoch]
    session_id: UUID | None = None

    @cached_property
    def content(self) -> SigningKey:
        """Signs what the person writes."""
        return SigningKey.derive(self.content_secret)

    @cached_property
    def personal(self) -> BoxKey:
        """Opens what was sealed for the person alone (TLP:RED)."""
        return BoxKey.derive(self.personal_secret)

    @cached_property
    def epochs(self) -> dict[bytes, EpochKeys]:
        """The administration's epochs by key id, newest first."""
        return {key_id: EpochKeys.derive(epoch.secret) for key_id, epoch in self._epochs.items()}

    @property
    def is_granted(self) -> bool:
        """Whether a colleague has handed over the administration's key yet."""
        return bool(self._epochs)

    @property
    def newest(self) -> int:
        """The number of the newest epoch this vault opens; 0 without a grant."""
        return max((epoch.number for epoch in self._epochs.values()), default=0)

    @cached_property
    def key_ids(self) -> tuple[bytes, ...]:
        """Every key this vault opens things with: the epochs', and the person's own."""
        return (*self._epochs, self.personal_id)

    def holds(self, key_id: bytes) -> bool:
        return bytes(key_id) in self.key_ids

    def box_key(self, key_id: bytes) -> BoxKey:
        if bytes(key_id) == self.personal_id:
            return self.personal
        return self._keys(key_id).box

    def wrap_key(self, key_id: bytes) -> bytes:
        """What data keys are wrapped under after their first opening."""
        key_id = bytes(key_id)
        if key_id == self.personal_id:
            return derive(self.personal_secret, "iswg/v1/person/personal wrap key")
        if key_id not in self._epochs:
            raise CannotOpen
        return self._epochs[key_id].wrap_key

    def epoch_key_id(self, number: int) -> bytes | None:
        return next((k for k, epoch in self._epochs.items() if epoch.number == number), None)

    def epoch_number(self, key_id: bytes) -> int:
        epoch = self._epochs.get(bytes(key_id))
        if epoch is None:
            raise CannotOpen
        return epoch.number

    def directory(self) -> Directory:
        """The directory, if it extends the longest one this person has seen. Ask before sealing."""
        return remembered.directory_for(self.user_id, self.remember_key)

    def sealable_epochs(self, codes: Iterable[str]) -> dict[str, EpochEntry | None]:
        """As Directory.sealable_epoch for each, with the fingerprints this person has compared."""
        view, memory = remembered.directory_and_memory(self.user_id, self.remember_key)
        confirmed = remembered.confirmed_keys(memory)
        return {code: view.sealable_epoch(code, confirmed=confirmed) for code in codes}

    def sealable_epoch(self, code: str) -> EpochEntry | None:
        """The same for one administration."""
        return self.sealable_epochs([code])[code]

    def confirmed(self) -> frozenset[bytes]:
        """The epochs, by key id, whose fingerprint this person has compared by voice."""
        return remembered.confirmed_keys(remembered.recall(self.user_id, self.remember_key))

    def _keys(self, key_id: bytes) -> EpochKeys:
        found = self.epochs.get(bytes(key_id))
        if found is None:
            raise CannotOpen
        return found


def fill(
    user_id: int,
    administration: str,
    root: bytes,
    keys: PersonKeys,
    epochs: Iterable[tuple[int, EpochKeys]],
) -> Vault:
    """The vault that a person's root opens."""
    return Vault(
        user_id=user_id,
        administration=administration,
        draft_key=keys.draft_key,
        remember_key=remembered.remember_key(root),
        content_secret=keys.content_secret,
        personal_secret=keys.personal_secret,
        personal_id=keys.personal.public.key_id,
        _epochs={
            keys_of.public.key_id: _Epoch(number, keys_of.secret, keys_of.wrap_key)
            for number, keys_of in epochs
        },
    )


def to_bytes(vault: Vault) -> bytes:
    """What lies, sealed, in the row of the session."""
    facts: dict[str, Any] = {
        "v": 1,
        "user": vault.user_id,
        "administration": vault.administration,
        "draft": vault.draft_key,
        "remember": vault.remember_key,
        "content": vault.content_secret,
        "personal": vault.personal_secret,
        "personal_id": vault.personal_id,
        "epochs": [[key_id, *epoch] for key_id, epoch in vault._epochs.items()],
    }
    return canonical(facts)


def from_bytes(raw: bytes, session_id: UUID) -> Vault:
    facts = read_canonical(raw)
    try:
        return Vault(
            user_id=facts["user"],
            administration=facts["administration"],
            draft_key=bytes.fromhex(facts["draft"]),
            remember_key=bytes.fromhex(facts["remember"]),
            content_secret=bytes.fromhex(facts["content"]),
            personal_secret=bytes.fromhex(facts["personal"]),
            personal_id=bytes.fromhex(facts["personal_id"]),
            _epochs={
                bytes.fromhex(key_id): _Epoch(
                    number, bytes.fromhex(secret), bytes.fromhex(wrap_key)
                )
                for key_id, number, secret, wrap_key in facts["epochs"]
            },
            session_id=session_id,
        )
    except (KeyError, TypeError, ValueError):
        raise CannotOpen from None
