"""The words of the register: one table for arrangements, one for treaties.

Who signs an arrangement is a participant, for whom it comes into effect; who ratifies a treaty is
a party, for whom it enters into force (`domain/data/mou_lifecycle.json`). A page asks for a word
by what it means, never by the kind of instrument.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from mous.lifecycle import Kind, State
from mous.models import Instrument

Table = dict[str, str | Promise]

# What was done, as a line of the register says it.
ACTS: Table = {
    Kind.TEXT_CIRCULATED: gettext_lazy("Text received"),
    Kind.REVIEW_STARTED: gettext_lazy("Legal review started"),
    Kind.TRANSLATION_REQUESTED: gettext_lazy("Translation requested"),
    Kind.APPROVED_TO_SIGN: gettext_lazy("Authority to sign given"),
    Kind.FULL_POWERS_RECEIVED: gettext_lazy("Full powers received by the depositary"),
    Kind.SIGNED_SUBJECT: gettext_lazy("Signed, subject to internal procedures"),
    Kind.SIGNED_DEFINITIVE: gettext_lazy("Signed definitively"),
    Kind.PROCEDURES_COMPLETED: gettext_lazy("Internal procedures completed"),
    Kind.ACCEDED: gettext_lazy("Joined after the signing period"),
    Kind.PROVISIONAL_START: gettext_lazy("Provisional application began"),
    Kind.PROVISIONAL_END: gettext_lazy("Provisional application ended"),
    Kind.IN_EFFECT: gettext_lazy("Came into effect"),
    Kind.DECLARATION: gettext_lazy("Declaration"),
    Kind.RESERVATION: gettext_lazy("Reservation"),
    Kind.OBJECTION: gettext_lazy("Objection to a reservation"),
    Kind.RESERVATION_WITHDRAWN: gettext_lazy("Reservation or declaration withdrawn"),
    Kind.CONTACT_DESIGNATED: gettext_lazy("Contact point designated"),
    Kind.AMENDMENT_ACCEPTED: gettext_lazy("Amendment accepted"),
    Kind.SUSPENDED: gettext_lazy("Participation suspended"),
    Kind.RESUMED: gettext_lazy("Participation resumed"),
    Kind.WITHDRAWAL_NOTIFIED: gettext_lazy("Notice to discontinue given"),
    Kind.WITHDRAWAL_RESCINDED: gettext_lazy("Notice to discontinue taken back"),
    Kind.WITHDRAWN: gettext_lazy("Participation discontinued"),
    Kind.CORRECTED: gettext_lazy("Correction of the register"),
}
ACTS_OF_TREATIES: Table = {
    Kind.PROCEDURES_COMPLETED: gettext_lazy("Ratified, accepted or approved"),
    Kind.ACCEDED: gettext_lazy("Acceded"),
    Kind.IN_EFFECT: gettext_lazy("Entered into force"),
    Kind.SUSPENDED: gettext_lazy("Operation suspended"),
    Kind.RESUMED: gettext_lazy("Operation resumed"),
    Kind.WITHDRAWAL_NOTIFIED: gettext_lazy("Withdrawal notified"),
    Kind.WITHDRAWAL_RESCINDED: gettext_lazy("Notice of withdrawal taken back"),
    Kind.WITHDRAWN: gettext_lazy("Withdrawal took effect"),
}

# Where a participant stands.
STATES: Table = {
    State.NOT_ELIGIBLE: gettext_lazy("Not a member on that day"),
    State.NOT_STARTED: gettext_lazy("Not started"),
    State.TEXT_RECEIVED: gettext_lazy("Text received"),
    State.UNDER_REVIEW: gettext_lazy("Under review"),
    State.APPROVED_TO_SIGN: gettext_lazy("May sign"),
    State.SIGNED_PENDING: gettext_lazy("Signed, not in effect yet"),
    State.PROVISIONAL: gettext_lazy("Applied provisionally"),
    State.IN_EFFECT: gettext_lazy("In effect"),
    State.SUSPENDED: pgettext_lazy("participation", "Suspended"),
    State.WITHDRAWAL_PENDING: gettext_lazy("In effect, notice to discontinue given"),
    State.WITHDRAWN: gettext_lazy("Discontinued"),
}
STATES_OF_TREATIES: Table = {
    State.SIGNED_PENDING: gettext_lazy("Signed, not in force yet"),
    State.IN_EFFECT: gettext_lazy("In force"),
    State.WITHDRAWAL_PENDING: gettext_lazy("In force, withdrawal notified"),
    State.WITHDRAWN: gettext_lazy("Withdrawn"),
}

# The few groups in which a map and a chart show them: a name for the drawing, and the states.
LOOKS: dict[State, str] = {
    State.NOT_ELIGIBLE: "off",
    State.NOT_STARTED: "none",
    State.TEXT_RECEIVED: "part",
    State.UNDER_REVIEW: "part",
    State.APPROVED_TO_SIGN: "part",
    State.SIGNED_PENDING: "half",
    State.PROVISIONAL: "done",
    State.IN_EFFECT: "done",
    State.WITHDRAWAL_PENDING: "done",
    State.SUSPENDED: "held",
    State.WITHDRAWN: "left",
}
GROUPS: Table = {
    "done": gettext_lazy("take part"),
    "half": gettext_lazy("signed, not in effect yet"),
    "part": gettext_lazy("in preparation"),
    "none": gettext_lazy("not started"),
    "held": gettext_lazy("suspended"),
    "left": gettext_lazy("discontinued"),
    "off": gettext_lazy("not a member on that day"),
}
GROUPS_OF_TREATIES: Table = {
    "done": gettext_lazy("are parties"),
    "half": gettext_lazy("signed, not in force yet"),
    "left": gettext_lazy("withdrew"),
}
COLUMNS: Table = {
    "party": gettext_lazy("Participant"),
    "consent": gettext_lazy("Procedures completed, or joined (a)"),
    "effect": gettext_lazy("In effect"),
}
COLUMNS_OF_TREATIES: Table = {
    "party": pgettext_lazy("to a treaty", "Party"),
    "consent": gettext_lazy("Ratification, or accession (a)"),
    "effect": gettext_lazy("In force"),
}


def _word(instrument: Instrument, usual: Table, of_treaties: Table, name: str) -> str:
    if instrument.is_treaty and name in of_treaties:
        return str(of_treaties[name])
    return str(usual[name])


def act_label(instrument: Instrument, kind: str) -> str:
    """What was done, in the words of this kind of instrument."""
    return _word(instrument, ACTS, ACTS_OF_TREATIES, kind)


def state_label(instrument: Instrument, state: str) -> str:
    """Where somebody stands, in the words of this kind of instrument."""
    return _word(instrument, STATES, STATES_OF_TREATIES, state)


def group_label(instrument: Instrument, look: str) -> str:
    return _word(instrument, GROUPS, GROUPS_OF_TREATIES, look)


def column_label(instrument: Instrument, name: str) -> str:
    return _word(instrument, COLUMNS, COLUMNS_OF_TREATIES, name)


def answer(instrument: Instrument, count: int, of: int) -> str:
    """The answer to the first question about an instrument: how many take part."""
    if instrument.is_treaty:
        words = ngettext("%(n)d of %(all)d is a party", "%(n)d of %(all)d are parties", count)
    elif instrument.for_members:
        words = ngettext(
            "%(n)d of %(all)d administrations takes part",
            "%(n)d of %(all)d administrations take part",
            count,
        )
    else:
        words = ngettext("%(n)d of %(all)d takes part", "%(n)d of %(all)d take part", count)
    return words % {"n": count, "all": of}


def short_answer(instrument: Instrument, count: int, of: int) -> str:
    """The same, where the name of the instrument stands beside it."""
    if instrument.is_treaty:
        return answer(instrument, count, of)
    words = ngettext("%(n)d of %(all)d takes part", "%(n)d of %(all)d take part", count)
    return words % {"n": count, "all": of}


def signature_label(kind: str) -> str:
    """Which signature it was, for the table."""
    return str(SIGNATURES.get(kind, ""))


SIGNATURES: Table = {
    Kind.SIGNED_SUBJECT: gettext_lazy("subject to procedures"),
    Kind.SIGNED_DEFINITIVE: gettext_lazy("definitive"),
}


def sentence_of(instrument: Instrument) -> str:
    """What kind of thing it is, in one line."""
    if instrument.is_treaty:
        return _("Treaty or convention")
    return _("Arrangement or memorandum")
