"""What grows from a root and from an epoch's secret."""

from itertools import pairwise

import pytest

from tests.vault.crypto.damage import cut_at_each_length, refuses_each, with_each_byte_flipped
from vault.crypto.box import BoxKey, open_box, seal_to
from vault.crypto.errors import CannotOpen
from vault.crypto.keys import EpochKeys, EpochPublic, PersonKeys, PersonPublic, make_secret
from vault.crypto.signing import SigningKey

MELE = PersonKeys.derive(bytes(32))
SIONE = PersonKeys.derive(bytes([1]) * 32)
TONGA_1 = EpochKeys.derive(bytes([2]) * 32)


def test_a_secret_is_32_bytes_and_new_each_time():
    assert len(make_secret()) == 32
    assert make_secret() != make_secret()


def test_the_same_root_gives_the_same_person():
    again = PersonKeys.derive(bytes(32))
    assert again.public == MELE.public
    assert again.draft_key == MELE.draft_key
    assert SIONE.public != MELE.public


def test_the_keys_of_a_person_have_nothing_in_common():
    publics = {MELE.public.identity.to_bytes(), MELE.public.content.to_bytes()}
    boxes = {MELE.public.box.to_bytes(), MELE.public.personal.to_bytes()}
    secrets = {MELE.content_secret, MELE.personal_secret, MELE.draft_key, bytes(32)}
    assert (len(publics), len(boxes), len(secrets)) == (2, 2, 4)


def test_what_a_session_carries_is_enough_to_write_and_to_read_red_but_not_to_grant(place):
    content = SigningKey.derive(MELE.content_secret)
    MELE.public.content.verify("iswg/v1/manifest", b"m", content.sign("iswg/v1/manifest", b"m"))
    personal = BoxKey.derive(MELE.personal_secret)
    assert open_box(personal, place, seal_to(MELE.public.personal, place, b"red")) == b"red"
    with pytest.raises(CannotOpen):
        MELE.public.identity.verify("iswg/v1/grant", b"m", content.sign("iswg/v1/grant", b"m"))
    with pytest.raises(CannotOpen):
        open_box(personal, place, seal_to(MELE.public.box, place, b"epoch"))


def test_a_person_goes_through_bytes():
    raw = MELE.public.to_bytes()
    again = PersonPublic.from_bytes(memoryview(raw))
    assert again == MELE.public
    assert again.key_id == MELE.box.public.key_id
    assert len(raw) == 4 + 1216 + 32 + 32 + 1216 + 64


def test_a_person_with_one_key_of_somebody_else_is_refused():
    """The certificate covers the set: no key of it can be exchanged, the identity included."""
    raw, other = MELE.public.to_bytes(), SIONE.public.to_bytes()
    edges = (4, 1220, 1252, 1284, 2500, 2564)
    mixed = [raw[:start] + other[start:end] + raw[end:] for start, end in pairwise(edges)]
    assert refuses_each(mixed, PersonPublic.from_bytes) == 5


def test_a_flipped_bit_or_a_cut_in_a_person_is_refused():
    raw = MELE.public.to_bytes()
    refuses_each(with_each_byte_flipped(raw), PersonPublic.from_bytes)
    refuses_each([*cut_at_each_length(raw), raw + b"\0"], PersonPublic.from_bytes)


def test_an_epoch_goes_through_bytes_and_no_other_length_does():
    raw = TONGA_1.public.to_bytes()
    assert EpochPublic.from_bytes(memoryview(raw)) == TONGA_1.public
    assert TONGA_1.public.key_id == TONGA_1.box.public.key_id
    assert TONGA_1.secret == bytes([2]) * 32
    refuses_each([*cut_at_each_length(raw), raw + b"\0"], EpochPublic.from_bytes)
    refuses_each(with_each_byte_flipped(raw, range(4)), EpochPublic.from_bytes)


def test_a_flipped_bit_in_an_epoch_shows_in_its_eight_words():
    """Nothing in the bytes themselves could show it; that is what fingerprints are for."""
    raw = TONGA_1.public.to_bytes()
    told_apart = 0
    for damaged in with_each_byte_flipped(raw):
        try:
            assert EpochPublic.from_bytes(damaged).fingerprint != TONGA_1.public.fingerprint
        except CannotOpen:
            continue
        told_apart += 1
    assert told_apart > 1000


def test_a_person_is_not_taken_for_an_epoch_nor_the_reverse():
    refuses_each([MELE.public.to_bytes()], EpochPublic.from_bytes)
    refuses_each([TONGA_1.public.to_bytes()], PersonPublic.from_bytes)


def test_fingerprints_are_eight_words_and_differ():
    words = MELE.public.fingerprint
    assert len(words) == 8
    assert words != SIONE.public.fingerprint != TONGA_1.public.fingerprint


@pytest.mark.parametrize("thing", [MELE, TONGA_1, MELE.box, MELE.identity])
def test_no_key_shows_its_secret_when_it_is_printed(thing):
    secrets = (bytes(32), bytes([2]) * 32, MELE.content_secret, TONGA_1.wrap_key)
    for secret in secrets:
        assert repr(secret)[2:-1] not in repr(thing)
        assert secret.hex() not in repr(thing)
    assert repr(thing).count(" object at ") == 1
