"""Where keys and sealed things lie. Each row is useless to whoever copies it alone."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


class SlotKind(models.TextChoices):
    PASSPHRASE = "passphrase"  # noqa: S105 (the name of a kind, not a secret)
    RECOVERY = "recovery"


class KeySlot(models.Model):
    """A person's root, locked with something only that person has (security.md section 1).

    `serial` rises with every new slot of a kind, and the person remembers the highest one: a
    slot put back from a backup, with the old phrase, is refused.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="key_slots")
    kind = models.CharField(max_length=12, choices=SlotKind)
    serial = models.PositiveIntegerField(default=1)
    pepper_id = models.PositiveSmallIntegerField()
    memory_kib = models.PositiveIntegerField()
    passes = models.PositiveSmallIntegerField()
    lanes = models.PositiveSmallIntegerField()
    blob = models.BinaryField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="one_slot_of_a_kind")]


class KeyClaim(models.Model):
    """The public keys a person made, waiting until somebody vouches for them.

    Nothing is sealed to these: the directory alone says whose key is whose. The colleague
    compares the eight words by voice, because a hand in the database could exchange the row.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="key_claim"
    )
    public = models.BinaryField()
    made_at = models.DateTimeField(default=timezone.now)


class DirectoryEntry(models.Model):
    """One line of the key directory: append-only, chained and signed (vault/directory.py)."""

    seq = models.BigIntegerField(primary_key=True)
    prev = models.BinaryField(max_length=32)
    body = models.BinaryField()
    signature = models.BinaryField(max_length=64)
    hash = models.BinaryField(max_length=32)
    at = models.DateTimeField(default=timezone.now)


class EpochGrant(models.Model):
    """The secret of an administration's epoch, sealed to one colleague and signed by another.

    `as_of` is the length of the directory when it was signed: the granter must have been an
    active member of the administration at that length.
    """

    administration = models.CharField(max_length=8)
    epoch = models.PositiveIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="grants")
    key_id = models.BinaryField(max_length=16)
    box = models.BinaryField()
    granter = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    granter_key = models.BinaryField(max_length=16)
    as_of = models.BigIntegerField()
    signature = models.BinaryField(max_length=64)
    voucher = models.BinaryField(
        max_length=64, default=b"", help_text="the epoch's own signature; none in rows of before"
    )
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["administration", "epoch", "key_id"], name="one_grant_per_key"
            )
        ]


class EpochLink(models.Model):
    """The former epoch's secret under the new one's wrap key: the new opens the old."""

    administration = models.CharField(max_length=8)
    epoch = models.PositiveIntegerField(help_text="the newer of the two")
    blob = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["administration", "epoch"], name="one_link_per_epoch")
        ]


class EnvelopeBox(models.Model):
    """An epoch's secret for the code on paper in the administration's own safe.

    For which key stands in the directory, not here. The epoch signed it, so that a box which a
    hand put in its place is noticed before the day on which it is needed.
    """

    administration = models.CharField(max_length=8)
    epoch = models.PositiveIntegerField()
    key_id = models.BinaryField(max_length=16)
    box = models.BinaryField()
    signature = models.BinaryField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["administration", "epoch"], name="one_envelope_box_per_epoch"
            )
        ]


class Proposal(models.Model):
    """A new beginning that waits for its witness (vault/proposals.py).

    The secret of the proposed epoch is sealed for the proposer alone; the public key is a claim
    like any other: eight words of it are compared by voice.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    administration = models.CharField(max_length=8)
    proposer = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    proposer_key = models.BinaryField(max_length=16)
    number = models.PositiveIntegerField()
    public = models.BinaryField()
    secret = models.BinaryField()
    made_at = models.DateTimeField(default=timezone.now)
    witness = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    witness_key = models.BinaryField(max_length=16, null=True)
    witnessed_at = models.CharField(max_length=40, blank=True, help_text="as it was signed")
    signature = models.BinaryField(max_length=64, null=True)
    ended_at = models.DateTimeField(null=True, help_text="begun, or withdrawn")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["administration"],
                condition=models.Q(ended_at__isnull=True),
                name="one_open_proposal_per_administration",
            )
        ]


class NewStart(models.Model):
    """A link by mail to begin again with a new key, because phrase and code are lost.

    Only the hash of the token is kept. A row without a person was asked for with an address that
    nobody has: asking costs the same, and tells nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="new_starts"
    )
    token_hash = models.BinaryField(max_length=32, unique=True)
    factor_lost = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=timezone.now)
    opens_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, help_text="used, or withdrawn")


class VaultSession(models.Model):
    """The unlocked keys of one session, useless without the secret in that browser's cookie."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="vault_sessions"
    )
    session_hash = models.BinaryField(max_length=32, db_index=True)
    auth_epoch = models.PositiveIntegerField()
    pending = models.BooleanField(default=False, help_text="between phrase and second factor")
    blob = models.BinaryField()
    made_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(default=timezone.now)


class Remembered(models.Model):
    """The highest directory head, epochs and checkpoint a person has seen, sealed for them."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="remembered"
    )
    blob = models.BinaryField()


class KeyHolder(models.Model):
    """One object's data key for one holder: a box until it is first opened, then a wrap."""

    kind = models.CharField(max_length=20)
    object_id = models.UUIDField()
    revision = models.PositiveIntegerField()
    key_id = models.BinaryField(max_length=16)
    holder = models.CharField(max_length=20, help_text="administration code, or user:<id>")
    epoch = models.PositiveIntegerField(default=0)
    box = models.BinaryField(null=True)
    wrap = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["object_id", "kind", "revision", "key_id"], name="one_holder_per_key"
            ),
            models.CheckConstraint(
                condition=models.Q(box__isnull=False) ^ models.Q(wrap__isnull=False),
                name="a_holder_has_a_box_or_a_wrap",
            ),
        ]
        indexes = [models.Index(fields=["key_id", "kind"], name="holders_by_key")]


class Manifest(models.Model):
    """What the author signed about one revision of one object (vault/manifests.py)."""

    kind = models.CharField(max_length=20)
    object_id = models.UUIDField()
    revision = models.PositiveIntegerField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    body = models.BinaryField()
    signature = models.BinaryField(max_length=64)
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["object_id", "kind", "revision"], name="one_manifest_per_revision"
            )
        ]


class FileState(models.TextChoices):
    ARRIVING = "arriving"
    READY = "ready"
    SCAN_PENDING = "scan_pending"
    REFUSED = "refused"


class SealedFile(models.Model):
    """An attachment: sealed pieces on disk under a random name, and its facts sealed beside it.

    While it belongs to a draft its key is wrapped for the author alone (`draft_key`); at
    publication the key is wrapped under the object's data key (`object_key`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, help_text="of what it is attached to")
    object_id = models.UUIDField(db_index=True)
    position = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=14, choices=FileState, default=FileState.ARRIVING)
    header = models.BinaryField(max_length=64)
    disk_name = models.CharField(max_length=64, unique=True)
    padded_size = models.BigIntegerField()
    received = models.BigIntegerField(default=0)
    facts = models.BinaryField(help_text="name, true size, type, hash, notes: sealed")
    draft_key = models.BinaryField(null=True)
    object_key = models.BinaryField(null=True)
    made_at = models.DateTimeField(default=timezone.now)
