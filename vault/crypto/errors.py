"""The one thing this package says when it cannot do what was asked."""


class CannotOpen(Exception):
    """One failure, no clue in it.

    A wrong key, a damaged byte, a ciphertext moved to another row, an unknown format: all of
    them look the same from outside. Whoever could tell them apart could ask many small
    questions and learn from the answers (a padding oracle is exactly that), and a log that
    tells them apart would do the asking for him. The exception therefore carries no message,
    and `raise ... from None` at every place keeps the cause out of tracebacks.

    Mistakes of the *caller* (a key of 31 bytes, a number below zero) are `ValueError`: they are
    bugs, they do not depend on anything an attacker sends, and they should be loud.
    """
