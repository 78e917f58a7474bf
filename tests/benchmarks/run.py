"""`dev.py bench`: the goals of the design, each beside its baseline in the same run.

Writes docs/benchmarks.md. `dev.py bench 100000` chooses another size for the long lists,
`dev.py bench --large` 10,000 open pages instead of 2,000, and `dev.py bench --quick` small numbers
for everything; `dev.py bench lists` (or live, sealed, one_page, attachments, first_visit) measures
one part and only prints. All of it takes an hour, and a machine that does nothing else. Nothing
here is asserted in a test.
"""

from __future__ import annotations

import datetime
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks import fanout, pages, weight  # noqa: E402
from tests.benchmarks.measure import Row, ms, ratio  # noqa: E402
from tests.services import free_port, start_postgres  # noqa: E402

OUT = ROOT / "docs" / "benchmarks.md"
REMARKS = "## Remarks"  # what people wrote about the figures: kept when they are made again
LARGE, SMALL = 1_000_000, 1_000
SEALED = 10_000


def program(name: str, *words: str, **environment: str) -> dict:
    """What one benchmark says, from a process and a data folder of its own."""
    with tempfile.TemporaryDirectory(prefix="iswg-bench-") as folder:
        env = {k: v for k, v in os.environ.items() if not k.startswith("ISWG_")}
        env |= {"ISWG_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "iswg.settings", **environment}
        print(f"  {name} {' '.join(words)} {' '.join(environment)}", flush=True)
        command = [sys.executable, "-W", "ignore", "-m", f"tests.benchmarks.{name}", *words]
        done = subprocess.run(
            command, cwd=ROOT, env=env, capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr[-3000:]}")
    return json.loads(done.stdout)


def lists(large: int, small: int) -> list[Row]:
    """Goals 7 and 8, on both databases."""
    rows: list[Row] = []
    for vendor, floor in (("SQLite", 50), ("PostgreSQL", 100)):
        few, many = (_list(vendor, count) for count in (small, large))
        for kind in ("typical", "cold"):
            rows += _page_rows(vendor, kind, floor, few, many)
        rows.append(_unread_row(vendor, many))
    return rows


def _list(vendor: str, count: int) -> dict:
    if vendor == "SQLite":
        return program("listing", str(count))
    server = start_postgres()
    try:
        return program("listing", str(count), DATABASE_URL=server.url)
    finally:
        server.stop()


def _page_rows(vendor: str, kind: str, floor: int, few: dict, many: dict) -> list[Row]:
    ours, theirs = many[kind]["page"], many[kind]["guardian page"]
    grows = ours / few[kind]["page"]
    met = ours * floor <= theirs and grows <= 1.7 if kind == "typical" else None
    what = f"page of 50 newest among {many['count']:,}, {kind} reader, {vendor}"
    shown = f"{ms(ours)}, {many[kind]['queries']} query, {grows:.2f}x of {few['count']:,}"
    wanted = f"1/{floor}; grows 1.7x at most"
    rows = [
        Row("7", what, shown, f"guardian as documented {ms(theirs)}", ratio(ours, theirs),
            wanted, met)
    ]  # fmt: skip
    if apart := many[kind].get("without groups"):
        rows.append(
            Row("7", what, shown, f"guardian, granted to the person, without groups {ms(apart)}",
                ratio(ours, apart), wanted, None)
        )  # fmt: skip
    return rows


def _unread_row(vendor: str, many: dict) -> Row:
    ours, theirs = many["typical"]["unread"], many["typical"]["guardian unread"]
    return Row(
        "8",
        f"unread count among {many['count']:,}, {vendor}",
        ms(ours),
        f"guardian and not-exists {ms(theirs)}",
        ratio(ours, theirs),
        "1/1000",
        ours * 1000 <= theirs,
    )


def sealed(count: int) -> list[Row]:
    """Goals 9 (as far as it goes without an index) and 12."""
    found = program("sealed", str(count))
    ours, clear = found["list"]["sealed"], found["list"]["clear"]
    rows = [
        Row(
            "12", f"whole page with a list of 50 sealed titles among {count:,}",
            f"{ms(ours)}, titles alone {ms(found['list']['titles'])}", f"in clear {ms(clear)}",
            f"{ours / clear:.2f}x", "1.1x", ours <= clear * 1.1,
        )
    ]  # fmt: skip
    named = found["named"]
    rows.append(
        Row(
            "9", f"where else it is named, among {count:,} that name something",
            f"{ms(named['ours'])}, {named['opened']:,} opened",
            f"an index in clear {ms(named['clear'])}",
            ratio(named["ours"], named["clear"]), "time reported", None,
        )
    )  # fmt: skip
    for name, one in found["search"].items():
        rows.append(
            Row(
                "9", f"search of {count:,} by opening everything, {name} word",
                f"{ms(one['ours'])}, {one['opened']:,} opened", f"FTS5 in clear {ms(one['fts5'])}",
                ratio(one["ours"], one["fts5"]), "time reported", None,
            )
        )  # fmt: skip
    return rows


def one_page() -> list[Row]:
    """Goal 10."""
    print("  pages", flush=True)
    with tempfile.TemporaryDirectory(prefix="iswg-bench-") as folder:
        found = pages.measure(Path(folder))
    rows = []
    for address, cost in found.items():
        ours = cost["ours"]["cpu_ms"]
        stock, sync = cost["stock ASGI on Daphne"]["cpu_ms"], cost["gunicorn sync"]["cpu_ms"]
        what = f"signed-in page {address}, processor time"
        rows += [
            Row("10", what, ms(ours), f"stock ASGI on Daphne {ms(stock)}", ratio(ours, stock),
                "1/2.5", ours * 2.5 <= stock),
            Row("10", what, ms(ours), f"gunicorn sync {ms(sync)}", ratio(ours, sync),
                "1.5x", ours <= sync * 1.5),
        ]  # fmt: skip
    return rows


def attachments() -> list[Row]:
    """Goal 11."""
    found = program("files")
    rows = []
    for what, way, part in (
        ("sealed and stored", "sealed", "write"),
        ("verified with the signed sum, opened and sent", "sealed", "read"),
        ("verified without the sum, opened and sent", "unsummed", "read"),
    ):
        ours, plain = found[way], found["plain"]
        speed = plain[f"{part}_ms"] / ours[f"{part}_ms"]
        reached = speed >= 0.7 and ours["over_idle_mb"] <= 4
        rows.append(
            Row(
                "11", f"50 MB in pieces of 64 KiB {what}",
                f"{ms(ours[f'{part}_ms'])} ({ms(ours[f'{part}_cpu_ms'])} of processor), "
                f"{ours['over_idle_mb']:.1f} MB over idle",
                f"plain copy {ms(plain[f'{part}_ms'])} ({ms(plain[f'{part}_cpu_ms'])})",
                f"{speed:.2f}x as fast", "0.7x; 4 MB", None if way == "unsummed" else reached,
            )
        )  # fmt: skip
    return rows


def first_visit() -> list[Row]:
    """Goal 13."""
    print("  weight", flush=True)
    with tempfile.TemporaryDirectory(prefix="iswg-bench-") as name:
        folder, port = Path(name), free_port()
        pages.prepare(folder)
        env = {**pages.environment(folder, port), "ISWG_COLLECTED": "1"}
        collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
        subprocess.run(collect, cwd=ROOT, env=env, check=True)
        os.environ["ISWG_COLLECTED"] = "1"
        try:
            with pages.started(pages.SERVERS[0], folder, port):
                found = weight.measure(f"http://localhost:{port}", pages.READER, pages.PHRASE)
        finally:
            del os.environ["ISWG_COLLECTED"]
    limits = {"sign-in, cold": (10, 60_000), "home, cold": (10, 60_000), "list, warm": (2, 15_000)}
    return [
        Row(
            "13", what, f"{one['bytes'] / 1000:.1f} KB, {one['requests']} requests, "
            f"HTML {one['html'] / 1000:.1f} KB",
            "MISP's layout 171 KB; median web page 2,652 KB", f"1/{171_000 / one['bytes']:.1f}",
            f"{limits[what][1] // 1000} KB, {limits[what][0]} requests, HTML 14 KB",
            one["requests"] <= limits[what][0] and one["bytes"] <= limits[what][1]
            and one["html"] <= 14_000,
        )
        for what, one in found.items()
    ]  # fmt: skip


def live(quick: bool, large: bool) -> list[Row]:
    """Goals 1 to 6 and 14."""
    return [
        *fanout.measure(large=large, quick=quick), *fanout.clients(5.0 if quick else 30.0),
    ]  # fmt: skip


def write(rows: list[Row]) -> None:
    today = datetime.datetime.now(datetime.UTC).date()
    head = [
        "# Benchmarks", "",
        "Made by `python3 dev.py bench`; each figure stands beside its baseline from the same run,",
        "interleaved, medians of three rounds. The goals are numbered as in the design.", "",
        f"{today}, {os.cpu_count()} shared cores, Python {platform.python_version()}.", "",
        "| Goal | What | Ours | Baseline | Ratio | Floor | Met |",
        "|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    said = OUT.read_text().partition(REMARKS)
    lines = [*head, *(row.as_markdown() for row in rows), "", ""]
    OUT.write_text("\n".join(lines) + said[1] + said[2])


def main() -> None:
    words = sys.argv[1:]
    if {"-h", "--help"} & set(words):
        print(__doc__)
        return
    quick = "--quick" in words
    sizes = [int(word) for word in words if word.isdigit()]
    large = sizes[0] if sizes else 20_000 if quick else LARGE
    parts = {
        "live": lambda: live(quick, "--large" in words),
        "lists": lambda: lists(large, SMALL),
        "sealed": lambda: sealed(1_000 if quick else SEALED),
        "one_page": one_page,
        "attachments": attachments,
        "first_visit": first_visit,
    }
    chosen = [name for name in parts if name in words] or list(parts)
    rows = [row for name in chosen for row in parts[name]()]
    for row in rows:
        print(row.as_markdown())
    if not quick and len(chosen) == len(parts):
        write(rows)


if __name__ == "__main__":
    main()
