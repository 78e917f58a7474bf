"""The cryptography of the vault, to be read in one afternoon.

This package knows nothing of Django, of users or of rows. It takes bytes and gives bytes, with the
standard library and `cryptography` alone. What the rest of the vault builds from it stands in
`docs/`; here stands what it may rely on.

In short: **one envelope, one box, one stream, one signature.** Secrets are 32 random bytes;
everything else is derived from them under a label. Every sealed thing is bound to the place where
it belongs. Every failure is the same failure.

Reading order
-------------
============ ======================================================================================
errors       One failure, `CannotOpen`, with no clue in it.
formats      The table: which four bytes may stand in front of anything.
derive       One secret gives many unrelated keys, each under its label. `make_` is random,
             `derive` is repeatable, in every name of this package.
context      Different facts never become the same bytes. (Injective; a property test tries.)
padding      The length of a text says its size class and no more.
envelope     ENV 01/01. Who lacks the key learns the length; who has it, in the right place, gets
             the one body there is; nobody can make an envelope that opens in two ways.
box          BOX 02/01. Only the holder of the private key opens it, also after quantum computers.
             It does not say who wrote it.
signing      The holder of this key stated these bytes, as this kind of statement.
stream       STREAM 03/01. As the envelope, for files: sealed as they arrive, read in any order, in
             constant memory; cut, reordered or exchanged pieces do not open.
reader       A sealed file to be sought in, for whoever must look inside without a plain copy.
canonical    The same facts have one spelling, and only that spelling is read back.
words        Eight words stand for a public key, for people to compare aloud.
keys         What grows from a person's root and from an epoch's secret, and which part of it may
             lie in a session.
phrase       A phrase becomes a key slowly (`stretched`: the pair that comes out); a printed code
             quickly (`recovery`); a phrase that would be guessed first is named as such (`weak`).
============ ======================================================================================

What is assumed
---------------
AES-256-GCM, HKDF and SHA-256 as everybody assumes them; ML-KEM-768 *or* X25519; Ed25519; Argon2id;
that `secrets` is random, and that the caller uses each context for one kind of thing. Nothing else:
no clock, no counter, no state that a restored backup could set back.

What is not promised
--------------------
* *Memory is not wiped.* Python copies bytes as it likes, and pretending otherwise would be worse
  than saying so. Whoever reads the running process reads what it is opening (security.md, 10).
* *Sizes, times and addressees show* (security.md, 9).
* *A box does not expire.* A private key that leaks later opens a box that was copied earlier. The
  vault therefore replaces boxes by envelopes at the first opening.
* *Signatures are classical.* See `signing.py` for why that can wait.

The proofs of the promises stand in `tests/vault/crypto/`: golden vectors for every format, a second
reader written from the formats alone, every byte flipped, every length cut, neighbours exchanged,
and a working attack on plain AES-GCM that the envelope withstands.
"""
