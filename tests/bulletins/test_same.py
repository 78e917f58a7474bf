"""Where else the same is named: by a number however it is written, or only by a name."""

import pytest

from bulletins.content import EntityFact
from tests.bulletins.naming import BOX, HULL, box, entity_page, vessel
from tests.bulletins.test_pages import words
from tests.factories import signed_in
from vault.searching import one_at_a_time

pytestmark = pytest.mark.django_db

MANY = "\n".join(f"TIN 88-{n:04d}" for n in range(30))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("vessel", "QDM01"), ("vessel", "call sign qdm 01")),
        (("person", "LA123456"), ("person", "passport LA 123456")),
        (("vehicle", "plate AB 1234"), ("vehicle", "AB1234")),
        (("consignment", "CSQU3054383 (two pallets)"), ("container", "CSQU 305438 3")),
        (("company", MANY), ("company", "TIN 880029")),
    ],
)  # fmt: skip
def test_with_or_without_its_label(world, desk, vanuatu, one, other):
    first, second = (
        desk.publish(world.fj, title=title, entities=(EntityFact(kind, f"{title} thing", n),))
        for title, (kind, n) in (("First", one), ("Second", other))
    )
    assert "Second thing" in words(entity_page(vanuatu, first))
    assert "First thing" in words(entity_page(vanuatu, second))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("vessel", "8888-77"), ("person", "888877")),  # numbers of what, nobody said
        (("vessel", "IMO unknown"), ("vessel", "IMO unknown")),
        (("vessel", "IMO 9074729"), ("vessel", "MMSI 9074729")),
    ],
)
def test_what_only_looks_the_same_does_not_meet(world, desk, vanuatu, one, other):
    first, _second = (
        desk.publish(world.fj, title=title, entities=(EntityFact(kind, f"{title} thing", n),))
        for title, (kind, n) in (("First", one), ("Second", other))
    )
    assert "Second" not in words(entity_page(vanuatu, first))


@pytest.mark.parametrize(
    ("name", "same", "meets"),
    [
        ("Jean-Pierre  Zorn", "jean pierre ZORN", True),
        ("Āliaʻi", "aliai", True),
        ("王小明", "王小明", True),
        ("Unknown", "unknown", False),
        ("Joe", "Joe", False),
    ],
)
def test_names_without_case_accents_and_signs(world, desk, vanuatu, name, same, meets):
    first = desk.publish(world.fj, entities=(EntityFact("person", name),))
    desk.publish(world.fj, title="Second", entities=(EntityFact("person", same),))
    assert ("Second" in words(entity_page(vanuatu, first))) is meets


def test_a_bulletin_stands_once_and_not_more_than_fifty_are_shown(
    world, desk, vanuatu, monkeypatch
):
    first = desk.publish(world.fj, entities=box())
    for _n in range(3):
        desk.publish(world.fj, title="Twice", entities=(*box(), *box("CSQU 305438-3")))
    page = words(entity_page(vanuatu, first))
    assert page.count("the same number") == 3
    assert "There may be more" not in page
    monkeypatch.setattr("bulletins.entities.SHOWN", 2)
    page = words(entity_page(vanuatu, first))
    assert page.count("the same number") == 2
    assert "There may be more among older ones." in page


def test_the_page_bears_the_strictest_label_of_what_it_shows(world, desk, vanuatu):
    first = desk.publish(world.fj, entities=box())
    assert "TLP:RED" not in words(entity_page(vanuatu, first))
    desk.publish(
        world.fj, tlp="TLP:RED", pap="PAP:RED", recipients=(), officers=(world.vu.pk,),
        requested_action="information", entities=box(),
    )  # fmt: skip
    page = words(entity_page(vanuatu, first))
    assert page.index("TLP:RED") < page.index("Bulletins")


def test_the_same_number_is_found_however_it_is_written(world, desk, vanuatu):
    first = desk.publish(world.fj, entities=box())
    desk.publish(world.pw, recipients=("VU",), title="Second one", entities=box("csqu 305438-3"))
    page = words(entity_page(vanuatu, first))
    assert "Second one" in page
    assert "the same number, csqu 305438-3" in page
    assert "Looked through 1 bulletin that you may open and that names something." in page


def test_only_the_same_name_is_said_to_be_only_that(world, desk, vanuatu):
    first = desk.publish(world.fj, entities=vessel())
    desk.publish(world.pw, recipients=("VU",), title="By name",
                 entities=vessel("MMSI 520999901", "ZORNQUILL  PETREL"))  # fmt: skip
    other = (EntityFact("person", HULL),)
    desk.publish(world.pw, recipients=("VU",), title="A person", entities=other)
    page = words(entity_page(vanuatu, first))
    assert "By name" in page
    assert "only the same name" in page
    assert "A person" not in page


def test_what_one_may_not_open_is_neither_shown_nor_counted(world, desk, vanuatu):
    first = desk.publish(world.fj, entities=box())
    desk.publish(world.fj, recipients=("PW",), title="For Palau", entities=box())
    page = words(entity_page(vanuatu, first))
    assert "For Palau" not in page
    assert "Looked through 0 bulletins" in page
    assert "For Palau" in words(entity_page(signed_in(world.fj), first))


def test_a_bulletin_for_named_officers_shows_to_them_alone(world, desk):
    first = desk.publish(world.fj, entities=box())
    desk.publish(
        world.fj, tlp="TLP:RED", pap="PAP:RED", recipients=(), title="For one",
        requested_action="information", officers=(world.vu.pk,), entities=box(),
    )  # fmt: skip
    assert "For one" in words(entity_page(signed_in(world.vu), first))
    page = words(entity_page(signed_in(world.vu_contact), first))
    assert "For one" not in page
    assert "Looked through 0 bulletins" in page


def test_one_look_at_a_time(world, desk, vanuatu):
    first = desk.publish(world.fj, entities=box())
    with one_at_a_time("entities", world.vu.pk):
        page = words(entity_page(vanuatu, first))
    assert "in another window" in page
    assert BOX in page


def test_as_many_queries_for_a_thousand_as_for_one(
    world, desk, vanuatu, django_assert_max_num_queries
):
    first = desk.publish(world.fj, entities=box())
    desk.publish(world.fj, title="One more", entities=box())
    entity_page(vanuatu, first)
    with django_assert_max_num_queries(200) as few:
        entity_page(vanuatu, first)
    for n in range(4):
        desk.publish(world.fj, title=f"More {n}", entities=box())
    entity_page(vanuatu, first)
    with django_assert_max_num_queries(200) as many:
        page = words(entity_page(vanuatu, first))
    assert page.count("the same number") == 5
    assert len(many) == len(few)


def test_the_search_finds_what_is_named_by_its_name_and_by_its_number(world, desk, vanuatu):
    desk.publish(world.fj, title="The first", entities=box("csqu 305438-3"))
    desk.publish(world.fj, title="The second", entities=vessel())
    found = words(vanuatu.get("/search/", {"q": BOX}))
    assert "The first" in found
    assert "among what it names" in found
    assert "The second" in words(vanuatu.get("/search/", {"q": "zornquill"}))
    assert "The second" not in words(signed_in(world.pw).get("/search/", {"q": "zornquill"}))
