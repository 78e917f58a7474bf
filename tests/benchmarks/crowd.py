"""A large installation without real keys: for lists and counts, which never open anything.

Every bulletin goes to five of the 24 administrations, chosen by its number, so that a page can
be checked against plain arithmetic. guardian's own tables say the same as its documentation
would have it: an administration is a Group, a bulletin's recipients are group permissions, and
the two readers that are measured (a typical one, and a cold one who received only the oldest
thousandth) belong to their administration's group. A third reader stands beside the typical
one, with the same bulletins granted to the person, for guardian asked without groups.
"""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction
from django.utils import timezone

from access.grants import _permission
from accounts.models import Administration, AdministrationKind, Appointment, User
from bulletins.models import AdministrationCount, Bulletin, PersonCount

CODES = [f"A{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWX"]
SPREAD = (0, 5, 11, 16, 21)
BY_HAND = "by hand"


def give_people_groups() -> None:
    """What guardian expects of a user model and ours has no use for: groups, and flags.

    `has_perm` answers at once, which spares guardian two queries of Django's own backend.
    """
    groups = models.ManyToManyField(Group, related_name="user_set", related_query_name="user")
    groups.contribute_to_class(User, "groups")
    User.is_superuser = False
    User.has_perm = lambda self, permission: False


def received_by(number: int) -> list[int]:
    """The places in CODES of those who received bulletin `number`; the last code is cold."""
    return [(number + step) % 23 for step in SPREAD]


def fill(count: int) -> tuple[User, User, User]:
    """`count` bulletins; the typical reader, the cold one, and the typical one by hand."""
    _administrations()
    typical, cold = _reader("AC", "typical"), _reader("AX", "cold")
    author = _reader("AA", "author")
    cold_until = max(50, count // 1000)
    with connection.schema_editor() as editor:
        editor.create_model(User.groups.through)
    by_hand = _reader("AC", BY_HAND)
    with transaction.atomic(), connection.cursor() as cursor:
        _bulletins(cursor, count, author)
        _recipients(cursor, count, cold_until)
        _group_permissions(cursor, count, cold_until)
        _grants(cursor, count, by_hand)
        _marks(cursor, count, typical)
    _counts(typical, cold, count, cold_until)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    return typical, cold, by_hand


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


def _group_permissions(cursor, count: int, cold_until: int) -> None:
    """Every administration is a group, and each of its bulletins one permission of the group."""
    groups = {code: Group.objects.create(name=code).pk for code in CODES}
    for user in User.objects.filter(name__in=("typical", "cold")):
        user.groups.add(groups["AX" if user.name == "cold" else "AC"])
    first = groups[CODES[0]]
    assert [groups[code] - first for code in CODES] == list(range(24))
    insert = (
        NUMBERS + "INSERT INTO guardian_groupobjectpermission "
        "(object_pk, content_type_id, permission_id, group_id) "
        "SELECT CAST(x AS varchar), %s, %s, "
    )
    facts = [_kind().pk, _permission(Bulletin, "view_bulletin").pk]
    for step in SPREAD:
        cursor.execute(insert + f"{first} + ((x + {step}) %% 23) FROM n", [count, *facts])
    cursor.execute(insert + f"{groups['AX']} FROM n", [cold_until, *facts])


def _grants(cursor, count: int, by_hand: User) -> None:
    """The same bulletins as the typical reader's, granted to a person instead of a group."""
    permission = _permission(Bulletin, "view_bulletin")
    cursor.execute(
        NUMBERS + "INSERT INTO guardian_userobjectpermission "
        "(object_pk, content_type_id, permission_id, user_id) "
        f"SELECT CAST(x AS varchar), %s, %s, %s FROM n WHERE {MINE}",
        [count, _kind().pk, permission.pk, by_hand.pk],
    )


def _kind() -> ContentType:
    return ContentType.objects.get_for_model(Bulletin)


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
