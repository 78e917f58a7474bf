"""Goals 7 and 8: a page of 50 and the unread count, beside guardian's own queries.

guardian is asked as its documentation says, with its default arguments: an administration is a
Group, and its bulletins are group permissions. The same bulletins granted to the person, asked
for without groups, are reported beside it.
Run as a program for one database and size: `python -m tests.benchmarks.listing 100000`.
"""

from __future__ import annotations

import json
import sys

import django

PAGE = 50


def use_guardians_own_table() -> None:
    """guardian would find our grants of named officers; the baseline is its generic table."""
    from guardian import shortcuts
    from guardian.models import UserObjectPermission

    shortcuts.get_user_obj_perms_model = lambda *_: UserObjectPermission


def guardian_rows(user, **how):
    from guardian.shortcuts import get_objects_for_user

    from bulletins.models import Bulletin

    return get_objects_for_user(user, "bulletins.view_bulletin", Bulletin, **how)


def guardian_page(user, **how) -> list[int]:
    return [row.pk for row in guardian_rows(user, **how).order_by("-id")[:PAGE]]


def guardian_unread(user) -> int:
    from django.db.models import Exists, OuterRef

    from bulletins.models import ReadMark

    read = ReadMark.objects.filter(user=user, bulletin=OuterRef("pk"))
    return guardian_rows(user).annotate(known=Exists(read)).filter(known=False).count()


def measure(count: int) -> dict:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from access.actors import current_actor
    from bulletins.boxes import Box
    from bulletins.queries import unread_count
    from tests.benchmarks.crowd import fill
    from tests.benchmarks.measure import Case, compare

    use_guardians_own_table()
    typical, cold, by_hand = fill(count)
    found, here = {"count": count, "vendor": connection.vendor}, connection.vendor == "sqlite"
    for name, user in (("typical", typical), ("cold", cold)):
        actor = current_actor(user.pk)

        def page(actor=actor) -> list[int]:
            """Everything that the page draws of a row, the sealed title too."""
            return [row.bulletin.pk for row in Box(actor, "inbox", {})[0:PAGE]]

        cases = [
            Case("page", page),
            Case("guardian page", lambda user=user: guardian_page(user)),
            Case("unread", lambda actor=actor: unread_count(actor)),
            Case("guardian unread", lambda user=user: guardian_unread(user)),
        ]
        if name == "typical":
            cases.append(Case("without groups", lambda: guardian_page(by_hand, use_groups=False)))
        for other in compare(cases)[1::3]:
            assert other.result == cases[0].result, f"{other.name} must show the same page"
        assert cases[2].result == cases[3].result, (cases[2].result, cases[3].result)
        with CaptureQueriesContext(connection) as queries:
            page()
        # SQLite works in this process; PostgreSQL elsewhere, and only the clock sees that.
        spent = {case.name: case.ms if here else case.wall_ms for case in cases}
        found[name] = spent | {"queries": len(queries)}
    return found


def main() -> None:
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iswg.settings")
    django.setup()
    from django.core.management import call_command

    from tests.benchmarks.crowd import give_people_groups

    give_people_groups()
    call_command("migrate", verbosity=0)
    print(json.dumps(measure(int(sys.argv[1]))))


if __name__ == "__main__":
    main()
