"""The portal's own settings, with the database and the secret of the test that starts it.

PORTAL_SKEW is how many seconds the clock of that server is wrong.
"""

import datetime
import json
import os

from django.utils import timezone

os.environ["ISWG_DATA_DIR"] = os.environ["PORTAL_DATA"]
os.environ["ISWG_SECRET_KEY"] = os.environ["PORTAL_KEY"]

from iswg.settings import *  # noqa: F403
from iswg.settings import DATABASES

DATABASES["default"]["NAME"] = json.loads(os.environ["PORTAL_DATABASE"])

skew = datetime.timedelta(seconds=int(os.environ.get("PORTAL_SKEW", "0")))
if skew:
    right = timezone.now
    timezone.now = lambda: right() + skew
