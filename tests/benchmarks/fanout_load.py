"""The readers: opens sockets, has messages sent, and counts what arrives, with the clock.

`python -m tests.benchmarks.fanout_load PLAN.json` prints one line of JSON. The plan names the
servers (addresses and process ids), how many sockets, and what to do: some messages one after
the other for the latency, then as many as go for some seconds, then perhaps a burst.

To tell what the deliveries cost from what a message costs, `pairs` of blocks are sent in turn to
the thread that all listen to and to one beside it, with eight listeners under the same keys.
"""

from __future__ import annotations

import array
import asyncio
import itertools
import json
import os
import random
import statistics
import sys
import time
import uuid
from pathlib import Path

import picows
import uvloop

PAGE = os.sysconf("SC_PAGE_SIZE")
FEW = 8  # one of each of the first eight people: every administration's key is among them
MARK = b"QQ"
now = time.perf_counter


def processor_seconds(pids: list[int]) -> float:
    """Of all threads of these processes that live, by the scheduler's own count."""
    nanoseconds = 0
    for pid in pids:
        for one in Path(f"/proc/{pid}/task").iterdir():
            nanoseconds += int((one / "schedstat").read_text().split()[0])
    return nanoseconds / 1e9


def whole_seconds(pid: int) -> float:
    """Of all threads this process ever had; in hundredths."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pids: list[int]) -> int:
    return sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE for pid in pids)


class Load:
    def __init__(self, plan: dict) -> None:
        self.plan, self.n, self.ours = plan, plan["sockets"], plan.get("ours")
        self.sockets: list[picows.WSTransport] = []
        self.sent_at: dict[int, float] = {}
        self.arrived: dict[int, int] = {}
        self.readers: dict[int, int] = {}
        self.complete: dict[int, asyncio.Future] = {}
        self.total = self.bytes = self.closed = 0
        self.refused: list[str] = []
        self.latencies = array.array("d")
        self.recording = False
        self.numbers = itertools.count(1)
        chosen = random.Random(1)
        words = ["".join(chosen.choices("etaoinshrdlu", k=chosen.randint(2, 9))) for _ in range(80)]
        self.body = (" ".join(words) * 40)[: plan["size"]]

    # What arrives

    def frame(self, socket, text: bytes) -> None:
        found = text.find(MARK)
        if found >= 0 and b'"t":"event"' in text[:20] + b'"t":"event"' * (not self.ours):
            self.bytes += len(text) + 4
            self.delivered(int(text[found + 2 : found + 10]))
        elif text == b'{"t":"ping"}':
            socket.send(picows.WSMsgType.TEXT, b'{"t":"pong"}')
        elif b'"t":"ready"' in text:
            socket.ready.set_result(None)
        elif b'"t":"refused"' in text or b'"t":"reload"' in text:
            self.refused.append(text.decode())

    def delivered(self, number: int) -> None:
        self.total += 1
        count = self.arrived[number] = self.arrived.get(number, 0) + 1
        if self.recording:
            self.latencies.append(now() - self.sent_at[number])
        if count == self.readers[number] and not self.complete[number].done():
            self.complete[number].set_result(None)

    # What is sent

    async def connect(self) -> float:
        began, gate = now(), asyncio.Semaphore(20)

        async def one(number: int) -> None:
            async with gate:
                await self._open(number)

        await asyncio.gather(*[one(number) for number in range(self.n)])
        return now() - began

    async def _open(self, number: int) -> None:
        load, url = self, self.plan["urls"][number % len(self.plan["urls"])]
        ready = asyncio.get_running_loop().create_future()

        class Listener(picows.WSListener):
            def on_ws_connected(self, transport):
                self.transport, self.ready = transport, ready

            def on_ws_frame(self, transport, frame):
                if frame.msg_type == picows.WSMsgType.TEXT:
                    load.frame(self, frame.get_payload_as_bytes())
                elif frame.msg_type == picows.WSMsgType.PING:
                    transport.send_pong(frame.get_payload_as_bytes())
                elif frame.msg_type == picows.WSMsgType.CLOSE:
                    load.closed += 1
                    transport.disconnect()

            def send(self, kind, data):
                self.transport.send(kind, data)

        headers = {}
        if self.ours:
            cookies = self.ours["cookies"]
            origin = url.replace("ws://", "http://").removesuffix("/ws/")
            headers = {"Cookie": cookies[number % len(cookies)], "Origin": origin}
        transport, _ = await picows.ws_connect(
            Listener, url, extra_headers=headers, websocket_handshake_timeout=120
        )
        self.sockets.append(transport)
        if self.ours:
            topics = self.ours["topics"] + [self.ours["aside"]["topic"]] * (number < FEW)
            self.say(transport, {"t": "subscribe", "topics": topics})
            await asyncio.wait_for(ready, 60)

    @staticmethod
    def say(transport, frame: dict) -> None:
        transport.send(picows.WSMsgType.TEXT, json.dumps(frame).encode())

    def send(self, *, aside: bool = False) -> int:
        number = next(self.numbers)
        self.readers[number] = FEW if aside else self.n
        text = f"QQ{number:08d} {self.body}"
        self.complete[number] = asyncio.get_running_loop().create_future()
        self.sent_at[number] = now()
        socket = self.sockets[number % self.n]
        if self.ours:
            thread = self.ours["aside"]["ref"] if aside else self.ours["ref"]
            data = {"thread": thread, "message": str(uuid.uuid4()), "text": text}
            self.say(
                socket, {"t": "act", "c": str(number), "act": "discussions.post", "data": data}
            )
        else:
            self.say(socket, {"t": "event", "html": text})
        return number

    async def wait_for(self, number: int) -> bool:
        try:
            await asyncio.wait_for(self.complete[number], self.plan.get("patience", 20))
        except TimeoutError:
            return False
        return True

    # What is measured

    async def paced(self, count: int) -> dict:
        for _ in range(2):
            await self.wait_for(self.send())
        last, lost = [], 0
        self.recording = True
        for _ in range(count):
            number = self.send()
            if await self.wait_for(number):
                last.append(now() - self.sent_at[number])
            else:
                lost += self.n - self.arrived.get(number, 0)
            await asyncio.sleep(0.03)
        self.recording = False
        times = sorted(self.latencies)
        return {
            "p50_ms": 1000 * times[len(times) // 2],
            "p99_ms": 1000 * times[int(len(times) * 0.99)],
            "last_ms": 1000 * statistics.median(last) if last else None,
            "lost": lost,
        }

    async def flat_out(self, seconds: float, window: int, most: int) -> dict:
        pids = self.plan["pids"]
        deliveries, cpu, began = self.total, processor_seconds(pids), now()
        left = itertools.count()

        async def again() -> None:
            while now() - began < seconds and next(left) < most:
                if not await self.wait_for(self.send()):
                    return

        await asyncio.gather(*[again() for _ in range(window)])
        took, used = now() - began, processor_seconds(pids) - cpu
        done = self.total - deliveries
        return {
            "deliveries_s": done / took,
            "messages_s": done / took / self.n,
            "cpu_us_per_delivery": 1e6 * used / max(done, 1),
            "cpu_ms_per_message": 1e3 * used * self.n / max(done, 1),
        }

    async def in_turn(self, pairs: int, block: int) -> dict:
        """What the server works for a message to all, and for one to a few, by turns: with two on
        their way, as in every other measurement, and one at a time."""
        found = {}
        for window, name in ((2, "fan_cpu_us"), (1, "fan_alone_cpu_us")):
            cost: dict[bool, list[float]] = {False: [], True: []}
            for aside in [True, False] * pairs:
                cost[aside].append(await self._block(block, window, aside=aside))
            pairs_of = zip(cost[False], cost[True], strict=True)
            found[name] = 1e6 * statistics.median((a - few) / (self.n - FEW) for a, few in pairs_of)
        return {**found, "few_cpu_ms": 1e3 * statistics.median(cost[True])}

    async def _block(self, count: int, window: int, *, aside: bool) -> float:
        """Seconds of processor for one of so many messages."""
        left, cpu = itertools.count(), processor_seconds(self.plan["pids"])

        async def again() -> None:
            while next(left) < count:
                await self.wait_for(self.send(aside=aside))

        await asyncio.gather(*[again() for _ in range(window)])
        return (processor_seconds(self.plan["pids"]) - cpu) / count

    async def burst(self, count: int) -> dict:
        before, began = self.total, now()
        pids = self.plan["pids"]
        cpu = processor_seconds(pids)
        for _ in range(count):
            self.send()
        seen = -1
        while seen != self.total:
            seen = self.total
            await asyncio.sleep(self.plan.get("quiet", 4))
            if self.total - before >= count * self.n:
                break
        used = processor_seconds(pids) - cpu
        return {
            "burst_delivered": (self.total - before) / (count * self.n),
            "burst_s": now() - began,
            "burst_cpu_s": used,
        }


async def run(plan: dict) -> dict:
    load = Load(plan)
    idle, cpu = resident(plan["pids"]), processor_seconds(plan["pids"])
    found: dict = {"connect_s": await load.connect()}
    found["connect_cpu_ms"] = 1e3 * (processor_seconds(plan["pids"]) - cpu) / load.n
    await asyncio.sleep(1)
    found["kib_per_socket"] = (resident(plan["pids"]) - idle) / 1024 / load.n
    if plan.get("messages"):
        found |= await load.paced(plan["messages"])
    if plan.get("seconds"):
        found |= await load.flat_out(plan["seconds"], plan.get("window", 1), plan.get("most", 9999))
    if plan.get("pairs"):
        found |= await load.in_turn(plan["pairs"], plan.get("block", 8))
    if plan.get("burst"):
        found |= await load.burst(plan["burst"])
    found["bytes"] = load.bytes / max(load.total, 1)
    found["closed"], found["refused"] = load.closed, load.refused[:3]
    for socket in load.sockets:
        socket.disconnect()
    await asyncio.sleep(0.3)
    return found


if __name__ == "__main__":
    print(json.dumps(uvloop.run(run(json.loads(Path(sys.argv[1]).read_text())))))
