#!/usr/bin/env python3
"""Checks the signature of an instrument that was given in the portal, without the portal.

    python3 verify_signature.py signature-FJ-7.json --text mou-en.pdf --text mou-fr.pdf
        --words "abacus abdomen ... (the signer's eight words)"

It needs Python 3.9 or later and the package `cryptography` (for signatures), nothing else, and no
network. The file is on the page of the act ("Signature file"). Give the text that you hold with
--text, once a language: without it the script can say what was signed only by its sum.

What is checked: the file has not been changed by one letter; its signature was made with the key
that it names, over exactly what it says; that key's certificate holds; and each text that you give
is one that was signed. Whose key it is the file cannot prove alone: compare the eight words with
those that the signer reads out, or that stand on the portal's page of fingerprints (--words does
it for you where the word list `words.txt` lies beside this script or in vault/crypto/).
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    sys.exit("The package cryptography is missing. Install it with: pip install cryptography")

FORMAT = "iswg-signature/1"
PERSON = b"OC\x04\x01"
LENGTHS = (1216, 32, 32, 1216, 64)  # box, identity, content, personal, certificate
KINDS = {
    "SIGNED_DEFINITIVE": "signed definitively",
    "SIGNED_SUBJECT": "signed, subject to the completion of internal procedures",
}
FACTS = {
    "v", "instrument", "title", "title_fr", "version", "texts", "administration", "name", "office",
    "capacity", "kind", "date", "act", "keys",
}  # fmt: skip
HERE = Path(__file__).resolve().parent
LISTS = (HERE / "words.txt", HERE.parent / "vault" / "crypto" / "words.txt")


class Unreadable(Exception):
    """The file is not such a signature, or is damaged as a file."""


# Reading ---------------------------------------------------------------------------------------


def canonical(data):
    """The one spelling that is signed: sorted names, no spaces, UTF-8."""
    written = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return written.encode()


def read_file(raw):
    """The whole file; Unreadable unless it is in exactly the form in which it was made."""
    try:
        data = json.loads(raw.decode())
        if canonical(data) != raw:
            raise Unreadable("It was changed after it was made: it is not in its one spelling.")
    except (UnicodeError, ValueError, TypeError, RecursionError):
        raise Unreadable("It is not such a file, or it was damaged.") from None
    if not isinstance(data, dict) or set(data) != {"format", "statement", "signature"}:
        raise Unreadable("It is not a signature file of the portal.")
    if data["format"] != FORMAT:
        raise Unreadable("It is a file of another form; look for a newer version of this script.")
    if not isinstance(data["statement"], dict) or set(data["statement"]) != FACTS:
        raise Unreadable("It does not say what a signature says.")
    return data


def keys_of(statement):
    """The parts of the signer's public keys, in their order."""
    raw = bytes.fromhex(statement["keys"])
    if not raw.startswith(PERSON) or len(raw) != len(PERSON) + sum(LENGTHS):
        raise Unreadable("The keys in it are not keys of the portal.")
    parts, at = [], len(PERSON)
    for length in LENGTHS:
        parts.append(raw[at : at + length])
        at += length
    return raw, parts


# Signatures: Ed25519 over typed, length-prefixed parts -------------------------------------------


def part(kind, value):
    return kind + len(value).to_bytes(4, "big") + value


def signed_bytes(label, message):
    return (
        b"iswg/v1/context"
        + part(b"s", b"iswg/v1/signature")
        + part(b"s", label)
        + part(b"b", message)
    )


def is_signed(key, label, message, signature):
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, signed_bytes(label, message))
    except (InvalidSignature, ValueError):
        return False
    return True


# Whose key -------------------------------------------------------------------------------------


def fingerprint(raw):
    """The digest of the keys, from which the eight words are made."""
    return hashlib.sha256(b"iswg/v1/fingerprint" + raw).digest()


def eight_words(digest, words):
    number, found = int.from_bytes(digest, "big"), []
    for _ in range(8):
        number, place = divmod(number, len(words))
        found.append(words[place])
    return found[::-1]


def word_list():
    path = next((one for one in LISTS if one.exists()), None)
    return path.read_text("ascii").split() if path else None


# Judging ---------------------------------------------------------------------------------------


def faults_of(data, texts, claimed):
    """Every sentence of what is wrong; nothing if all is well. `texts` are (name, bytes),
    `claimed` the eight words that were given, or nothing."""
    statement = data["statement"]
    raw, parts = keys_of(statement)
    box, identity, content, personal, certificate = parts
    certified = box + identity + content + personal
    if not is_signed(identity, b"iswg/v1/person/certificate", certified, certificate):
        yield "The certificate of the signer's keys does not hold: a key was exchanged."
    signature = bytes.fromhex(data["signature"])
    if not is_signed(identity, b"iswg/v1/instrument signature", canonical(statement), signature):
        yield "The signature does not fit: what was signed, or the signature, was changed."
    for name, body in texts:
        if hashlib.sha256(body).hexdigest() not in statement["texts"].values():
            yield f"{name} is not the text that was signed."
    if claimed:
        words = word_list()
        if words is None:
            yield "The word list (words.txt) was not found, so the words were not compared."
        elif eight_words(fingerprint(raw), words) != claimed:
            yield "The eight words are those of another key: somebody else signed this."


def said(statement):
    """What was signed, in plain sentences."""
    kind = KINDS.get(statement["kind"], statement["kind"])
    capacity = f", {statement['capacity']}" if statement["capacity"] else ""
    yield f"{statement['name']}, {statement['office']}{capacity},"
    yield f"for the administration {statement['administration']}, {kind}, on {statement['date']},"
    yield f"\u201c{statement['title']}\u201d / \u201c{statement['title_fr']}\u201d,"
    yield f"version {statement['version']} of its text:"
    for language, digest in sorted(statement["texts"].items()):
        yield f"  {language}  SHA-256 {digest}"
    yield f"Act {statement['act']} of instrument {statement['instrument']}."


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("file", help="the signature file that was downloaded (.json)")
    parser.add_argument(
        "--text", action="append", default=[], metavar="FILE", help="a text that you hold"
    )
    parser.add_argument("--words", default="", help="the signer's eight words, in one argument")
    return parser.parse_args()


def main():
    options = arguments()
    try:
        data = read_file(Path(options.file).read_bytes())
        texts = [(name, Path(name).read_bytes()) for name in options.text]
        faults = list(faults_of(data, texts, options.words.split()))
        sentences = list(said(data["statement"]))
        digest = fingerprint(keys_of(data["statement"])[0])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, Unreadable) as no:
        print(f"This cannot be read as a signature. {no}", file=sys.stderr)
        return 2
    for sentence in faults:
        print(sentence, file=sys.stderr)
    print("\n".join(sentences))
    print(f"Fingerprint of the signer's keys: {digest.hex()}")
    if words := word_list():
        print("In words: " + " ".join(eight_words(digest, words)))
    if faults:
        print("The signature does NOT verify.")
        return 1
    print("The signature verifies: nothing of this was changed since it was given.")
    if not options.text:
        print("No text was given: compare the sums above with the text that you hold.")
    if not options.words:
        print("No words were given: compare them, to be sure whose key it is.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
