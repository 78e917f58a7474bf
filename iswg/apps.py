"""Where the layers meet: lower ones declare ports, and this fills them once, at start."""

from __future__ import annotations

from django.apps import AppConfig


class IswgConfig(AppConfig):
    name = "iswg"
    verbose_name = "ISWG portal"

    def ready(self) -> None:
        from iswg import checks, wiring  # noqa: F401 (checks register themselves)

        wiring.connect()
