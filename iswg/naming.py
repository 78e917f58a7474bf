"""Names and addresses that the record shows beside its codes and ids."""

from __future__ import annotations

from django.urls import reverse

from bulletins.models import Bulletin


def bulletin_page(_uuid: str, reference: str) -> str:
    return reverse("bulletins:detail", args=[reference])


def bulletin_references(uuids: set[str]) -> dict[str, str]:
    rows = Bulletin.objects.filter(uuid__in=uuids).values_list("uuid", "ref")
    return {str(uuid): reference for uuid, reference in rows}
