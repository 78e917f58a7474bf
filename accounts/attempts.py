"""How often something was tried, counted where every process sees it.

allauth counts tries in Django's cache. In a process's own memory a second process would count
anew, and Redis may be away while people sign in; so the counters are rows beside the accounts.
What they are about (an address typed, an address on the network) is in the key alone, and the
key is hashed under the server's secret: the table names nobody, even to who guesses names.

Values are written as JSON: what Django's own database cache does, unpickling what a row holds,
would let a hand in the database run code here.
"""

from __future__ import annotations

import datetime
import json
import time
from typing import Any

from django.core.cache import cache
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

LABEL = "iswg/v1/attempts"
FOR_GOOD = 100 * 365 * 24 * 3600


def hidden(key: str) -> str:
    """What stands in the table for this key."""
    return salted_hmac(LABEL, key, algorithm="sha256").hexdigest()


class Counters(BaseCache):
    """Django's cache, in the table `accounts.Attempt`; for counters, and nothing that is large."""

    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        row = _living().filter(key=self._hidden(key, version)).values_list("value", flat=True)
        found = row.first()
        return default if found is None else json.loads(found)

    def set(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        row = self._row(key, value, timeout, version)
        _all().bulk_create(
            [row], update_conflicts=True, unique_fields=["key"], update_fields=["value", "until"]
        )

    def add(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        """Set it unless it is there, for one of several who ask in the same moment."""
        row = self._row(key, value, timeout, version)
        lapsed = _all().filter(key=row.key, until__lte=timezone.now())
        if lapsed.update(value=row.value, until=row.until):
            return True
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            return False
        return True

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """One at a time, so that two who count at once count two."""
        with transaction.atomic():
            row = _living().select_for_update().filter(key=self._hidden(key, version)).first()
            if row is None:
                raise ValueError("this counter does not exist, or its time is over")
            number = int(json.loads(row.value)) + delta
            row.value = json.dumps(number)
            row.save(update_fields=["value"])
        return number

    def delete(self, key: Any, version: int | None = None) -> bool:
        return bool(_all().filter(key=self._hidden(key, version)).delete()[0])

    def clear(self) -> None:
        _all().delete()

    def _row(self, key: Any, value: Any, timeout: Any, version: int | None) -> Any:
        until = self.get_backend_timeout(timeout)
        moment = time.time() + FOR_GOOD if until is None else until
        return _model()(
            key=self._hidden(key, version),
            value=json.dumps(value),
            until=datetime.datetime.fromtimestamp(moment, datetime.UTC),
        )

    def _hidden(self, key: Any, version: int | None) -> str:
        return hidden(self.make_key(key, version=version))


class Openings:
    """How many sockets one session may open in a minute, over all processes.

    A page opens one each time it is loaded, and a row for each would be a write for each page:
    on SQLite, where writers wait for one another, the dearest part of it. So a process gives
    away the first few of a minute by itself, and only who asks for more is counted in the table.
    """

    FREE, MOST = 20, 120

    def __init__(self) -> None:
        self._minute = 0
        self._given: dict[str, int] = {}

    def allowed(self, who: str) -> bool:
        minute = int(time.time() // 60)
        if minute != self._minute:
            self._minute, self._given = minute, {}
        given = self._given[who] = self._given.get(who, 0) + 1
        if given <= self.FREE:
            return True
        key = f"sockets:{who}:{minute}"
        cache.add(key, 0, 120)
        return cache.incr(key) <= self.MOST


openings = Openings()


def forget_lapsed() -> int:
    """For the worker: rows whose time is over. How many there were."""
    return int(_all().filter(until__lte=timezone.now()).delete()[0])


def _model() -> Any:
    from accounts.models import Attempt  # a cache is made before the tables are known

    return Attempt


def _all() -> Any:
    return _model().objects.all()


def _living() -> Any:
    return _all().filter(until__gt=timezone.now())
