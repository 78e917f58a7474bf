"""The settings of a test run: the project's own, in an environment made for the occasion.

pytest loads this file before any conftest, so the environment is ready when `iswg.settings`
reads it. Nothing of the developer's own environment or data reaches a test.
"""

import base64
import os
import re
import secrets
from dataclasses import replace

from tests import services


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


FOREIGN = re.compile("ISWG_(?!TEST_)|DATABASE_URL|REDIS_URL|EMAIL_URL|CLAMD_URL")


def _prepare_environment() -> None:
    for name in filter(FOREIGN.match, list(os.environ)):
        del os.environ[name]
    os.environ.update(
        ISWG_ENV="development",
        ISWG_SECRET_KEY=_key(),
        ISWG_PEPPER=f"1:{_key()}",
        ISWG_JOURNAL_KEY=_key(),
        ISWG_DEMO_PASSPHRASE="reef lantern copra harbour tide",
        ISWG_DATA_DIR=str(services.data_dir()),
        **services.addresses(),
    )


_prepare_environment()

from iswg.settings import *  # noqa: E402, F403
from iswg.settings import ARGON_COST, DATABASES, STATIC_ROOT  # noqa: E402

STATIC_ROOT.mkdir()

# The real cost is tried once, in tests/vault; everywhere else it would only burn time.
ARGON_COST = replace(ARGON_COST, memory_kib=64, passes=1)

if not services.on_postgres():
    # A file, because the in-memory database knows neither WAL nor two writers.
    DATABASES["default"]["TEST"] = {"NAME": str(services.data_dir() / "test.sqlite3")}
