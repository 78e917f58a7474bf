"""What may stand in the record: ids, codes, hashes, dates and the words of our own tables.

The journal is kept for ever and read by auditors, mails leave the house, and both are written
from many places. So the shape of every value is checked here, once, at the moment of writing: a
title, a file name or a search word is refused with an exception, and the exception does not
repeat it.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Model

LARGEST_LIST = 500
DEEPEST = 2

UUID_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TARGET = re.compile(
    rf"[a-z_]{{1,20}}\.[a-z_]{{1,30}}:([A-Z]{{2,8}}|[0-9]{{1,19}}|{UUID_TEXT.pattern})"
)
PATH = re.compile(r"/[a-z0-9./-]{0,59}", re.IGNORECASE)
CODE = re.compile(r"[A-Z]{2,8}")
REFERENCE = re.compile(r"[A-Z]-[0-9A-HJKMNP-TV-Z]{5}|[0-9]{4}-[0-9]{2}-[QX][0-9]{1,2}")
MARKING = re.compile(r"TLP:(RED|AMBER\+STRICT|AMBER|GREEN|CLEAR)")
TEXTS = (
    CODE,
    UUID_TEXT,
    TARGET,
    REFERENCE,
    MARKING,
    re.compile(r"[DA]-[0-9]{4}-[QX][0-9]{1,2}-C?[0-9]{2,3}"),  # of the registers of meetings
    re.compile(r"(?=.*[0-9])([0-9a-f]{2}){4,64}"),  # a hash, a key id
    re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|\+00:00))?"),
    re.compile(r"[0-9]{1,3}(\.[0-9]{1,3}){3}/24|[0-9a-f:]{2,40}/48"),  # where from, cut short
)
NAME = re.compile(r"[a-z][a-z0-9_]{0,30}|[A-Z]{2,8}|[0-9]{1,19}")


class NotForTheRecord(TypeError):
    """A value that could carry somebody's words. Names the field, never the value."""


def plain(detail: Mapping[str, Any]) -> dict[str, Any]:
    """`detail` as the journal keeps it, or `NotForTheRecord`."""
    return {_name(name): _value(name, value, DEEPEST) for name, value in detail.items()}


def target_of(target: Model | str | None) -> str:
    """`<app>.<model>:<public id>`: a uuid where there is one, else the key."""
    if isinstance(target, Model):
        public = getattr(target, "uuid", None) or target.pk
        target = f"{target._meta.label_lower}:{public}"
    return _text_like(TARGET, "target", target or "")


def place_of(target: Model | str | None) -> str:
    """As `target_of`, and also the path of a page, for refusals at the door.

    A path is kept only if it looks like one of our own; what somebody typed into an address
    bar is not ours to keep.
    """
    if isinstance(target, str) and target.startswith("/"):
        return target if PATH.fullmatch(target) else ""
    return target_of(target)


def code(value: str) -> str:
    return _text_like(CODE, "administration", value)


def reference(value: str) -> str:
    return _text_like(REFERENCE, "reference", value)


def marking(value: str) -> str:
    return _text_like(MARKING, "marking", str(value))


def word(name: str, value: Any) -> str:
    """A word of our own: a member of an enumeration, or a value of a choice in some model."""
    if isinstance(value, Enum) and isinstance(value.value, str):
        return str(value.value)
    if isinstance(value, str) and (value == "" or value in known_words()):
        return value
    raise NotForTheRecord(f"{name}: write a member of an enumeration here")


@cache
def known_words() -> frozenset[str]:
    """Every value of every closed choice in the models, as a database gives them back."""
    return frozenset(
        str(value)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        for value, _label in getattr(field, "flatchoices", ()) or ()
        if isinstance(value, str)
    )


def _text_like(shape: re.Pattern[str], name: str, value: str) -> str:
    if value == "" or shape.fullmatch(value):
        return value
    raise NotForTheRecord(f"{name}: not of the shape that the record keeps")


def _name(name: Any) -> str:
    if isinstance(name, str) and NAME.fullmatch(name):
        return str(name)
    raise NotForTheRecord("a detail is named by a plain lower-case word or a code")


def _value(name: str, value: Any, depth: int) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return word(name, value)
    if isinstance(value, int):
        return value
    if isinstance(value, str):
        return value if any(shape.fullmatch(value) for shape in TEXTS) else word(name, value)
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return _other(name, value, depth)


def _other(name: str, value: Any, depth: int) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat(timespec="minutes")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if depth and isinstance(value, Mapping):
        return {_name(key): _value(key, inner, depth - 1) for key, inner in value.items()}
    if depth and isinstance(value, list | tuple | set | frozenset) and len(value) <= LARGEST_LIST:
        return [_value(name, inner, depth - 1) for inner in _ordered(value)]
    raise NotForTheRecord(f"{name}: not of the shape that the record keeps")


def _ordered(value: Any) -> Any:
    return sorted(value, key=str) if isinstance(value, set | frozenset) else value
