"""Everybody comes back at once: sockets that open, catch up and drop, by several processes.

`python -m tests.benchmarks.fanout_storm PLAN.json` is one of those processes; `storm()` starts
them, asks for signed-in pages meanwhile, and looks at the server's memory.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import picows
import uvloop

from tests.benchmarks.fanout_load import resident, whole_seconds

AT_ONCE = 40
MISSED = 3
PAUSE = 0.2  # between two pages that somebody else asks for
PATIENCE = 120


async def _come_back(plan: dict, number: int) -> tuple[int, int]:
    """Where the server stands, and how many messages it had kept for this page."""
    cookies, url, missed = plan["cookies"], plan["url"], 0
    ready = asyncio.get_running_loop().create_future()

    class Listener(picows.WSListener):
        def on_ws_frame(self, transport, frame):
            nonlocal missed
            text = frame.get_payload_as_bytes()
            missed += b'"t":"event"' in text
            if b'"t":"ready"' in text and not ready.done():
                ready.set_result(json.loads(text)["id"])

        def on_ws_disconnected(self, transport):
            if not ready.done():
                ready.set_exception(ConnectionError("closed before it was ready"))

    headers = {
        "Cookie": cookies[number % len(cookies)],
        "Origin": url.replace("ws://", "http://").removesuffix("/ws/"),
    }
    transport, _ = await picows.ws_connect(
        Listener, url, extra_headers=headers, websocket_handshake_timeout=PATIENCE
    )
    said = {"t": "subscribe", "topics": plan["topics"], "since": plan["since"]}
    transport.send(picows.WSMsgType.TEXT, json.dumps(said).encode())
    stands = await asyncio.wait_for(ready, PATIENCE)
    transport.disconnect()
    return stands, missed


async def _all(plan: dict) -> dict:
    gate, faults, missed = asyncio.Semaphore(AT_ONCE), [], [0]

    async def one(number: int) -> None:
        async with gate:
            try:
                missed.append((await _come_back(plan, number))[1])
            except Exception as fault:
                faults.append(type(fault).__name__)

    await asyncio.gather(*[one(number) for number in range(plan["count"])])
    return {"faults": len(faults), "kinds": sorted(set(faults)), "missed": sum(missed)}


def storm(url: str, pid: int, facts: dict, count: int, processes: int = 3) -> dict:
    """What `count` reconnects cost, and whether pages were served while they came."""
    from tests.benchmarks.pages import Visitor

    port = int(url.rsplit(":", 1)[1].split("/")[0])
    plan = {
        "url": url, "cookies": facts["cookies"], "topics": [facts["topic"]], "since": None,
        "count": count // processes,
    }  # fmt: skip
    stands, _ = asyncio.run(_come_back(plan, 0))
    plan["since"] = stands - 2 * MISSED  # each is an event of its thread, and one of the lists
    visitor = Visitor(port, dict(one.split("=", 1) for one in facts["cookies"][0].split("; ")))
    before, cpu, began = resident([pid]), whole_seconds(pid), time.monotonic()
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(plan, file)
        file.flush()
        command = [sys.executable, "-W", "ignore", "-m", "tests.benchmarks.fanout_storm", file.name]
        clients = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(processes)]
        pages, statuses, most = [], set(), before
        while any(one.poll() is None for one in clients):
            asked = time.monotonic()
            statuses.add(visitor.get("/threads/")[0])
            pages.append(time.monotonic() - asked)
            most = max(most, resident([pid]))
            time.sleep(PAUSE)
        found = [json.loads(one.communicate()[0]) for one in clients]
    return {
        "seconds": time.monotonic() - began,
        "cpu_ms_each": 1000 * (whole_seconds(pid) - cpu) / count,
        "faults": sum(one["faults"] for one in found),
        "messages_each": sum(one["missed"] for one in found) / (plan["count"] * processes),
        "kinds": [one["kinds"] for one in found],
        "pages": len(pages), "statuses": sorted(statuses),
        "page_median_s": statistics.median(pages), "page_worst_s": max(pages),
        "most_mb": (most - before) / 2**20, "after_mb": (resident([pid]) - before) / 2**20,
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(uvloop.run(_all(json.loads(Path(sys.argv[1]).read_text())))))
