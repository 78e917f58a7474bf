"""Where the sentence "it is done" waits until the next page: in the browser, under our own name.

Django's cookie of it bears a name that any other host of the same domain could set. In
production ours begins with `__Host-`, which browsers take from this host alone, over TLS.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class InOurCookie(CookieStorage):
    cookie_name = settings.MESSAGES_COOKIE_NAME


class Sentences(FallbackStorage):
    """The cookie, and what does not fit into it in the session."""

    storage_classes = (InOurCookie, SessionStorage)
