"""Everything that changes people: one's own account, colleagues, invitations."""

from accounts.appointments import CannotAppoint
from accounts.services.administrations import seed_administrations
from accounts.services.invitations import (
    CannotInvite,
    close_expired,
    enter_invited,
    found,
    invite,
    withdraw_invitation,
)
from accounts.services.own import change_settings, choose_language, end_other_sessions
from accounts.services.people import appoint, put_to_sleep, suspend, wake
from accounts.services.second_factor import (
    CannotRemove,
    add_app,
    add_passkey,
    make_recovery_codes,
    remove_factor,
    show_recovery_codes,
)

__all__ = [
    "CannotAppoint",
    "CannotInvite",
    "CannotRemove",
    "add_app",
    "add_passkey",
    "appoint",
    "change_settings",
    "choose_language",
    "close_expired",
    "end_other_sessions",
    "enter_invited",
    "found",
    "invite",
    "make_recovery_codes",
    "put_to_sleep",
    "remove_factor",
    "seed_administrations",
    "show_recovery_codes",
    "suspend",
    "wake",
    "withdraw_invitation",
]
