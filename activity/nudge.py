"""The wake-up after a commit. It carries a number and nothing else, and it may be lost."""

from __future__ import annotations

import asyncio
import logging

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

GROUP = "hub"
PATIENCE = 2

log = logging.getLogger("iswg.nudge")


def nudge(number: int) -> None:
    """Tell the hubs that there are events up to `number`; never raises, never waits long."""
    try:
        async_to_sync(_send)(number)
    except Exception as problem:  # a broken layer must not break what is already committed
        log.warning("nudge %s was lost: %s", number, type(problem).__name__)


async def _send(number: int) -> None:
    layer = get_channel_layer()
    if layer is not None:
        message = {"type": "hub.nudge", "id": number}
        await asyncio.wait_for(layer.group_send(GROUP, message), PATIENCE)
