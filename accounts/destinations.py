"""Where `next` may lead: only to pages of this portal, and never to an act."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, resolve

HOME = "/"


def is_own_page(url: str) -> bool:
    """A path of ours, written plainly: no host, no scheme, no back-slash a browser would turn."""
    if not url.startswith("/") or url.startswith("//") or "\\" in url or not url.isprintable():
        return False
    parts = urlsplit(url)
    if parts.scheme or parts.netloc:
        return False
    try:
        resolve(parts.path)
    except Resolver404:
        return False
    return True


def asked_for(request: HttpRequest, default: str = "") -> str:
    """The page that `next` names, if it is one of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if is_own_page(wanted) else default
