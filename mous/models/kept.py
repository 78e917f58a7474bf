"""Rows that are added and never taken away."""

from __future__ import annotations

from typing import Any

from django.db import models


class NotDeletable(Exception):
    """Somebody asked for a row of the register to be deleted: the answer is a further act."""


class KeptRows(models.QuerySet[Any]):
    def delete(self) -> Any:
        raise NotDeletable


class Kept(models.Model):
    """A row of the register. Neither a page nor a command nor a library takes it away; who has
    the database in hand leaves a gap in the chain, which `verify_vault` finds."""

    objects = KeptRows.as_manager()

    class Meta:
        abstract = True

    def delete(self, *_args: Any, **_kwargs: Any) -> Any:
        raise NotDeletable
