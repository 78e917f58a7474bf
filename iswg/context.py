"""What every page shows around its content: who is signed in, where one can go, what is new."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from access.roles import READS, Role
from accounts.language import administration_in
from activity.queries import latest_live_id, unread_notice_count
from bulletins.queries import unread_count
from discussions.queries import counted_threads
from iswg.installation import is_demonstration

MOST_MARKS = 200


@dataclass(frozen=True, slots=True)
class NavItem:
    key: str
    label: str
    url: str
    icon: str
    count: int = 0
    marks: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Me:
    """The reader, as templates need them."""

    id: int
    name: str
    administration: Any
    zone: str
    theme: str
    keys_on: bool
    language: str
    role: str


def page(request: HttpRequest) -> dict[str, Any]:
    """Nothing here opens anything sealed; counts come from two counters."""
    common = {
        "demo": is_demonstration(),
        "portal_version": settings.VERSION,
        "development": not settings.PRODUCTION,
    }
    actor = getattr(request, "actor", None)
    if actor is None or not actor.administration:
        return common
    return {
        **common,
        "me": _me(request, actor),
        "nav_items": _nav(actor),
        "notice_count": unread_notice_count(actor),
        "live_topics": [
            f"administration:{actor.administration}",
            f"person:{actor.user_id}",
            "threads:all",
            "meetings:all",
        ],
        "live_since": latest_live_id,  # asked only on pages that did not ask before they read
        "session_seconds": settings.SESSION_IDLE_SECONDS,
        "vault_open": getattr(request, "vault", None) is not None,
    }


def _me(request: HttpRequest, actor: Any) -> Me:
    user, administration = request.user, administration_in(request)
    assert administration is not None
    role = max(actor.roles, key=lambda r: r.value == "secretariat", default=None)
    return Me(
        id=user.pk,
        name=user.name,
        administration=administration,
        zone=user.zone or administration.zone,
        theme=user.theme,
        keys_on=user.shortcuts,
        language=user.language,
        role=str(role.label) if role else "",
    )


def _nav(actor: Any) -> list[NavItem]:
    items = [NavItem("home", _("Home"), reverse("home"), "home")]
    if actor.holds(READS):
        items += [
            NavItem(
                "bulletins",
                _("Bulletins"),
                reverse("bulletins:list"),
                "bulletin",
                unread_count(actor),
            ),
            _discussions(actor),
            _meetings(),
            NavItem("mous", _("MOU"), reverse("mous:list"), "mou"),
            NavItem(
                "administrations",
                _("Administrations"),
                reverse("accounts:administrations"),
                "people",
            ),
        ]
    elif actor.holds(frozenset({Role.OBSERVER})):
        items += [_discussions(actor), _meetings()]
    return items


def _meetings() -> NavItem:
    return NavItem("meetings", _("Meetings"), reverse("meetings:list"), "meeting")


def _discussions(actor: Any) -> NavItem:
    """The figure counts threads, and is each reader's own: open pages go on counting by what
    stands beside it (live.js). Of more than that, it stays as it was when the page was loaded."""
    unread, muted = counted_threads(actor)
    marks = None
    if len(unread) + len(muted) <= MOST_MARKS:
        marks = {"ids": " ".join(map(str, unread)), "mute": " ".join(map(str, muted))}
    address = reverse("discussions:list")
    return NavItem("discussions", _("Discussions"), address, "thread", len(unread), marks)
