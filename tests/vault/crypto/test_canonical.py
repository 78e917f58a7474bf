"""The same facts have one spelling, and only that spelling is read back."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vault.crypto.damage import refuses_each
from vault.crypto.canonical import canonical, read_canonical

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
names = st.text(st.characters(max_codepoint=127), max_size=6)
facts = st.dictionaries(
    names,
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), texts),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
        max_leaves=8,
    ),
    max_size=5,
)


@given(facts)
def test_facts_come_back_and_are_written_the_same_again(data):
    assert read_canonical(canonical(data)) == data
    assert canonical(dict(reversed(data.items()))) == canonical(data)


def test_bytes_are_hex_ids_are_text_and_a_tuple_is_a_list():
    data = {"z": b"\x00\xff", "a": UUID(int=1), "to": ("TO", 3), "word": "Māori", "none": None}
    assert (
        canonical(data)
        == (
            '{"a":"00000000-0000-0000-0000-000000000001","none":null,"to":["TO",3],'
            '"word":"Māori","z":"00ff"}'
        ).encode()
    )


@pytest.mark.parametrize(
    "value", [1.0, float("nan"), {1, 2}, {1: "a"}, {"é": 1}, object(), [1.5], {"a": {2: 1}}]
)
def test_what_other_languages_would_spell_otherwise_is_refused(value):
    with pytest.raises(TypeError):
        canonical({"field": value})


@pytest.mark.parametrize("value", [2**53, -(2**53), "\ud800"])
def test_what_other_languages_would_round_or_drop_is_refused(value):
    with pytest.raises(ValueError):
        canonical({"field": value})


def test_any_other_spelling_is_refused():
    assert read_canonical(memoryview(b'{"a":1,"b":[]}')) == {"a": 1, "b": []}
    wrong = [
        b'{"a": 1,"b":[]}',
        b'{"b":[],"a":1}',
        b'{"a":1,"a":1,"b":[]}',
        b'{"a":1.0,"b":[]}',
        b'{"a":1,"b":[]}\n',
        b'{"\\u0061":1,"b":[]}',
        b'{"a":NaN}',
        b"[]",
        b'"a"',
        b"",
        b"\xff",
        b'{"a":"\\ud800"}',
        b"[" * 100_000,
    ]
    refuses_each(wrong, read_canonical)
