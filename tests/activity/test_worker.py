"""The worker as a process of its own: it sends, it says that it lives, and it stops when told."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.utils import timezone

from activity import heartbeat

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60


@pytest.fixture
def environment(tmp_path):
    """A portal of its own in an empty folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ISWG_")}
    for name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL"):
        kept.pop(name, None)
    return {**kept, "ISWG_DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "iswg.settings"}


def manage(environment, *words):
    command = [sys.executable, ROOT / "manage.py", *words]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)


QUEUE = """
from django.utils import timezone
from activity.links import seal_link
from activity.outgoing import queue_to_address
import datetime
until = timezone.now() + datetime.timedelta(days=1)
queue_to_address(address="losa@to.invalid", language="en", kind="invitation",
    facts={"until": until},
    secret=seal_link("/invitation/x/", address="losa@to.invalid", kind="invitation"))
"""


def test_the_worker_sends_mail_shows_that_it_lives_and_stops_on_term(environment, tmp_path):
    assert manage(environment, "migrate", "-v0").returncode == 0
    assert manage(environment, "shell", "-c", QUEUE).returncode == 0
    worker = subprocess.Popen(
        [sys.executable, ROOT / "manage.py", "work", "--every", "0.2"],
        env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        mails, end = [], time.monotonic() + PATIENCE
        while not mails and time.monotonic() < end and worker.poll() is None:
            mails = list((tmp_path / "mail").glob("*.eml"))
            time.sleep(0.1)
        assert (tmp_path / "worker.heartbeat").exists()
        worker.send_signal(signal.SIGTERM)
        said = worker.communicate(timeout=PATIENCE)[0]
    finally:
        worker.kill()
    assert len(mails) == 1
    assert worker.returncode == 0
    assert "The worker has stopped." in said
    assert "Traceback" not in said


def test_a_worker_that_was_not_seen_for_minutes_is_not_alive(data_dir):
    now = timezone.now()
    assert not heartbeat.is_alive(now)
    heartbeat.beat()
    assert heartbeat.is_alive(now)
    assert not heartbeat.is_alive(now + heartbeat.ALIVE_FOR * 2)
