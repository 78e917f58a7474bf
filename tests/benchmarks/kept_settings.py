"""The portal's settings with a kept database connection, as a synchronous worker would have."""

from iswg.settings import *  # noqa: F403
from iswg.settings import DATABASES

DATABASES["default"]["CONN_MAX_AGE"] = None
