"""The baseline of `pages.py`: the portal on Daphne and Django's ASGI handler as they come."""

import os
import sys

# The server first: it chooses the event loop.
from daphne.server import Server  # isort: skip
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iswg.settings")
endpoint = f"tcp:port={sys.argv[1]}:interface=127.0.0.1"
Server(application=get_asgi_application(), endpoints=[endpoint], verbosity=0).run()
