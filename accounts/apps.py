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
        from accounts.attempts import forget_lapsed
        from accounts.queries import administration_label
        from accounts.services import close_expired, put_to_sleep
        from activity import chores, ports

        set_actor_finder(find_actor)
        ports.set_administration_names(administration_label)
        ports.register_page("accounts.user", lambda _id, _reference: "/people/")
        ports.register_page("accounts.invitation", lambda _id, _reference: "/people/")
        ports.register_page(
            "accounts.administration", lambda code, _reference: f"/administrations/{code}/"
        )
        chores.register("sleeping accounts", lambda actor, now: put_to_sleep(actor=actor, now=now))
        chores.register("attempts of late", lambda _actor, _now: forget_lapsed())
        chores.register(
            "expired invitations", lambda actor, now: close_expired(actor=actor, now=now)
        )
