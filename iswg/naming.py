"""Names and addresses that the record shows beside its codes and ids."""

from __future__ import annotations

from django.urls import reverse

from bulletins.models import Bulletin


def bulletin_page(_uuid: str, reference: str) -> str:
    """The bulletin's page, or the list for a notice that carries no reference."""
    return reverse("bulletins:detail", args=[reference]) if reference else reverse("bulletins:list")


def bulletin_references(uuids: set[str]) -> dict[str, str]:
    rows = Bulletin.objects.filter(uuid__in=uuids).values_list("uuid", "ref")
    return {str(uuid): reference for uuid, reference in rows}
