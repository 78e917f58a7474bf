"""One line per request or socket: when, from which network, what, and the result.

No query strings (they hold search words), no tokens of private links, and addresses as they are
kept everywhere else, by network.
"""

from __future__ import annotations

import datetime
import re
from typing import Any, TextIO

from access.addresses import shortened


class AccessLog:
    """What Daphne calls an action logger."""

    # Long random parts of a path are keys to something; identifiers with dashes are not.
    TOKEN = re.compile(r"(?<=/)(?!static/)(?![0-9a-f-]{36}(?:/|$))[\w.~-]{25,}(?=/|$)")

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def __call__(self, protocol: str, action: str, details: dict[str, Any]) -> None:
        if action == "connecting":
            return
        what = details.get("method", "") if protocol == "http" else "WEBSOCKET"
        path = str(details.get("path", "")).partition("?")[0]
        if not path.startswith("/static/"):
            path = self.TOKEN.sub("…", path)
        words = [what, path, str(details.get("status", action)), str(details.get("size", ""))]
        when = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.stream.write(" ".join(filter(None, [when, _network(details), *words])) + "\n")
        self.stream.flush()


def _network(details: dict[str, Any]) -> str:
    client = details.get("client") or ""
    host = getattr(client, "host", None) or str(client).rpartition(":")[0]
    return shortened(host) or "-"
