"""Connects what follows from signing in and out."""

from __future__ import annotations

from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "vault"
    verbose_name = "Vault"

    def ready(self) -> None:
        from vault import signals  # noqa: F401 (receivers connect themselves)
