"""Settings from the environment, or from a file that the environment names.

`ISWG_PEPPER` may be given as itself or as `ISWG_PEPPER_FILE`, the path of a file that
holds it: secrets then stay out of process lists and unit files. Every fault is collected,
so that an operator mends a configuration in one go, not one line per restart.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")


class Environment:
    """Reads named settings and remembers what was wrong with them."""

    def __init__(self, values: Mapping[str, str] = os.environ) -> None:
        self._values = values
        self.faults: list[str] = []

    def fault(self, name: str, remedy: str) -> None:
        self.faults.append(f"{name}: {remedy}")

    def text(self, name: str, default: str = "") -> str:
        path = self._values.get(f"{name}_FILE")
        if not path:
            return self._values.get(name, default)
        try:
            found = Path(path).read_text(encoding="utf-8").strip()
        except OSError:
            self.fault(f"{name}_FILE", "the file it names cannot be read; correct the path or mode")
            return default
        if not found:
            # Whoever names a file means it: what holds when left out would come as a surprise.
            self.fault(f"{name}_FILE", "the file it names is empty; fill it, or leave this out")
        return found or default

    def parsed(self, name: str, parse: Callable[[str], T], default: T, remedy: str) -> T:
        raw = self.text(name)
        if not raw:
            return default
        try:
            return parse(raw)
        except (ValueError, KeyError, binascii.Error):
            self.fault(name, remedy)
            return default

    def flag(self, name: str, default: bool) -> bool:
        words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
        return self.parsed(name, lambda raw: words[raw.lower()], default, "write true or false")

    def listed(self, name: str, default: list[str]) -> list[str]:
        return self.parsed(
            name, lambda raw: [p.strip() for p in raw.split(",") if p.strip()], default, ""
        )

    def refuse_if_faulty(self) -> None:
        """Stop the process with every fault at once."""
        if self.faults:
            lines = "\n  ".join(self.faults)
            raise ImproperlyConfigured(f"These settings need attention:\n  {lines}")


def is_private_mail(found: Mapping[str, Any]) -> bool:
    """Whether mail goes to a mail server, and over TLS unless that is this machine."""
    if not found["EMAIL_BACKEND"].endswith("smtp.EmailBackend"):
        return False
    sealed = found.get("EMAIL_USE_TLS") or found.get("EMAIL_USE_SSL")
    return bool(sealed) or found.get("EMAIL_HOST") in {"localhost", "127.0.0.1", "::1"}


def month(raw: str) -> int:
    """A month of the year, by its number."""
    number = int(raw)
    if not 1 <= number <= 12:
        raise ValueError
    return number


def networks(raw: str) -> list[str]:
    """Addresses or networks with commas, each one that can be meant."""
    found = [part.strip() for part in raw.split(",") if part.strip()]
    for part in found:
        ipaddress.ip_network(part, strict=False)
    return found


def pin(raw: str) -> str:
    """The hash of the directory's first line: 64 hexadecimal digits."""
    value = raw.strip().lower()
    if len(bytes.fromhex(value)) != 32:
        raise ValueError
    return value


def secret_bytes(raw: str) -> bytes:
    """32 random bytes written as base64."""
    value = base64.b64decode(raw, validate=True)
    if len(value) != 32:
        raise ValueError
    return value


def peppers(raw: str) -> dict[int, bytes]:
    """`2:base64 1:base64`: the first is used for new slots, the others still open old ones."""
    found: dict[int, bytes] = {}
    for part in raw.replace(",", " ").split():
        number, _, value = part.partition(":")
        found[int(number)] = secret_bytes(value)
    if not 1 <= len(found) <= 2:
        raise ValueError
    return found
