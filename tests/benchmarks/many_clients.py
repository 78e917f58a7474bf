"""Goal 14: clients that do not wait for each other, on PostgreSQL. Driven by `fanout.py`.

Each client asks for signed-in pages, one after the other, over a connection it keeps. An error
is an answer other than 200 or a connection that breaks; meanwhile PostgreSQL is asked how many
connections the server holds.
"""

from __future__ import annotations

import threading
import time

import psycopg

from tests.benchmarks.pages import Visitor

# Four threads for pages (iswg/onehop.py); no socket is open here.
THREADS = 4
SERVERS = (
    ("ours", ("iswg.serve", "-p", "{port}"), "iswg.settings"),
    (
        "stock with kept connections",
        ("tests.benchmarks.stock_daphne", "{port}"),
        "tests.benchmarks.kept_settings",
    ),
)
PAGES = ("/help/", "/bulletins/", "/threads/")


def load(port: int, cookies: list[str], database: str, seconds: float, visitors: int) -> dict:
    counted = {"answers": 0, "errors": 0}
    lock, end = threading.Lock(), time.monotonic() + seconds

    def visit(number: int) -> None:
        pairs = (one.split("=", 1) for one in cookies[number % len(cookies)].split("; "))
        kept = dict(pairs)
        visitor = Visitor(port, dict(kept))
        while time.monotonic() < end:
            page = PAGES[number % len(PAGES)]
            try:
                status, _ = visitor.get(page)
            except OSError:
                status, visitor = 0, Visitor(port, dict(kept))
            with lock:
                counted["answers" if status == 200 else "errors"] += 1

    threads = [threading.Thread(target=visit, args=(n,), daemon=True) for n in range(visitors)]
    for thread in threads:
        thread.start()
    most = 0
    while time.monotonic() < end:
        most = max(most, _connections(database))
        time.sleep(0.5)
    for thread in threads:
        thread.join(60)
    return {**counted, "connections": most}


def _connections(database: str) -> int:
    """Of the server under load, not ours; a full PostgreSQL lets nobody else in, and says so."""
    try:
        with psycopg.connect(database, autocommit=True) as wire:
            row = wire.execute(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            ).fetchone()
            return int(row[0]) if row else 0
    except psycopg.OperationalError:
        return 60
