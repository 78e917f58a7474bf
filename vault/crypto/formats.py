"""The table of formats: what the first four bytes of anything sealed or published may be.

`OC`, then one byte for the type, then one byte for the algorithm. Four bytes settle how the rest
is read, so nothing is ever guessed from a length, and a reader that does not know the pair
refuses instead of trying. They also enter the key derivation (ENV, STREAM) or the HPKE `info`
(BOX): bytes sealed as one type cannot be presented as another.

A new algorithm gets a new number and keeps the old line for ever: readers first, writers later.
Numbers are never given out again.
"""

ENVELOPE = b"OC\x01\x01"  # HKDF-SHA256, commitment, AES-256-GCM            envelope.py
BOX = b"OC\x02\x01"  # HPKE base: X-Wing, HKDF-SHA256, AES-256-GCM     box.py
STREAM = b"OC\x03\x01"  # as ENVELOPE, in chunks of 64 KiB                stream.py
PERSON = b"OC\x04\x01"  # a person's four public keys and certificate     keys.py
EPOCH = b"OC\x05\x01"  # an administration's two public keys             keys.py
