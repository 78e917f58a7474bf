"""Names and addresses that the record shows beside its codes and ids."""

from __future__ import annotations

from django.urls import reverse

from accounts.models import Administration
from bulletins.models import Bulletin


def administration(code: str) -> str:
    """The name in the current language; a code that is not entered stands for itself."""
    found = Administration.objects.filter(pk=code).first()
    return found.label if found else code


def bulletin_page(_uuid: str, reference: str) -> str:
    return reverse("bulletins:detail", args=[reference])


def bulletin_references(uuids: set[str]) -> dict[str, str]:
    rows = Bulletin.objects.filter(uuid__in=uuids).values_list("uuid", "ref")
    return {str(uuid): reference for uuid, reference in rows}


def people_page(_id: str, _reference: str) -> str:
    return reverse("accounts:people")
