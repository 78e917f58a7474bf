"""Goals 1 to 6: what a message costs that goes to many open pages at once.

`python -m tests.benchmarks.fanout` prints the rows; `--large` does the run of 10,000 sockets too.
Ours is the real server with real people, sessions, keys and sealed messages: what it is charged
with includes posting (sealing, signing, the journal, the commit) and judging every delivery. One
more figure leaves posting and drawing out: in the same server, and by turns, what a message to all
costs less what one to eight people under the same four keys costs.

The baselines carry as many bytes and know nobody: see `fanout_baselines.py`.
"""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.fanout_load import FEW
from tests.benchmarks.measure import Row, ratio
from tests.services import free_port, start_postgres, start_redis

ROOT = Path(__file__).resolve().parents[2]
SOCKETS_A_SESSION = 5
ROUNDS = 3


@dataclass
class Crowd:
    """A prepared data folder or database, and the cookies of its people."""

    environment: dict[str, str]
    facts: dict
    redis: str = ""


@dataclass
class Case:
    """One server, loaded in one way; what each round found."""

    name: str
    command: tuple[str, ...]
    plan: dict
    environment: dict[str, str] = field(default_factory=dict)
    crowd: Crowd | None = None
    processes: int = 1
    rounds: list[dict] = field(default_factory=list)

    def median(self, key: str) -> float:
        return statistics.median(one[key] for one in self.rounds)


def clean_environment() -> dict[str, str]:
    foreign = ("ISWG_", "DATABASE_URL", "REDIS_URL")
    return {name: value for name, value in os.environ.items() if not name.startswith(foreign)}


def make_crowd(folder: Path, sessions: int, **more: str) -> Crowd:
    folder.mkdir(exist_ok=True)
    environment = {
        **clean_environment(), "ISWG_DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "iswg.settings", **more,
    }  # fmt: skip
    said = _program("fanout_crowd", str(sessions), environment=environment)
    facts = json.loads(said)
    return Crowd({**environment, "ISWG_DIRECTORY_PIN": facts["pin"]}, facts)


def _program(name: str, *words: str, environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", f"tests.benchmarks.{name}", *words],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr[-3000:]}")
    return done.stdout


@contextlib.contextmanager
def serving(case: Case) -> Iterator[tuple[list[str], list[int]]]:
    """The servers of a case, answering: their addresses and process ids."""
    started, urls = [], []
    try:
        for _ in range(case.processes):
            port = free_port()
            environment = case.crowd.environment if case.crowd else clean_environment()
            command = [part.format(port=port) for part in case.command]
            started.append(
                subprocess.Popen(
                    [sys.executable, "-W", "ignore", "-m", *command], cwd=ROOT,
                    env={**environment, **case.environment},
                    stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )  # fmt: skip
            _wait(port, started[-1])
            urls.append(f"ws://127.0.0.1:{port}/{'ws/' if case.crowd else ''}")
        yield urls, [one.pid for one in started]
    finally:
        for one in started:
            one.terminate()
        for one in started:
            try:
                one.wait(20)
            except subprocess.TimeoutExpired:
                one.kill()
                one.wait()


def _wait(port: int, process: subprocess.Popen) -> None:
    import socket
    import time

    for _ in range(300):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise SystemExit("a server did not start")


def run_round(case: Case) -> None:
    with serving(case) as (urls, pids), tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        plan = {"urls": urls, "pids": pids, "size": 400, **case.plan}
        if case.crowd:
            facts = case.crowd.facts
            plan["ours"] = {
                "cookies": facts["cookies"][: max(FEW, plan["sockets"] // SOCKETS_A_SESSION)],
                "ref": facts["ref"],
                "topics": [facts["topic"]],
                "aside": facts["aside"],
            }
        json.dump(plan, file)
        file.flush()
        found = json.loads(_program("fanout_load", file.name))
    case.rounds.append(found)
    shown = {name: round(v, 2) if isinstance(v, float) else v for name, v in found.items()}
    print(f"  {case.name}: {json.dumps(shown)}", file=sys.stderr, flush=True)


def run_all(cases: Sequence[Case], rounds: int = ROUNDS) -> None:
    for _ in range(rounds):
        for case in cases:
            run_round(case)


def _ours(name: str, crowd: Crowd, processes: int = 1, **plan) -> Case:
    return Case(name, ("iswg.serve", "-p", "{port}"), plan, crowd=crowd, processes=processes)


def _baseline(kind: str, size: int, redis: str = "", processes: int = 1, **plan) -> Case:
    environment = {"REDIS_URL": redis} if redis else {}
    command = ("tests.benchmarks.fanout_baselines", kind, "{port}")
    return Case(kind, command, {**plan, "size": size}, environment, processes=processes)


PACED = {"messages": 10, "seconds": 3, "window": 2}


def fan_out(sizes: Sequence[int], crowd: Crowd, pair: Crowd, redis: str, size: int) -> list[Row]:
    """Goals 1 and 2 at each size: one process in memory, and two with Redis."""
    rows: list[Row] = []
    for sockets in sizes:
        ours = _ours("ours", crowd, sockets=sockets, pairs=8, **PACED)
        stock = _baseline("stock", size, redis, sockets=sockets, **PACED)
        picows = _baseline("picows", size, sockets=sockets, **PACED)
        bare = _baseline("websockets", size, sockets=sockets, **PACED)
        two = _ours("ours, two processes", pair, 2, sockets=sockets, **PACED)
        two_stock = _baseline("stock", size, redis, 2, sockets=sockets, **PACED)
        two_stock.name = "stock, two processes"
        run_all([ours, stock, picows, bare, two, two_stock])
        rows += _fan_out_rows(sockets, ours, stock, picows, bare)
        rows += _pair_rows(sockets, two, two_stock)
    return rows


def _fan_out_rows(n: int, ours: Case, stock: Case, picows: Case, bare: Case):
    posting, fan = ours.median("few_cpu_ms"), ours.median("fan_cpu_us")
    whole = ours.median("cpu_us_per_delivery")
    theirs, limit = stock.median("cpu_us_per_delivery"), picows.median("cpu_us_per_delivery")
    lone = ours.median("fan_alone_cpu_us")
    said = (
        f"{fan:.1f} us; {lone:.1f} us one at a time; posting and drawing, {posting:.1f} ms, apart"
    )
    yield Row(
        "1", f"fan-out to {n:,} sockets, processor time a delivery", said,
        f"stock Channels {theirs:.1f} us", ratio(fan, theirs), "1/25",
        fan * 25 <= theirs if n == 500 else None,
    )  # fmt: skip
    yield Row(
        "1", f"the same with posting, {n:,} sockets",
        f"{whole:.1f} us, {ours.median('messages_s'):.0f} messages/s",
        f"stock Channels, which keeps nothing, {stock.median('messages_s'):.0f} messages/s",
        ratio(whole, theirs), "reported", None,
    )  # fmt: skip
    yield Row(
        "2", f"fan-out to {n:,} sockets, processor time a delivery", f"{fan:.1f} us",
        f"bare picows {limit:.1f} us; websockets {bare.median('cpu_us_per_delivery'):.1f} us",
        ratio(fan, limit), "1.5x", fan <= limit * 1.5 if n == 500 else None,
    )  # fmt: skip
    yield Row(
        "1", f"delivery to {n:,} sockets: median, 99 %, last of all",
        " / ".join(f"{ours.median(k):.0f} ms" for k in ("p50_ms", "p99_ms", "last_ms")),
        "stock " + " / ".join(f"{stock.median(k):.0f} ms" for k in ("p50_ms", "p99_ms", "last_ms"))
        + f"; picows {picows.median('last_ms'):.0f} ms",
        ratio(ours.median("last_ms"), stock.median("last_ms")), "reported", None,
    )  # fmt: skip


def _pair_rows(n: int, ours: Case, stock: Case) -> Iterator[Row]:
    fan, theirs = ours.median("cpu_us_per_delivery"), stock.median("cpu_us_per_delivery")
    yield Row(
        "1", f"two processes, PostgreSQL and Redis, {n:,} sockets, posting included",
        f"{fan:.1f} us, last {ours.median('last_ms'):.0f} ms",
        f"stock, two processes, {theirs:.1f} us, last {stock.median('last_ms'):.0f} ms",
        ratio(fan, theirs), "reported", None,
    )  # fmt: skip


def bursts(crowd: Crowd, redis: str, size: int) -> list[Row]:
    """Goal 5: 400 messages at once, to 100 sockets."""
    plan = {"sockets": 100, "messages": 2, "burst": 400, "patience": 60}
    ours = _ours("ours, burst", crowd, **plan)
    layers = {
        "in-memory layer": _baseline("stock", size, **plan),
        "pubsub layer": _baseline("stock", size, redis, **plan),
    }
    for name, case in layers.items():
        case.name = f"stock, burst, {name}"
    run_all([ours, *layers.values()])
    lost = ", ".join(f"{n} {100 * c.median('burst_delivered'):.0f} %" for n, c in layers.items())
    whole = ours.median("burst_delivered")
    return [
        Row("5", "burst of 400 messages to 100 sockets, delivered", f"{100 * whole:.0f} %",
            f"stock, silently: {lost}", "", "100 %", whole == 1),
    ]  # fmt: skip


def joined() -> list[Row]:
    """Goal 6: what a look finds is written to each socket at once."""
    with tempfile.TemporaryDirectory(prefix="iswg-bench-") as name:
        environment = {**clean_environment(), "ISWG_DATA_DIR": name}
        found = json.loads(_program("fanout_joined", environment=environment))
    times = found["joined"] / found["single"]
    return [
        Row("6", f"stream to {found['sockets']} sockets, {found['look']} messages at a look: "
            "deliveries written in a second of processor time", f"{found['joined']:,.0f}",
            f"one write each {found['single']:,.0f}", f"{times:.1f}x", "3x", times >= 3),
    ]  # fmt: skip


def ten_thousand(crowd: Crowd, redis: str, size: int, sockets: int = 10_000) -> list[Row]:
    """Goals 3 and 4."""
    plan = {"sockets": sockets, "messages": 5, "patience": 60}
    ours, picows = _ours("ours", crowd, **plan), _baseline("picows", size, **plan)
    stock = _baseline("stock", size, redis, **{**plan, "messages": 3})
    run_all([ours, stock, picows], rounds=1 if sockets > 5_000 else ROUNDS)
    last, theirs = ours.median("last_ms"), stock.median("last_ms")
    memory, stocks = ours.median("kib_per_socket"), stock.median("kib_per_socket")
    at_most = sockets == 10_000
    return [
        Row("3", f"last of {sockets:,} sockets, one process, posting included", f"{last:.0f} ms",
            f"stock over pubsub {theirs:,.0f} ms; picows {picows.median('last_ms'):.0f} ms",
            ratio(last, theirs), "1/50", last * 50 <= theirs if at_most else None),
        Row("4", f"memory per idle socket at {sockets:,}", f"{memory:.1f} KiB",
            f"stock over pubsub {stocks:.1f} KiB", f"{memory / stocks:.2f}x", "0.7x",
            memory <= stocks * 0.7 if at_most else None),
    ]  # fmt: skip


def come_back(crowd: Crowd, count: int) -> list[Row]:
    """Everybody's line fell, and everybody comes back at once."""
    from tests.benchmarks.fanout_storm import MISSED, storm

    case = _ours("ours, come back", crowd, sockets=10, messages=5)
    run_round(case)
    with serving(case) as (urls, pids):
        found = storm(urls[0], pids[0], crowd.facts, count)
    print(f"  come back: {found}", file=sys.stderr, flush=True)
    met = count >= 10_000 or None
    well = found["faults"] == 0 and found["statuses"] == [200] and found["messages_each"] == MISSED
    return [
        Row("-", f"{count:,} pages come back at once, get {MISSED} missed messages, and drop",
            f"{found['seconds']:.0f} s, {found['cpu_ms_each']:.1f} ms of processor each, "
            f"{found['faults']} faults, {found['after_mb']:.0f} MB more afterwards",
            f"{found['pages']} pages served meanwhile, median {1000 * found['page_median_s']:.0f} "
            f"ms, worst {1000 * found['page_worst_s']:.0f} ms", "",
            "within a minute at 10,000", met and well and found["seconds"] <= 60),
    ]  # fmt: skip


def measure(*, large: bool = False, quick: bool = False) -> list[Row]:
    sizes = (100,) if quick else (100, 500, 1_000)
    many = 10_000 if large else 200 if quick else 2_000
    redis, postgres = start_redis(), start_postgres()
    with tempfile.TemporaryDirectory(prefix="iswg-bench-") as name:
        try:
            sessions = max(many, *sizes) // SOCKETS_A_SESSION
            crowd = make_crowd(Path(name, "one"), sessions)
            pair = make_crowd(
                Path(name, "two"), max(sizes) // SOCKETS_A_SESSION,
                DATABASE_URL=postgres.url, REDIS_URL=redis.url,
            )  # fmt: skip
            probe = _ours("probe", crowd, sockets=10, messages=3)
            run_round(probe)
            size = int(probe.median("bytes")) - 30
            # Sessions last for half an hour, and the crowd is as old as this function.
            at_most = [
                *ten_thousand(crowd, redis.url, size, many), *come_back(crowd, many),
            ]  # fmt: skip
            return [
                *fan_out(sizes, crowd, pair, redis.url, size), *bursts(crowd, redis.url, size),
                *joined(), *at_most,
            ]  # fmt: skip
        finally:
            postgres.stop()
            redis.stop()


def clients(seconds: float = 30.0, visitors: int = 64) -> list[Row]:
    """Goal 14: many clients at once on PostgreSQL, and how many connections that takes."""
    from tests.benchmarks import many_clients

    postgres = start_postgres()
    with tempfile.TemporaryDirectory(prefix="iswg-bench-") as name:
        try:
            crowd = make_crowd(Path(name, "data"), 16, DATABASE_URL=postgres.url)
            found = {}
            for kind, command, settings in many_clients.SERVERS:
                case = Case(
                    kind, command, {}, {"DJANGO_SETTINGS_MODULE": settings}, crowd=crowd
                )  # fmt: skip
                with serving(case) as (urls, _):
                    port = int(urls[0].rsplit(":", 1)[1].split("/")[0])
                    found[kind] = many_clients.load(
                        port, crowd.facts["cookies"], postgres.url, seconds, visitors
                    )
                print(f"  {kind}: {found[kind]}", file=sys.stderr, flush=True)
        finally:
            postgres.stop()
    ours, stock = found["ours"], found["stock with kept connections"]
    said = "{errors} errors in {answers:,} answers, {connections} connections".format
    met = ours["errors"] == 0 and ours["connections"] <= many_clients.THREADS
    return [
        Row("14", f"{visitors} clients on PostgreSQL for {seconds:.0f} s", said(**ours),
            f"stock with kept connections: {said(**stock)}", "",
            f"no error, {many_clients.THREADS} connections (the threads)", met),
    ]  # fmt: skip


def main() -> None:
    for row in measure(large="--large" in sys.argv, quick="--quick" in sys.argv):
        print(row.as_markdown(), flush=True)


if __name__ == "__main__":
    main()
