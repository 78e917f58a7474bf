"""Goals 9 and 12: a list of 50 sealed titles, and a search that opens everything.

Ten thousand bulletins for one reader with real keys; the whole page of the list, asked for by a
signed-in browser, beside the same page whose titles are there in clear at no cost; the search
beside SQLite's FTS5 over the plaintext with the same answers.
`python -m tests.benchmarks.sealed 10000`.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import uuid
from dataclasses import replace

import django

WORDS = [
    *("yacht", "harbour", "seal", "container", "manifest", "voyage", "crew", "locker", "panel"),
    *("bait", "reefer", "parcel", "powder", "invoice", "value", "broker", "clearance", "lamp"),
    *("anchorage", "bearing", "hull", "transponder", "sighting", "notice"),
]
NEEDLES = (("common", "harbour"), ("rare", "zanzimoor"), ("two words", "zanzimoor quillfish"))


def text_of(number: int) -> str:
    """About 400 words' worth of one bulletin, the same for the same number."""
    chosen = [WORDS[(number * 7 + step * step) % len(WORDS)] for step in range(250)]
    if number % 997 == 0:
        chosen.insert(100, "zanzimoor quillfish")
    return " ".join(chosen)


def plate_of(number: int) -> str:
    """Ten bulletins of ten thousand name the same."""
    return f"plate LX {number % 1000:04d}"


def fill(world, count: int):
    """Bulletins from Fiji to Vanuatu, sealed as publication seals them, in bulk."""
    from django.db import transaction

    from bulletins.content import Content, EntityFact, to_bytes
    from bulletins.models import Bulletin, Entity, Recipient, Revision
    from bulletins.services import KIND, facts_of
    from vault.directory import directory
    from vault.models import KeyHolder
    from vault.objects import TITLE_FLOOR, DataKey, Holder, _wrap, clear_facts

    author, vault = world.fj, world.vault(world.vu)
    epoch = directory().epoch("VU")
    holder = Holder("VU", epoch.number, epoch.public.box)
    for start in range(0, count, 500):
        with transaction.atomic():
            bulletins = [
                Bulletin(
                    uuid=uuid.uuid4(), ref=f"B-{n:05d}", product_type="alert", tlp="TLP:AMBER",
                    origin_id="FJ", author=author,
                )
                for n in range(start, min(start + 500, count))
            ]  # fmt: skip
            bulletins = Bulletin.objects.bulk_create(bulletins)
            revisions, boxed, keys = [], [], []
            for number, b in enumerate(bulletins, start):
                key = DataKey.make(KIND, b.uuid)
                title = f"Bulletin {number} about a {WORDS[number % len(WORDS)]}"
                named = EntityFact(
                    "vehicle", f"Lorry {number}", plate_of(number), id=str(uuid.uuid4())
                )
                words = Content(
                    title=title, key_line="Report it.", body=text_of(number), entities=(named,)
                )
                binds = clear_facts(facts_of(b))
                revisions.append(
                    Revision(
                        bulletin=b,
                        number=1,
                        sealed_title=key.seal_field(
                            "title", title.encode(), binds=binds, floor=TITLE_FLOOR
                        ),
                        sealed_content=key.seal_field("content", to_bytes(words), floor=1024),
                    )
                )
                boxed.append(
                    KeyHolder(
                        kind=KIND, object_id=b.uuid, revision=1, key_id=holder.public.key_id,
                        holder="VU", epoch=holder.epoch, box=b"x",
                    )
                )  # fmt: skip
                keys.append(key)
            Revision.objects.bulk_create(revisions)
            Entity.objects.bulk_create(Entity(bulletin=b) for b in bulletins)
            boxed = KeyHolder.objects.bulk_create(boxed)
            _wrap(vault, list(zip(boxed, keys, strict=True)))
            Recipient.objects.bulk_create(
                Recipient(administration_id="VU", bulletin=b) for b in bulletins
            )
    return vault


def plain_index(count: int) -> sqlite3.Connection:
    index = sqlite3.connect(":memory:")
    index.execute("CREATE TABLE named(plate TEXT, bulletin INTEGER)")
    index.executemany(
        "INSERT INTO named VALUES (?, ?)", ((plate_of(number), number) for number in range(count))
    )
    index.execute("CREATE INDEX by_plate ON named(plate)")
    index.execute("CREATE VIRTUAL TABLE plain USING fts5(words)")
    index.executemany(
        "INSERT INTO plain(rowid, words) VALUES (?, ?)", ((n, text_of(n)) for n in range(count))
    )
    return index


def measure(count: int) -> dict:
    from django.conf import settings
    from django.test import Client

    from bulletins import opening
    from bulletins.boxes import Box
    from bulletins.search import search
    from tests.benchmarks.measure import Case, compare
    from tests.factories import build_world, hand_out_keys, sign_in

    world = build_world()
    settings.DIRECTORY_PIN = world.pin
    hand_out_keys(world)
    vault, actor = fill(world, count), world.actor(world.vu)
    browser, opened = Client(), opening.open_listed
    sign_in(browser, world.vu)
    newest = Box(actor, "inbox", {})[0:50]
    titles = {row.bulletin.pk: opened(vault, [row])[row.bulletin.pk] for row in newest}

    def page(open_listed) -> bytes:
        opening.open_listed = open_listed
        answer = browser.get("/bulletins/").content
        assert answer.count(b"about a ") == 50
        return answer

    sealed = Case("sealed", lambda: page(opened))
    clear = Case("clear", lambda: page(lambda _vault, _shown: titles))
    titles_alone = Case("titles", lambda: opened(vault, newest))
    compare([sealed, clear, titles_alone])
    opening.open_listed = opened
    index = plain_index(count)
    found = {
        "count": count,
        "list": {"sealed": sealed.ms, "clear": clear.ms, "titles": titles_alone.ms},
        "search": {},
    }
    found["named"] = named(actor, vault, index, newest[0].bulletin)
    for name, needle in NEEDLES:
        ours = Case(name, lambda needle=needle: search(actor, vault, needle))
        theirs = Case(
            "fts5",
            lambda needle=needle: index.execute(
                "SELECT rowid FROM plain WHERE plain MATCH ? ORDER BY rowid DESC LIMIT 50",
                (" ".join(needle.split()),),
            ).fetchall(),
        )
        compare([ours, theirs], seconds=0.5, least=2)
        hits = [int(hit.bulletin.ref[2:]) for hit in ours.result.hits]
        wanted = [number for (number,) in theirs.result]
        agree = needle == "harbour" or hits == wanted  # titles hold the common word as well
        assert agree, (name, hits[:5], wanted[:5])
        found["search"][name] = {
            "ours": ours.wall_ms,
            "fts5": theirs.wall_ms,
            "opened": ours.result.looked_through,
        }
    return found


def named(actor, vault, index: sqlite3.Connection, bulletin) -> dict:
    """Where else the plate of the newest bulletin is named, beside an index in clear."""
    from bulletins.entities import named_elsewhere
    from bulletins.opening import open_contents
    from tests.benchmarks.measure import Case, compare

    ((_bulletin, content),) = open_contents(vault, [bulletin])
    (fact,) = content.entities
    ours = Case("sealed", lambda: named_elsewhere(actor, vault, bulletin, fact))
    sql = "SELECT bulletin FROM named WHERE plate = ? AND bulletin <> ? ORDER BY bulletin DESC"
    asked = (fact.numbers, int(bulletin.ref[2:]))
    theirs = Case("clear", lambda: index.execute(sql, asked).fetchall())
    compare([ours, theirs], seconds=0.5, least=2)
    by_number = [int(one.bulletin.ref[2:]) for one in ours.result.found if one.number]
    assert by_number == [number for (number,) in theirs.result]
    looked = ours.result.looked_through
    return {"ours": ours.wall_ms, "clear": theirs.wall_ms, "opened": looked}


def main() -> None:
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iswg.settings")
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.ARGON_COST = replace(settings.ARGON_COST, memory_kib=1024, passes=1)
    call_command("migrate", verbosity=0)
    print(json.dumps(measure(int(sys.argv[1]))))


if __name__ == "__main__":
    main()
