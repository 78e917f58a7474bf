"""What the key directory says, entry by entry, and how it says that it cannot be believed."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from vault.crypto.box import BoxPublic
from vault.crypto.keys import EpochPublic, PersonPublic

SECRETARIAT = "OCO"
BREAK_WAITS = datetime.timedelta(hours=72)


class DirectoryBroken(Exception):
    """The key directory cannot be believed, so nothing is sealed. Carries a line number at most."""

    sentence = _(
        "The directory of keys does not hold together, so nothing can be sealed or checked. "
        "Nothing of yours is lost. Tell the Secretariat."
    )

    def __init__(self, seq: int | None = None) -> None:
        super().__init__()
        self.seq = seq


class DirectoryShortened(DirectoryBroken):
    """It holds together, but somebody here has seen a longer or a different one."""

    sentence = _(
        "The directory of keys is older than the one you have seen before, so nothing can be "
        "sealed or checked. Nothing of yours is lost. Tell the Secretariat."
    )


@dataclass(frozen=True, slots=True)
class PersonEntry:
    """A person's keys, for one administration, from line `seq` on."""

    seq: int
    at: datetime.datetime
    user_id: int
    administration: str
    public: PersonPublic
    entered_by: bytes
    revoked_at: int | None = None  # the line that revoked them

    @property
    def key_id(self) -> bytes:
        return self.public.key_id

    @property
    def revoked(self) -> bool:
        return self.revoked_at is not None

    @property
    def is_secretariat(self) -> bool:
        return self.administration == SECRETARIAT

    @property
    def role(self) -> str:
        return "secretariat" if self.is_secretariat else "member"

    @property
    def fingerprint(self) -> list[str]:
        return self.public.fingerprint

    def was_active_at(self, size: int) -> bool:
        """Whether they stood in the directory when it was `size` lines long."""
        return self.seq < size and (self.revoked_at is None or self.revoked_at >= size)


@dataclass(frozen=True, slots=True)
class EpochEntry:
    """The keys of an administration, from line `seq` until its next epoch."""

    seq: int
    at: datetime.datetime
    administration: str
    number: int
    public: EpochPublic
    made_by: bytes
    witness: bytes = b""
    witnessed_at: datetime.datetime | None = None
    kept_at: datetime.datetime | None = None  # by the server's own clock, when it was entered

    @property
    def key_id(self) -> bytes:
        return self.public.key_id

    @property
    def broken(self) -> bool:
        """Whether the former epoch did not vouch for this one."""
        return self.witnessed_at is not None

    @property
    def sealable_from(self) -> datetime.datetime:
        """Maker and witness write the times of the line, and could date it back together; so
        the wait is counted from the latest of all clocks, the server's own among them."""
        if self.witnessed_at is None:
            return self.at
        return max(self.witnessed_at, self.at, self.kept_at or self.at) + BREAK_WAITS

    @property
    def fingerprint(self) -> list[str]:
        return self.public.fingerprint


@dataclass(frozen=True, slots=True)
class EnvelopeEntry:
    """The public key of the code on paper in an administration's safe, until the next one."""

    seq: int
    at: datetime.datetime
    administration: str
    number: int
    epoch: int  # which vouched for it
    public: BoxPublic
    salt: bytes
    made_by: bytes

    @property
    def key_id(self) -> bytes:
        return self.public.key_id


@dataclass(frozen=True, slots=True)
class ClientEntry:
    """The key of a machine client of an administration."""

    seq: int
    client: str
    administration: str
    public: BoxPublic
    revoked_at: int | None = None
