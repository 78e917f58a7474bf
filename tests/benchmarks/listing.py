"""Goals 7 and 8: a page of 50 and the unread count, beside guardian's own queries.

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


def guardian_page(user) -> list[int]:
    from guardian.shortcuts import get_objects_for_user

    from bulletins.models import Bulletin

    rows = get_objects_for_user(
        user, "bulletins.view_bulletin", Bulletin, use_groups=False, with_superuser=False,
        accept_global_perms=False,
    )  # fmt: skip
    return [row.pk for row in rows.order_by("-id")[:PAGE]]


def guardian_unread(user) -> int:
    from django.db.models import Exists, OuterRef
    from guardian.shortcuts import get_objects_for_user

    from bulletins.models import Bulletin, ReadMark

    rows = get_objects_for_user(
        user, "bulletins.view_bulletin", Bulletin, use_groups=False, with_superuser=False,
        accept_global_perms=False,
    )  # fmt: skip
    read = ReadMark.objects.filter(user=user, bulletin=OuterRef("pk"))
    return rows.annotate(known=Exists(read)).filter(known=False).count()


def measure(count: int) -> dict:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from access.actors import current_actor
    from bulletins.queries import rows_in_box, unread_count
    from tests.benchmarks.crowd import fill
    from tests.benchmarks.measure import Case, compare

    use_guardians_own_table()
    typical, cold = fill(count)
    found = {"count": count, "vendor": connection.vendor}
    for name, user in (("typical", typical), ("cold", cold)):
        actor = current_actor(user.pk)

        def page(actor=actor) -> list[int]:
            return [row.bulletin.pk for row in rows_in_box(actor, "inbox")[:PAGE]]

        cases = compare(
            [
                Case("page", page),
                Case("guardian page", lambda user=user: guardian_page(user)),
                Case("unread", lambda actor=actor: unread_count(actor)),
                Case("guardian unread", lambda user=user: guardian_unread(user)),
            ]
        )
        ours, theirs, unread, their_unread = cases
        assert ours.result == theirs.result, "both must show the same page"
        assert unread.result == their_unread.result, (unread.result, their_unread.result)
        with CaptureQueriesContext(connection) as queries:
            page()
        found[name] = {case.name: case.wall_ms for case in cases} | {"queries": len(queries)}
    return found


def main() -> None:
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iswg.settings")
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    print(json.dumps(measure(int(sys.argv[1]))))


if __name__ == "__main__":
    main()
