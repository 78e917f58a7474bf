"""Where a request came from, believed only as far as a proxy we trust says so."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


def client_address(peer: str, forwarded: str, trusted: Iterable[str]) -> str:
    """The nearest address that is not one of our own proxies.

    `forwarded` is the X-Forwarded-For header: each proxy appends whom it spoke to, so it is
    read from the right, and only while the speaker is trusted.
    """
    networks = [ipaddress.ip_network(entry, strict=False) for entry in trusted]
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    address = peer
    while hops and _within(address, networks):
        address = hops.pop()
    return address


def _within(address: str, networks: Iterable[object]) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in networks)  # type: ignore[operator]


def shortened(address: str) -> str:
    """The network prefix kept in the journal: /24 for IPv4, /48 for IPv6."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    length = 24 if found.version == 4 else 48
    return str(ipaddress.ip_network(f"{address}/{length}", strict=False))


class ClientAddressMiddleware:
    """Sets REMOTE_ADDR to the client's address, so that rate limits count people, not proxies."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.META["REMOTE_ADDR"] = client_address(
            request.META.get("REMOTE_ADDR") or "",
            request.META.get("HTTP_X_FORWARDED_FOR", ""),
            settings.TRUSTED_PROXIES,
        )
        return self.get_response(request)
