"""Bulletins, and what they name, as what a discussion may be about (access/subjects.py)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access.actors import Actor
from access.subjects import Subject
from bulletins.models import Bulletin, Entity
from bulletins.opening import open_contents, open_titles
from bulletins.queries import bulletins_for


class BulletinSubjects:
    """What the discussions ask of a bulletin."""

    noun = _("Bulletin")
    letter = "B"

    def seen_by(self, actor: Actor, ids: Iterable[UUID]) -> Mapping[UUID, Subject]:
        rows = bulletins_for(actor).filter(uuid__in=list(ids))
        return {one.uuid: _subject(one) for one in rows}

    def by_reference(self, actor: Actor, references: Iterable[str]) -> Mapping[str, Subject]:
        rows = bulletins_for(actor).filter(ref__in=list(references))
        return {one.ref: _subject(one) for one in rows}

    def titles(self, vault: Any, ids: Iterable[UUID]) -> Mapping[UUID, str]:
        rows = list(Bulletin.objects.filter(uuid__in=list(ids)))
        titles = open_titles(vault, rows)
        return {one.uuid: title for one in rows if (title := titles.get(one.pk))}


class EntitySubjects:
    """What the discussions ask of something that a bulletin names: it is read by whoever reads
    the bulletin, under its label."""

    noun = _("Entity")
    letter = ""  # nobody writes its reference

    def seen_by(self, actor: Actor, ids: Iterable[UUID]) -> Mapping[UUID, Subject]:
        found = list(Entity.objects.filter(uuid__in=list(ids)))
        wanted = {one.bulletin_id for one in found}
        rows = {one.pk: one for one in bulletins_for(actor).filter(pk__in=wanted)}
        subjects = {}
        for one in found:
            if one.bulletin_id in rows:
                one.bulletin = rows[one.bulletin_id]
                if one.is_genuine:
                    subjects[one.uuid] = _entity(one)
        return subjects

    def by_reference(self, actor: Actor, references: Iterable[str]) -> Mapping[str, Subject]:
        return {}

    def titles(self, vault: Any, ids: Iterable[UUID]) -> Mapping[UUID, str]:
        """As its bulletin calls it."""
        wanted = {str(one) for one in ids}
        rows = Bulletin.objects.filter(entities__uuid__in=wanted).distinct()
        return {
            UUID(one.id): one.title
            for _bulletin, content in open_contents(vault, rows)
            for one in content.entities
            if one.id in wanted
        }


def _entity(entity: Entity) -> Subject:
    page = reverse("bulletins:entity", args=[entity.bulletin.ref, entity.uuid])
    return replace(_subject(entity.bulletin), kind="entity", id=entity.uuid, url=page)


def _subject(bulletin: Bulletin) -> Subject:
    return Subject(
        kind="bulletin",
        id=bulletin.uuid,
        reference=bulletin.ref,
        url=reverse("bulletins:detail", args=[bulletin.ref]),
        marking=bulletin.tlp,
        codes=bulletin.holder_codes,
        named_ids=bulletin.named_ids,
    )
