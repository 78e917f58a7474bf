"""Nothing that a person typed can get into the record, whoever calls it."""

import datetime
from uuid import uuid4

import pytest

from access.policy import Action
from access.roles import Role
from activity import shapes
from bulletins.models import Outcome

CANARY = "Yacht Ālia carries cocaine"
WORDS = [
    CANARY,
    "cocaine",
    "Cocaine",
    "manifest.pdf",
    "Mele Tau",
    "mele@to.invalid",
    "DROP TABLE",
    "TLP:PURPLE",
    "B-7kqf2 arrived",
    "10.1.2.3",
    "correct horse battery staple zebra",
    "https://example.org/",
    "bulletins.bulletin:Alia",
    "2026-01-01 at sea",
    "deadbeef is a word",
    "<script>",
    "A" * 9,
]
FACTS = {
    "codes": ["FJ", "TO", "OCO", "PTCCC"],
    "count": 3,
    "done": True,
    "nothing": None,
    "id": uuid4(),
    "text_id": str(uuid4()),
    "hash": bytes.fromhex("9f86d081884c7d65"),
    "hex": "9f86d081884c7d659a2feaa0c55ad015",
    "role": Role.CONTACT,
    "role_from_the_database": "contact",
    "outcome": Outcome.NOTHING,
    "action": Action.READ_BULLETIN,
    "tlp": "TLP:AMBER+STRICT",
    "reference": "B-7KQF2",
    "quarter": "2026-27-Q2",
    "due_on": datetime.date(2026, 11, 21),
    "at": datetime.datetime(2026, 11, 21, 9, 12, 44, tzinfo=datetime.UTC),
    "network": "203.0.113.0/24",
    "network_six": "2001:db8::/48",
    "target": "accounts.user:7",
    "keys": {"FJ": bytes.fromhex("9f86d081884c7d65")},
    "set": {"TO", "FJ"},
}


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize(
    "where", [lambda w: w, lambda w: [w], lambda w: {"FJ": w}, lambda w: (1, w)],
    ids=["alone", "in a list", "in a table", "in a pair"],
)  # fmt: skip
def test_words_are_refused_wherever_they_hide(word, where):
    with pytest.raises(shapes.NotForTheRecord) as refusal:
        shapes.plain({"note": where(word)})
    assert word not in str(refusal.value)


@pytest.mark.parametrize("name", ["Yacht Ālia", "a b", "", "x" * 40, 7])
def test_words_are_refused_as_names_of_details(name):
    with pytest.raises(shapes.NotForTheRecord):
        shapes.plain({name: 1})


@pytest.mark.parametrize("value", [1.5, object(), ["FJ"] * 501, {"a": {"b": {"c": 1}}}])
def test_what_has_no_plain_spelling_is_refused(value):
    with pytest.raises(shapes.NotForTheRecord):
        shapes.plain({"value": value})


def test_ids_codes_hashes_dates_and_our_own_words_are_kept():
    kept = shapes.plain(FACTS)
    assert kept["role"] == kept["role_from_the_database"] == "contact"
    assert kept["hash"] == "9f86d081884c7d65"
    assert kept["at"] == "2026-11-21T09:12+00:00"
    assert kept["set"] == ["FJ", "TO"]
    assert set(kept) == set(FACTS)


@pytest.mark.parametrize(
    "target", ["Ālia", "bulletins.bulletin:Ālia", "bulletins.bulletin", "x:1", "/search/?q=alia"]
)
def test_a_target_is_a_kind_and_a_public_id(target):
    with pytest.raises(shapes.NotForTheRecord):
        shapes.target_of(target)
    assert shapes.target_of("bulletins.bulletin:0192d1a4-0000-4000-8000-000000000001")
