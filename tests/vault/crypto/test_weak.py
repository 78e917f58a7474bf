"""Phrases that would be guessed first are named as such; generated ones never are."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vault.crypto.phrase import make_phrase, weak_reason
from vault.crypto.weak import ENOUGH_BITS, SPACE, estimated_bits
from vault.crypto.words import word_list


@pytest.mark.parametrize("phrase", ["", "reef", "reef lantern 1", "ﬁﬁﬁﬁﬁﬁ"])
def test_below_fifteen_characters_a_phrase_is_short(phrase):
    assert weak_reason(phrase) == "short"


@pytest.mark.parametrize(
    "phrase",
    [
        "password12345678",
        "Password1Password1",
        "P@ssw0rd P@ssw0rd!!",
        "aaaaaaaaaaaaaaaaaaaaaa",
        "abababababababababab",
        "qwertyuiopasdfghjkl",
        "azertyuiopqsdfghjklm",
        "1qaz2wsx3edc4rfv5tgb",
        "123456789012345678901234567890",
        "abcdefghijklmnopqrstuvwxyz",
        "zyxwvutsrqponmlkjihgf",
        "tongacustoms2026!",
        "Oceania Customs 2026",
        "iloveyouiloveyouiloveyou",
        "correct horse battery staple",
        "dragon dragon dragon dragon",
        "s3cr3tar1at p@c1f1c",
        " " * 40,
        "a" * 5000,
    ],
)
def test_long_and_cheap_all_the_same_is_common(phrase):
    assert weak_reason(phrase) == "common"


@pytest.mark.parametrize(
    "phrase",
    [
        "reef lantern copra harbour tide",
        "my aunt sells mangoes in Lami",
        "Le lagon est calme ce matin",
        "xk4-Pq9!vTz2-mmR",
        "the cat sat on the mat",
    ],
)
def test_what_somebody_made_up_with_care_passes(phrase):
    assert weak_reason(phrase) is None


def test_no_phrase_of_five_words_from_the_list_can_be_called_common():
    """Words do not run into each other across a space, so the cheapest word five times decides."""
    cheapest = min(estimated_bits(word) for word in word_list())
    assert 5 * cheapest + 4 * SPACE >= ENOUGH_BITS


def test_fifty_generated_phrases_pass():
    assert [weak_reason(make_phrase()) for _ in range(50)] == [None] * 50


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=60))
def test_any_text_has_an_answer(text):
    assert weak_reason(text) in {None, "short", "common"}


@settings(deadline=None, max_examples=50)
@given(st.text(st.sampled_from("ab1 "), max_size=30), st.text(st.sampled_from("ab1 "), max_size=5))
def test_more_text_is_never_cheaper_by_more_than_a_word(text, more):
    assert estimated_bits(text + more) <= estimated_bits(text) + estimated_bits(more)
