"""BOX 02/01: a secret for the holder of one key, in one place."""

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from tests.vault.crypto.damage import cut_at_each_length, refuses_each, with_each_byte_flipped
from tests.vault.crypto.second_reader import XWing
from tests.vault.crypto.second_reader import open_box as open_box_by_the_book
from vault.crypto.box import OVERHEAD, BoxKey, BoxPublic, key_id_of, open_box, seal_to
from vault.crypto.context import context
from vault.crypto.errors import CannotOpen

DATA_KEY = bytes(range(100, 132))
TONGA, FIJI = BoxKey.derive(bytes(32)), BoxKey.derive(bytes([1]) * 32)


def test_the_holder_opens_what_was_sealed_to_her(place):
    box = seal_to(TONGA.public, place, DATA_KEY)
    assert open_box(TONGA, place, box) == DATA_KEY
    assert open_box(TONGA, place, memoryview(box)) == DATA_KEY
    assert len(box) == 1188 == OVERHEAD + 32


def test_a_second_implementation_opens_it_from_the_standards_alone(place):
    box = seal_to(TONGA.public, place, DATA_KEY)
    assert open_box_by_the_book(bytes(32), place, box) == DATA_KEY


def test_another_holder_does_not_open_it_not_even_relabelled_as_hers(place):
    box = seal_to(TONGA.public, place, DATA_KEY)
    relabelled = box[:4] + FIJI.public.key_id + box[20:]
    refuses_each([box, relabelled], lambda raw: open_box(FIJI, place, raw))


def test_a_box_moved_to_another_row_does_not_open():
    def row(administration: str, epoch: int) -> bytes:
        return context("iswg/v1/data key", "bulletin", administration, epoch)

    box = seal_to(TONGA.public, row("TO", 3), DATA_KEY)
    assert open_box(TONGA, row("TO", 3), box) == DATA_KEY
    for elsewhere in (row("FJ", 3), row("TO", 4), b""):
        with pytest.raises(CannotOpen):
            open_box(TONGA, elsewhere, box)


def test_a_flipped_bit_anywhere_is_refused(place):
    box = seal_to(TONGA.public, place, DATA_KEY)
    damaged = with_each_byte_flipped(box)
    assert refuses_each(damaged, lambda raw: open_box(TONGA, place, raw)) == 1188


def test_every_shortening_and_a_lengthening_is_refused(place):
    box = seal_to(TONGA.public, place, DATA_KEY)
    damaged = [*cut_at_each_length(box), box + b"\0", box[1:]]
    refuses_each(damaged, lambda raw: open_box(TONGA, place, raw))


def test_halves_of_two_boxes_do_not_make_a_third(place):
    one, two = (seal_to(TONGA.public, place, DATA_KEY) for _ in range(2))
    mixed = [one[:cut] + two[cut:] for cut in (20 + 1088, 20 + 1120)]
    refuses_each(mixed, lambda raw: open_box(TONGA, place, raw))


def test_it_says_for_whom_it_is_and_nothing_that_is_no_box_does(place):
    box = seal_to(TONGA.public, place, DATA_KEY)
    assert key_id_of(box) == TONGA.public.key_id
    assert len(TONGA.public.key_id) == 16
    wrong = [b"", b"OC\x02\x01", box[:19], b"OC\x02\x02" + box[4:], b"OC\x01\x01" + box[4:]]
    refuses_each(wrong, key_id_of)
    refuses_each(wrong, lambda raw: open_box(TONGA, place, raw))


def test_a_key_is_the_same_from_the_same_secret_and_goes_through_bytes():
    again = BoxKey.derive(bytes(32)).public
    assert again == TONGA.public == BoxPublic.from_bytes(TONGA.public.to_bytes())
    assert hash(again) == hash(TONGA.public)
    assert TONGA.public != FIJI.public
    assert TONGA.public.key_id != FIJI.public.key_id
    assert len(TONGA.public.to_bytes()) == 1216


def test_it_is_the_x_wing_of_the_draft(vectors):
    (vector,) = vectors("x_wing")
    seed, encapsulated = bytes.fromhex(vector["seed"]), bytes.fromhex(vector["ct"])
    public = BoxKey(seed).public.to_bytes()
    assert hashlib.sha256(public).hexdigest() == vector["pk_sha256"]
    assert public == XWing(seed).public
    assert XWing(seed).decapsulate(encapsulated).hex() == vector["ss"]


class TestWhatIsNoPublicKey:
    def test_a_wrong_length(self):
        raw = TONGA.public.to_bytes()
        refuses_each([b"", raw[:-1], raw + b"\0"], BoxPublic.from_bytes)

    def test_numbers_outside_the_lattice(self):
        """FIPS 203 asks for the modulus check; all ones fail it."""
        raw = TONGA.public.to_bytes()
        refuses_each([b"\xff" * 1184 + raw[1184:]], BoxPublic.from_bytes)

    def test_a_point_to_which_nothing_could_be_sealed(self):
        raw = TONGA.public.to_bytes()
        for point in (bytes(32), b"\x01" + bytes(31)):
            X25519PublicKey.from_public_bytes(point)  # the library takes it
            refuses_each([raw[:1184] + point], BoxPublic.from_bytes)
