"""Which tests stay together when two processes share them.

pytest-xdist's own groups are silently not kept with pytest 9.2 (its issue 1386), so the places
are named here.
"""

from xdist.scheduler import LoadScopeScheduling

TOGETHER = {
    # The demonstration is loaded once per process.
    "tests/demo/": "demo",
    # These make the tables of a server in the test's own process.
    "tests/browser/test_scripts.py": "own server",
    "tests/browser/test_uploads.py": "own server",
}


class Shares(LoadScopeScheduling):
    """One by one to whichever process is free, except what stays together."""

    def _split_scope(self, nodeid: str) -> str:
        return next((name for place, name in TOGETHER.items() if nodeid.startswith(place)), nodeid)
