"""Empties the tables after a test that commits: only those that hold rows.

Django's own way truncates every table and enters the content types again, which takes longer
than most of these tests, above all on PostgreSQL.
"""

from functools import cache

from django.db import connection, transaction
from django.test import TransactionTestCase

# What migrating entered for Django itself; no test of ours changes it.
KEPT = {"django_migrations", "django_content_type", "auth_permission"}


def use() -> None:
    TransactionTestCase._fixture_teardown = lambda _case: empty_tables()


def empty_tables() -> None:
    quoted = connection.ops.quote_name
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Everything goes, so nothing has to be looked up for what refers to what.
            cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(" UNION ALL ".join(_question(quoted(name), name) for name in _tables()))
        for (name,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {quoted(name)}")


def _question(quoted: str, name: str) -> str:
    return f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {quoted})"


@cache
def _tables() -> list[str]:
    found = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return sorted(set(found) - KEPT)
