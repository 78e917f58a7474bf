"""The worker holds no keys: a dump of its memory knows no word of what it sends mails about."""

import re
import time
from pathlib import Path

import pytest

from activity.models import OutgoingMail
from tests.bulletins.test_canaries import encodings
from tests.live.test_many_people import Browser, portal, worker  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)

TITLE = "Worblequist drifting off Funafuti"
CANARIES = ["Worblequist", "snargle", "quombat"]


def memory_of(pid: int) -> bytes:
    """Every readable byte of a process, as a root user would dump it."""
    found = []
    regions = re.findall(r"^([0-9a-f]+)-([0-9a-f]+) r", Path(f"/proc/{pid}/maps").read_text(), re.M)
    with Path(f"/proc/{pid}/mem").open("rb", 0) as memory:
        for start, end in regions:
            try:
                memory.seek(int(start, 16))
                found.append(memory.read(int(end, 16) - int(start, 16)))
            except (OSError, ValueError, OverflowError):
                continue
    return b"".join(found)


def test_a_dump_of_the_worker_holds_no_word_of_a_bulletin(portal, worker, world):  # noqa: F811
    fiji = Browser(portal.port)
    fiji.sign_in(world.fj.email)
    place = fiji.publish(TITLE, "VU")
    OutgoingMail.objects.update(not_before="2020-01-01T00:00Z")
    waiting = OutgoingMail.objects.filter(sent_at=None, given_up_at=None)
    end = time.monotonic() + 60
    while waiting.exists() and time.monotonic() < end:
        time.sleep(0.5)
    assert not waiting.exists(), "the worker sent what there was to send"
    dump = memory_of(worker.pid)
    assert len(dump) > 20_000_000, "the dump is of a living worker"
    reference = place.strip("/").rpartition("/")[2]
    assert reference.encode() in dump, "it did work on this bulletin"
    for word in CANARIES:
        for form in encodings(word):
            assert form not in dump, word
