"""Everything that changes people: one's own account, colleagues, invitations."""

from accounts.services.administrations import seed_administrations
from accounts.services.invitations import (
    CannotInvite,
    enter_invited,
    found,
    invite,
    withdraw_invitation,
)
from accounts.services.own import change_settings, choose_language, end_other_sessions
from accounts.services.people import (
    CannotAppoint,
    appoint,
    put_to_sleep,
    suspend,
    wake,
)

__all__ = [
    "CannotAppoint",
    "CannotInvite",
    "appoint",
    "change_settings",
    "choose_language",
    "end_other_sessions",
    "enter_invited",
    "found",
    "invite",
    "put_to_sleep",
    "seed_administrations",
    "suspend",
    "wake",
    "withdraw_invitation",
]
