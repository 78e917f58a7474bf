"""The keys under which the words of the register lie."""

from __future__ import annotations

from django.db import models

from vault.circles import CircleKey


class RegisterKey(CircleKey):
    """A key of the register (vault/circles.py).

    `desk` empty: for every member and the Secretariat. A code: between that administration and
    the Secretariat, for what is said of the steps at home.
    """

    desk = models.CharField(max_length=8, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["desk", "number"], name="one_register_key_of_a_number")
        ]
