"""A large installation without real keys: for lists and counts, which never open anything.

Every bulletin goes to five of the 24 administrations, chosen by its number, so that a page can
be checked against plain arithmetic. guardian's own tables are filled for the two readers that
are measured (a typical one, and a cold one who received only the oldest thousandth).
"""

from __future__ import annotations

import uuid

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.utils import timezone

from access.grants import _permission
from accounts.models import Administration, AdministrationKind, Appointment, User
from bulletins.models import AdministrationCount, Bulletin, PersonCount, ReadMark, Recipient

CODES = [f"A{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWX"]
SPREAD = (0, 5, 11, 16, 21)
BATCH = 20_000


def received_by(number: int) -> list[int]:
    """The places in CODES of those who received bulletin `number`; the last code is cold."""
    return [(number + step) % 23 for step in SPREAD]


def fill(count: int) -> tuple[User, User]:
    """`count` bulletins; the typical reader and the cold one."""
    _administrations()
    typical, cold = _reader("AC", "typical"), _reader("AX", "cold")
    author = _reader("AA", "author")
    cold_until = max(50, count // 1000)
    for start in range(0, count, BATCH):
        with transaction.atomic():
            _batch(range(start + 1, min(start + BATCH, count) + 1), author, cold_until)
    _grants(typical, cold, count, cold_until)
    _marks(typical, count)
    _counts(typical, cold, count, cold_until)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    else:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return typical, cold


def _administrations() -> None:
    Administration.objects.bulk_create(
        Administration(code=code, kind=AdministrationKind.MEMBER, name=code, name_fr=code)
        for code in CODES
    )


def _reader(code: str, name: str) -> User:
    user = User.objects.enter(email=f"{name}@bench.invalid", name=name)
    Appointment.objects.create(
        user=user, administration_id=code, role="contact", since=timezone.now().date()
    )
    return user


def _batch(numbers: range, author: User, cold_until: int) -> None:
    now = timezone.now()
    Bulletin.objects.bulk_create(
        Bulletin(
            id=n, uuid=uuid.UUID(int=n), ref=f"B-{n}", product_type="alert", tlp="TLP:AMBER",
            origin_id="AA", author=author, issued_at=now,
        )
        for n in numbers
    )  # fmt: skip
    Recipient.objects.bulk_create(
        Recipient(administration_id=CODES[place], bulletin_id=n)
        for n in numbers
        for place in (received_by(n) if n > cold_until else [*received_by(n), 23])
    )


def _grants(typical: User, cold: User, count: int, cold_until: int) -> None:
    from guardian.models import UserObjectPermission

    permission = _permission(Bulletin, "view_bulletin")
    kind = ContentType.objects.get_for_model(Bulletin)
    for user, numbers in (
        (typical, (n for n in range(1, count + 1) if 2 in received_by(n))),
        (cold, range(1, cold_until + 1)),
    ):
        UserObjectPermission.objects.bulk_create(
            [
                UserObjectPermission(
                    user=user, permission=permission, content_type=kind, object_pk=str(n)
                )
                for n in numbers
            ],
            batch_size=BATCH,
        )


def _marks(typical: User, count: int) -> None:
    """The typical reader has read four of five, the oldest first as people do."""
    mine = [n for n in range(1, count + 1) if 2 in received_by(n)]
    ReadMark.objects.bulk_create(
        [ReadMark(user=typical, bulletin_id=n) for n in mine[: len(mine) * 4 // 5]],
        batch_size=BATCH,
    )


def _counts(typical: User, cold: User, count: int, cold_until: int) -> None:
    mine = sum(2 in received_by(n) for n in range(1, count + 1))
    AdministrationCount.objects.create(administration_id="AC", received=mine)
    AdministrationCount.objects.create(administration_id="AX", received=cold_until)
    PersonCount.objects.create(user=typical, administration_id="AC", read=mine * 4 // 5)
    PersonCount.objects.create(user=cold, administration_id="AX", read=0)
