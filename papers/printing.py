"""Prints a paper: a PDF that is tagged for screen readers (PDF/UA-1).

Each in a child process with no key, no database and no environment: it reads the paper from its
standard input, writes the PDF to its standard output, and takes with it whatever it remembered.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from pathlib import Path

from papers.content import Paper

log = logging.getLogger("iswg.papers")

PRESS = Path(__file__).with_name("press.py")
# A thread of 10,000 messages takes some 10 s of one core. Two at a time leave the pages theirs.
PATIENCE = 60
AT_ONCE = 2
_turns = threading.BoundedSemaphore(AT_ONCE)


class NotPrinted(Exception):
    """The press failed, or is busy. The plain text of the same can still be had."""


def print_paper(paper: Paper) -> bytes:
    """The paper as PDF; NotPrinted if that is not to be had within a minute."""
    if not _turns.acquire(timeout=PATIENCE / 4):
        raise NotPrinted
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(PRESS)],
            input=paper.to_json().encode(),
            capture_output=True,
            timeout=PATIENCE,
            env={},
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as trouble:
        log.error("a paper was not printed: %s", type(trouble).__name__)
        raise NotPrinted from None
    finally:
        _turns.release()
    if done.returncode or not done.stdout.startswith(b"%PDF-"):
        # What the press says may repeat words of the paper, so only that it failed is kept.
        log.error("a paper was not printed: the press ended with %s", done.returncode)
        raise NotPrinted
    return done.stdout
