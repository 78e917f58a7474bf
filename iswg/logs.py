"""Logs carry ids, never words.

An exception's message may quote what somebody typed, and a traceback quotes local values in
some tools; so a log line keeps the class of the error and where it was raised, and no more.
"""

from __future__ import annotations

import logging
import traceback

from iswg.access_log import AccessLog


class QuietFormatter(logging.Formatter):
    """Formats exceptions as class names and places in our code, without their messages, and
    paths without the tokens of private links (an invitation's is as good as a key)."""

    def format(self, record: logging.LogRecord) -> str:
        return AccessLog.TOKEN.sub("…", super().format(record))

    def formatException(self, ei) -> str:  # noqa: N802 (the standard library's name)
        kind, _value, trace = ei
        places = [f"  {f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(trace)]
        return "\n".join([kind.__name__ if kind else "no exception", *places])
