"""Things that bulletins of the tests name, and the pages where they stand."""

from django.urls import reverse

from bulletins.content import EntityFact
from tests.bulletins.test_pages import words

HULL = "Zornquill Petrel"
BOX = "CSQU3054383"


def vessel(numbers="IMO 9074729", name=HULL):
    return (EntityFact("vessel", name, numbers),)


def box(number=BOX):
    return (EntityFact("container", numbers=number),)


def entity_page(client, bulletin, place=0):
    row = bulletin.entities.order_by("pk")[place]
    return client.get(reverse("bulletins:entity", args=[bulletin.ref, row.uuid]))


def detail(client, bulletin):
    return words(client.get(reverse("bulletins:detail", args=[bulletin.ref])))
