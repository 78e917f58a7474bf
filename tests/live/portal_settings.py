"""The portal's own settings, with the database and the secret of the test that starts it."""

import json
import os

os.environ["ISWG_DATA_DIR"] = os.environ["PORTAL_DATA"]
os.environ["ISWG_SECRET_KEY"] = os.environ["PORTAL_KEY"]

from iswg.settings import *  # noqa: F403
from iswg.settings import DATABASES

DATABASES["default"]["NAME"] = json.loads(os.environ["PORTAL_DATABASE"])
