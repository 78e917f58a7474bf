"""A large installation without real keys: for lists and counts, which never open anything.

Every bulletin goes to five of the 24 administrations, chosen by its number, so that a page can
be checked against plain arithmetic. guardian's own tables are filled for the two readers that
are measured (a typical one, and a cold one who received only the oldest thousandth).
"""

from __future__ import annotations

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.utils import timezone

from access.grants import _permission
from accounts.models import Administration, AdministrationKind, Appointment, User
from bulletins.models import AdministrationCount, Bulletin, PersonCount

CODES = [f"A{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWX"]
SPREAD = (0, 5, 11, 16, 21)


def received_by(number: int) -> list[int]:
    """The places in CODES of those who received bulletin `number`; the last code is cold."""
    return [(number + step) % 23 for step in SPREAD]


def fill(count: int) -> tuple[User, User]:
    """`count` bulletins; the typical reader and the cold one. In SQL: a million take a minute."""
    _administrations()
    typical, cold = _reader("AC", "typical"), _reader("AX", "cold")
    author = _reader("AA", "author")
    cold_until = max(50, count // 1000)
    with transaction.atomic(), connection.cursor() as cursor:
        _bulletins(cursor, count, author)
        _recipients(cursor, count, cold_until)
        _grants(cursor, count, typical, cold, cold_until)
        _marks(cursor, count, typical)
    _counts(typical, cold, count, cold_until)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    return typical, cold


# One to `count`; both databases understand it.
NUMBERS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < %s) "
MINE = "(" + " OR ".join(f"(x + {step}) %% 23 = 2" for step in SPREAD) + ")"


def _bulletins(cursor, count: int, author: User) -> None:
    postgres = connection.vendor == "postgresql"
    number = "lpad(to_hex(x), 32, '0')::uuid" if postgres else "printf('%%032x', x)"
    cursor.execute(
        NUMBERS + "INSERT INTO bulletins_bulletin (id, uuid, ref, product_type, tlp, urgency, "
        "origin_id, author_id, issued_at, state, revision) "
        f"SELECT x, {number}, 'B-' || x, 'alert', 'TLP:AMBER', 'routine', 'AA', %s, %s, "
        "'issued', 1 FROM n",
        [count, author.pk, timezone.now()],
    )


def _recipients(cursor, count: int, cold_until: int) -> None:
    insert = (
        "INSERT INTO bulletins_recipient (administration_id, bulletin_id, place, named_only, "
        "outcome) "
    )
    place = "'to', " + ("false" if connection.vendor == "postgresql" else "0") + ", ''"
    letters = "".join(code[1] for code in CODES)
    for step in SPREAD:
        code = f"'A' || substr('{letters}', 1 + ((x + {step}) %% 23), 1)"
        cursor.execute(NUMBERS + insert + f"SELECT {code}, x, {place} FROM n", [count])
    cursor.execute(NUMBERS + insert + f"SELECT 'AX', x, {place} FROM n", [cold_until])


def _grants(cursor, count: int, typical: User, cold: User, cold_until: int) -> None:
    """What guardian's generic table would hold for the two readers."""
    permission = _permission(Bulletin, "view_bulletin")
    kind = ContentType.objects.get_for_model(Bulletin)
    for user, until, mine in ((typical, count, MINE), (cold, cold_until, "1 = 1")):
        cursor.execute(
            NUMBERS + "INSERT INTO guardian_userobjectpermission "
            "(object_pk, content_type_id, permission_id, user_id) "
            f"SELECT CAST(x AS varchar), %s, %s, %s FROM n WHERE {mine}",
            [until, kind.pk, permission.pk, user.pk],
        )


def _marks(cursor, count: int, typical: User) -> None:
    """The typical reader has read the older four fifths, as people do."""
    cursor.execute(
        NUMBERS + "INSERT INTO bulletins_readmark (user_id, bulletin_id) "
        f"SELECT %s, x FROM n WHERE {MINE}",
        [count * 4 // 5, typical.pk],
    )


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


def _counts(typical: User, cold: User, count: int, cold_until: int) -> None:
    mine = sum(2 in received_by(n) for n in range(1, count + 1))
    AdministrationCount.objects.create(administration_id="AC", received=mine)
    AdministrationCount.objects.create(administration_id="AX", received=cold_until)
    read = sum(2 in received_by(n) for n in range(1, count * 4 // 5 + 1))
    PersonCount.objects.create(user=typical, administration_id="AC", read=read)
    PersonCount.objects.create(user=cold, administration_id="AX", read=0)
