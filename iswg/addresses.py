"""Pages that every page links to, by the names they may have among the URLs.

A page that is not built yet is not linked: no dead links.
"""

from __future__ import annotations

from functools import cache

from django.urls import NoReverseMatch, reverse

NAMES = {
    "home": ("home",),
    "search": ("search",),
    "help": ("help",),
    "language": ("accounts:language", "set_language"),
    "account": ("accounts:settings", "accounts:account"),
    "zone": ("accounts:settings",),
    "notices": ("activity:notices",),
    "sign_in": ("accounts:sign_in", "account_login"),
    "sign_out": ("accounts:sign_out", "account_logout"),
    "stay": ("accounts:stay",),
    "unlock": ("vault:unlock",),
    "lock": ("vault:lock",),
    "security": ("security_txt",),
}


@cache
def address_of(name: str) -> str:
    for candidate in NAMES[name]:
        try:
            return reverse(candidate)
        except NoReverseMatch:
            continue
    return ""
