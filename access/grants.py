"""Grants to single people, as rows. The only module that knows django-guardian.

A grant is a fact for the policy to read, never a decision: guardian's shortcuts let
superusers and global permissions through by default, so none of them is used. Nouns
subclass `PersonalGrant`, with a real foreign key to what is granted.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models
from guardian.models import UserObjectPermissionBase


class PersonalGrant(UserObjectPermissionBase):
    """`user` holds `permission` on `content_object`; the subclass names the object's model."""

    class Meta(UserObjectPermissionBase.Meta):
        abstract = True


def _permission(model: type[models.Model], codename: str) -> Permission:
    kind = ContentType.objects.get_for_model(model)
    return Permission.objects.get_or_create(
        content_type=kind, codename=codename, defaults={"name": codename}
    )[0]


def grant(
    rows: type[PersonalGrant], codename: str, users: Iterable[Any], target: models.Model
) -> None:
    """Give each of `users` the grant `codename` on `target`; giving it twice is harmless."""
    permission = _permission(type(target), codename)
    rows._default_manager.bulk_create(
        # The concrete subclass has `content_object`, which the types cannot see.
        [rows(user=user, permission=permission, content_object=target) for user in users],  # type: ignore[misc]
        ignore_conflicts=True,
    )


def holders(rows: type[PersonalGrant], codename: str, target: models.Model) -> set[int]:
    """The ids of the people who hold the grant."""
    return set(
        rows._default_manager.filter(  # type: ignore[misc]  # as above
            content_object=target, permission__codename=codename
        ).values_list("user_id", flat=True)
    )
