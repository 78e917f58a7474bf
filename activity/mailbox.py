"""Reads what development's mail backend wrote, for the page /mail/."""

from __future__ import annotations

import datetime
import email
import email.policy
import re
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings

NAME = re.compile(r"(\d{8}-\d{6}-\d{6})-[0-9a-f]{8}\.eml")


@dataclass(frozen=True, slots=True)
class WrittenMail:
    """One .eml file, parsed."""

    name: str
    written_at: datetime.datetime
    to: str
    subject: str
    text: str
    source: str


def written_mails(most: int = 200) -> list[str]:
    """The names of the files, newest first."""
    folder = Path(settings.MAIL_DIR)
    names = (path.name for path in folder.glob("*.eml") if NAME.fullmatch(path.name))
    return sorted(names, reverse=True)[:most]


def read_mail(name: str) -> WrittenMail | None:
    """The mail in that file. Only names that our backend makes are looked for."""
    found = NAME.fullmatch(name)
    path = Path(settings.MAIL_DIR) / name
    if not found or not path.is_file():
        return None
    raw = path.read_bytes()
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    body = mail.get_body(("plain",))
    moment = datetime.datetime.strptime(found[1], "%Y%m%d-%H%M%S-%f")  # noqa: DTZ007 (UTC, below)
    return WrittenMail(
        name=name,
        written_at=moment.replace(tzinfo=datetime.UTC),
        to=str(mail["To"]),
        subject=str(mail["Subject"]),
        text=body.get_content() if body else "",
        source=raw.decode("utf-8", "replace"),
    )
