"""Connects what follows from signing in and out, and the sweeping of what ran out."""

from __future__ import annotations

from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "vault"
    verbose_name = "Vault"

    def ready(self) -> None:
        from activity.chores import register
        from vault import signals  # noqa: F401 (receivers connect themselves)
        from vault.finishing import sweep as sweep_files
        from vault.new_starts import sweep as sweep_new_starts
        from vault.sessions import sweep as sweep_sessions

        register("vault_sessions", lambda _actor, _now: sweep_sessions())
        register("vault_new_starts", lambda _actor, _now: sweep_new_starts())
        register("vault_files", lambda _actor, _now: sweep_files())
