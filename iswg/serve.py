"""`python -m iswg.serve -b ADDRESS -p PORT`: the web process, pages and sockets together.

It listens on the loopback unless told otherwise: a proxy with TLS stands in front of it. With
SQLite there is exactly one such process for a data folder, and a lock file says so.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


class AlreadyServed(Exception):
    """Another web process holds this data folder."""


@contextmanager
def one_web_process(folder: Path) -> Iterator[None]:
    """Hold the folder's lock for as long as the block runs; the system frees it if we die."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "web.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise AlreadyServed(
                f"Process {lock.read().strip() or 'unknown'} already serves {folder}. SQLite allows"
                " one web process: stop that one first, or set DATABASE_URL to a PostgreSQL."
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def main(arguments: Sequence[str] | None = None) -> int:
    options = _read(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iswg.settings")

    # The server first: it chooses the event loop that everything after it finds.
    from iswg.server import LIMITS, PortalServer  # isort: skip
    from django.db import connections

    from iswg.access_log import AccessLog
    from iswg.asgi import application
    from iswg.checks import unfit_to_start

    if faults := unfit_to_start():
        print(*faults, sep="\n", file=sys.stderr)
        return 1
    connections.close_all()

    server = PortalServer(
        application=application,
        endpoints=_endpoints(options.bind, options.port),
        action_logger=AccessLog(_log(options.access_log)) if options.access_log else None,
        **LIMITS,
    )
    try:
        with _alone():
            server.run()
    except AlreadyServed as reason:
        print(reason, file=sys.stderr)
        return 1
    return 1 if server.abort_start else 0


def _read(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m iswg.serve", description=__doc__)
    parser.add_argument("-b", "--bind", default="127.0.0.1", metavar="ADDRESS")
    parser.add_argument("-p", "--port", type=int, default=8000, help="0 takes a free one")
    parser.add_argument("--access-log", metavar="FILE", help="- for the terminal; none by default")
    return parser.parse_args(arguments)


def _endpoints(bind: str, port: int) -> list[str]:
    from daphne.endpoints import build_endpoint_description_strings

    return build_endpoint_description_strings(host=bind, port=port)


def _log(name: str) -> TextIO:
    return sys.stdout if name == "-" else Path(name).open("a", encoding="utf-8")


@contextmanager
def _alone() -> Iterator[None]:
    """The lock of the data folder, which only SQLite needs."""
    from django.conf import settings

    if "sqlite" not in settings.DATABASES["default"]["ENGINE"]:
        yield
        return
    with one_web_process(settings.DATA_DIR):
        yield


if __name__ == "__main__":
    sys.exit(main())
