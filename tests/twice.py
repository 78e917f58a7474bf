"""Which tests say something new on the second database, and which would only say it again.

PostgreSQL and Redis are asked what they could answer differently: services and their locks,
constraints and transactions, what queries find and in which order, JSON, counters, sockets, the
hub, whole processes. Left to SQLite is what does not depend on the database.
"""

from pathlib import Path

import pytest

HERE = Path(__file__).parent
DATABASE = {"db", "transactional_db", "live_server", "django_db_setup"}

# Here even what asks for no database may ask Redis or start a process with it.
ALWAYS_TWICE = HERE / "live"
ONCE = [
    # The form of the code, of templates, of words and of printed pages; French.
    "architecture", "ground", "look", "wording", "papers",
    # The demonstration tells a story by services that have tests of their own.
    "demo",
    # A hand that changed a row is met by what was signed; cryptography does the comparing.
    "bulletins/test_tampering.py", "bulletins/test_manifests.py", "bulletins/test_verification.py",
    "bulletins/test_canaries.py", "discussions/test_tampering.py", "vault/test_verification.py",
    "vault/test_envelopes.py", "vault/test_met_on_pages.py",
    # A page's words in both languages; who may do what there is asked of both.
    "accounts/test_pages.py",
    # Bytes of files on the disk, and memory while they pass; their rows: test_uploads*.py.
    "bulletins/test_downloads.py", "bulletins/test_hostile_files.py", "live/test_large_files.py",
    "live/test_worker_memory.py",
    # What calendars and mails look like; the journal's copy; a process with its own SQLite.
    "meetings/test_calendar_mails.py", "meetings/test_calendar_feed.py",
    "meetings/test_calendar_answers.py", "activity/test_export.py", "activity/test_worker.py",
]  # fmt: skip


def left_out(item: pytest.Item, *, on_postgres: bool) -> bool:
    """Whether this run leaves the test to the other one."""
    named = item.get_closest_marker("only_on")
    if named is not None:
        return named.args[0] != ("postgres" if on_postgres else "sqlite")
    return on_postgres and _says_the_same(item)


def _says_the_same(item: pytest.Item) -> bool:
    places = [item.path, *item.path.parents]
    if any(HERE / name in places for name in ONCE):
        return True
    return ALWAYS_TWICE not in places and not asks_the_database(item)


def asks_the_database(item: pytest.Item) -> bool:
    asked = set(getattr(item, "fixturenames", ()))
    return bool(DATABASE & asked) or item.get_closest_marker("django_db") is not None
