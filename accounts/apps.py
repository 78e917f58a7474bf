"""Tells the lower layers, at start, who people are."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "People"

    def ready(self) -> None:
        from access.actors import set_actor_finder
        from accounts import signals  # noqa: F401 (receivers connect themselves)
        from accounts.actors import find_actor

        set_actor_finder(find_actor)
