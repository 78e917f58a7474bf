"""Goal 11: a 50 MB attachment sealed and stored, fetched and opened, beside a plain copy.

Each way runs in a process of its own, for its own peak of memory. Both write with fsync, as the
portal does. A download verifies every piece and the sum that the author signed before the first
byte goes out, and then opens every piece again; "unsummed" is the same without the sum, which is
as near as this comes to what the design measured (every piece opened once, no sum).
`python -m tests.benchmarks.files`.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SIZE = 50 * 1024 * 1024
ROUNDS = 5
WAYS = ("plain", "sealed", "unsummed")


def write_plain(source: Path, target: Path) -> None:
    from vault.crypto.stream import CHUNK

    with source.open("rb", 0) as given, target.open("wb", 0) as kept:
        while piece := given.read(CHUNK):
            kept.write(piece)
        os.fsync(kept.fileno())


def read_plain(target: Path) -> None:
    from vault.crypto.stream import CHUNK

    with target.open("rb", 0) as kept, target.with_suffix(".out").open("wb", 0) as out:
        while piece := kept.read(CHUNK):
            out.write(piece)


def write_sealed(source: Path, target: Path, key: bytes) -> None:
    """As uploads do: each piece by itself, from the header that was stored."""
    from vault.crypto.stream import CHUNK, StreamSealer

    sealer = StreamSealer.start(key, b"bench")
    count = -(-source.stat().st_size // CHUNK)
    with source.open("rb", 0) as given, target.open("wb", 0) as kept:
        kept.write(sealer.header)
        for index in range(count):
            kept.write(sealer.seal_chunk(index, index == count - 1, given.read(CHUNK)))
        os.fsync(kept.fileno())


def read_sealed(target: Path, key: bytes, *, summed: bool) -> None:
    """As downloads do: every piece verified, then opened again one by one and sent."""
    from vault.crypto.stream import opened_pieces, verify_stream

    digest = hashlib.sha256().update if summed else None
    with target.open("rb") as kept, target.with_suffix(".out").open("wb", 0) as out:
        verify_stream(kept, key, b"bench", SIZE, digest=digest)
        for piece in opened_pieces(kept, key, b"bench", SIZE):
            out.write(piece)


def child(way: str, folder: Path) -> None:
    source, target, key = folder / "source", folder / way, bytes(range(32))
    idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    spent: dict[str, list[float]] = {
        name: [] for name in ("write", "read", "write_cpu", "read_cpu")
    }
    for _ in range(ROUNDS):
        started, cpu = time.perf_counter(), time.process_time()
        write_plain(source, target) if way == "plain" else write_sealed(source, target, key)
        spent["write"].append(time.perf_counter() - started)
        spent["write_cpu"].append(time.process_time() - cpu)
        started, cpu = time.perf_counter(), time.process_time()
        if way == "plain":
            read_plain(target)
        else:
            read_sealed(target, key, summed=way == "sealed")
        spent["read"].append(time.perf_counter() - started)
        spent["read_cpu"].append(time.process_time() - cpu)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    medians = {f"{name}_ms": statistics.median(each) * 1000 for name, each in spent.items()}
    print(json.dumps({"way": way, **medians, "over_idle_mb": (peak - idle) / 1024}))


def measure() -> dict[str, dict[str, float]]:
    """Both ways in turn, three times; the medians of each."""
    found: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "source").write_bytes(os.urandom(SIZE))
        for _ in range(3):
            for way in WAYS:
                command = [sys.executable, "-m", "tests.benchmarks.files", way, name]
                answer = subprocess.run(command, capture_output=True, text=True, check=True)
                found[way].append(json.loads(answer.stdout))
    return {
        way: {key: statistics.median(r[key] for r in rows) for key in rows[0] if key != "way"}
        for way, rows in found.items()
    }


if __name__ == "__main__":
    if len(sys.argv) > 2:
        child(sys.argv[1], Path(sys.argv[2]))
    else:
        print(json.dumps(measure(), indent=1))
