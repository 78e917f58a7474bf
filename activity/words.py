"""The record in words: what happened, for the journal's page; what it means to the reader, for
notices and mails; and what is wrong, if a check finds something.

Tables, so that one can read down a column. A test holds that every event has its words.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from activity import chain
from activity.detail_words import DETAILS, VALUES
from activity.events import Event

HAPPENED = {
    Event.BULLETIN_ISSUED: _("Bulletin issued"),
    Event.BULLETIN_OPENED: _("Bulletin opened"),
    Event.BULLETIN_ACKNOWLEDGED: _("Bulletin acknowledged"),
    Event.BULLETIN_OUTCOME: _("Outcome recorded"),
    Event.ACKNOWLEDGEMENT_DUE: _("Reminded of an acknowledgement"),
    Event.ACKNOWLEDGEMENT_LATE: _("Reminded of a late acknowledgement"),
    Event.FILE_DOWNLOADED: _("Attachment downloaded"),
    Event.FILE_REFUSED: _("Attachment refused by the malware scanner and removed"),
    Event.DRAFT_DELETED: _("Draft deleted"),
    Event.THREAD_OPENED: _("Discussion opened"),
    Event.THREAD_STATE: _("Discussion resolved, closed or opened again"),
    Event.PARTICIPANT_ADDED: _("Participant added to a discussion"),
    Event.PARTICIPANT_REMOVED: _("Participant removed from a discussion"),
    Event.MESSAGE_POSTED: _("Message sent"),
    Event.MESSAGE_EDITED: _("Message edited"),
    Event.MESSAGE_WITHDRAWN: _("Message withdrawn"),
    Event.MESSAGE_ANSWERED: _("Message answered without words"),
    Event.MENTIONED: _("Somebody named in a message"),
    Event.THREAD_TAKEN_AWAY: _("Discussion taken away as a document"),
    Event.THREAD_FILE_DOWNLOADED: _("File of a message downloaded"),
    Event.MEETING_PLANNED: _("Meeting planned"),
    Event.MEETING_MOVED: _("Meeting moved to another time"),
    Event.MEETING_CANCELLED: _("Meeting cancelled"),
    Event.MEETING_PARTICIPANTS: _("Who takes part in a meeting changed"),
    Event.MEETING_INVITED: _("Invited to a meeting"),
    Event.MEETING_REPLIED: _("Invitation to a meeting answered"),
    Event.MEETING_REPLY_DUE: _("Reminded of an answer about a meeting"),
    Event.MEETING_REPLY_LATE: _("Reminded of a late answer about a meeting"),
    Event.AGENDA_CHANGED: _("Agenda of a meeting changed"),
    Event.PAPER_SUBMITTED: _("Paper submitted for a meeting"),
    Event.PAPER_WITHDRAWN: _("Paper of a meeting withdrawn"),
    Event.PAPER_DOWNLOADED: _("Paper of a meeting downloaded"),
    Event.PAPER_DUE: _("Reminded of a paper for a meeting"),
    Event.PAPER_LATE: _("Reminded of a late paper for a meeting"),
    Event.PACK_TAKEN_AWAY: _("Agenda and papers of a meeting taken away"),
    Event.MEETING_OPENED: _("Meeting opened"),
    Event.MEETING_CLOSED: _("Meeting closed"),
    Event.ITEM_CALLED: _("Agenda item called"),
    Event.ATTENDANCE_NOTED: _("Attendance at a meeting noted"),
    Event.HAND_CHANGED: _("A wish to speak at a meeting"),
    Event.NOTES_WRITTEN: _("Notes of a meeting written"),
    Event.PROPOSAL_MADE: _("Text of a decision put on the screen"),
    Event.PROPOSAL_CHANGED: _("Text of a decision changed"),
    Event.PROPOSAL_CLOSED: _("Text of a decision closed"),
    Event.BALLOT_CAST: _("Vote cast"),
    Event.DECISION_TAKEN: _("Decision taken"),
    Event.POLL_OPENED: _("Poll about a date opened"),
    Event.POLL_ANSWERED: _("Poll about a date answered"),
    Event.POLL_CLOSED: _("Poll about a date closed"),
    Event.FEED_CHANGED: _("Private calendar address made or taken back"),
    Event.DECISION_SUPERSEDED: _("Decision replaced by a later one"),
    Event.SILENCE_OPENED: _("Decision out of session opened"),
    Event.SILENCE_DUE: _("Reminded of a decision out of session"),
    Event.SILENCE_BROKEN: _("Silence broken by an objection"),
    Event.SILENCE_KEPT: _("Silence kept: the decision stands"),
    Event.ACTION_TAKEN: _("Action taken down"),
    Event.ACTION_UPDATED: _("Action reported on"),
    Event.ACTION_DUE: _("Reminded of an action"),
    Event.ACTION_LATE: _("Reminded of a late action"),
    Event.MINUTES_WRITTEN: _("Minutes written"),
    Event.MINUTES_CIRCULATED: _("Minutes circulated or revised"),
    Event.MINUTES_COMMENTED: _("Minutes commented on"),
    Event.MINUTES_ADOPTED: _("Minutes adopted"),
    Event.MINUTES_TAKEN_AWAY: _("Minutes taken away as a document"),
    Event.REGISTER_TAKEN_AWAY: _("Register of actions taken away as a table"),
    Event.INSTRUMENT_OPENED: _("Instrument entered in the register"),
    Event.PARTY_ADMITTED: _("Participant of an instrument admitted"),
    Event.TEXT_DEPOSITED: _("Text of an instrument deposited"),
    Event.ACT_ENTERED: _("Act entered in the register"),
    Event.ACT_CONFIRMED: _("Act confirmed by a second person"),
    Event.ACT_DECLINED: _("Act declined by a second person"),
    Event.INSTRUMENT_SIGNED: _("Instrument signed here"),
    Event.STEP_NOTED: _("Note written on the steps towards an instrument"),
    Event.STEP_CHASED: _("Reminded of the next step towards an instrument"),
    Event.CHASING_SET: _("Set after how long an administration is reminded of its next step"),
    Event.NOTIFICATION_SENT: _("Depositary notification sent"),
    Event.NOTIFICATION_OPENED: _("Depositary notification opened"),
    Event.NOTIFICATION_RECEIVED: _("Receipt of a depositary notification confirmed"),
    Event.CERTIFIED_COPY_TAKEN: _("Certified copy or text of an instrument taken away"),
    Event.STATUS_TAKEN_AWAY: _("Status list of an instrument taken away"),
    Event.EVIDENCE_DOWNLOADED: _("Document of an act downloaded"),
    Event.REGISTER_KEY_MADE: _("New key of the register"),
    Event.LEGAL_BASIS_STATED: _("Legal basis of an administration stated"),
    Event.AUTHORITY_RECORDED: _("Another authority to share recorded"),
    Event.AUTHORITY_ENDED: _("Another authority to share ended"),
    Event.GATE_SET: _("Set what happens to bulletins for who does not take part"),
    Event.WITHDRAWAL_TOLD: _("Authors told of a withdrawal"),
    Event.PERSON_INVITED: _("Person invited"),
    Event.INVITATION_WITHDRAWN: _("Invitation withdrawn"),
    Event.INVITATION_EXPIRED: _("Invitation expired"),
    Event.INVITATION_ACCEPTED: _("Invitation accepted"),
    Event.PERSON_SUSPENDED: _("Account suspended"),
    Event.PERSON_WOKEN: _("Account woken"),
    Event.PERSON_SLEEPS: _("Account asleep after a long absence"),
    Event.APPOINTED: _("Appointed to a role"),
    Event.ADMINISTRATION_FOUNDED: _("Administration entered"),
    Event.SIGNED_IN: _("Signed in"),
    Event.SIGNED_OUT: _("Signed out"),
    Event.SIGN_IN_FAILED: _("Sign-in failed"),
    Event.SESSIONS_ENDED: _("All sessions ended"),
    Event.SECOND_FACTOR_CHANGED: _("Second factor changed"),
    Event.PASSPHRASE_CHANGED: _("Passphrase changed"),
    Event.RECOVERY_CODE_MADE: _("Recovery code made"),
    Event.RECOVERY_CODE_USED: _("Recovery code used"),
    Event.KEY_ENTERED: _("Key entered in the directory"),
    Event.KEY_GRANTED: _("Administration's key granted"),
    Event.KEY_REVOKED: _("Key revoked"),
    Event.EPOCH_MADE: _("New key of the administration"),
    Event.BEGINNING_PROPOSED: _("New beginning proposed"),
    Event.BEGINNING_WITNESSED: _("New beginning witnessed"),
    Event.BEGINNING_WITHDRAWN: _("New beginning withdrawn"),
    Event.ENVELOPE_MADE: _("Envelope for the safe made"),
    Event.ENVELOPE_OPENED: _("Envelope from the safe opened"),
    Event.NEW_START_ASKED: _("Link for a new start asked for"),
    Event.NEW_START_DELAYED: _("New start waits a day: the second factor is lost too"),
    Event.NEW_START_STOPPED: _("New start stopped"),
    Event.NEW_START_MADE: _("Started anew with another key"),
    Event.FINGERPRINTS_CONFIRMED: _("Fingerprints confirmed"),
    Event.PEPPER_ROTATED: _("Server secret changed"),
    Event.VAULT_UNLOCKED: _("Keys unlocked"),
    Event.SEAL_BROKEN: _("A seal did not open"),
    Event.REFUSED: _("Refused"),
    Event.CHECKPOINT_MADE: _("Checkpoint made"),
    Event.JOURNAL_EXPORTED: _("Journal downloaded"),
    Event.JOURNAL_BROKEN: _("Check of the journal failed"),
    Event.MAIL_GIVEN_UP: _("A mail could not be delivered"),
    Event.DEMONSTRATION_LOADED: _("Demonstration data loaded"),
}

# To the person concerned. %(origin)s is the administration that a notice names.
CONCERNS = {
    Event.BULLETIN_ISSUED: _("%(origin)s sent a bulletin to your administration."),
    Event.BULLETIN_ACKNOWLEDGED: _("Your bulletin was acknowledged."),
    Event.BULLETIN_OUTCOME: _("A recipient told what came of your bulletin."),
    Event.ACKNOWLEDGEMENT_DUE: _(
        "A bulletin from %(origin)s waits for your administration to acknowledge it."
    ),
    Event.ACKNOWLEDGEMENT_LATE: _(
        "Your administration is late: a bulletin from %(origin)s is not acknowledged yet."
    ),
    Event.THREAD_OPENED: _("%(origin)s opened a discussion in which you take part."),
    Event.PARTICIPANT_ADDED: _("%(origin)s added you to a discussion."),
    Event.MENTIONED: _("You or your administration were named in a discussion."),
    Event.MESSAGE_POSTED: _("There are new messages in a discussion that you follow."),
    Event.MEETING_MOVED: _("A meeting to which you are invited has another time."),
    Event.MEETING_CANCELLED: _("A meeting to which you were invited will not be held."),
    Event.MEETING_PARTICIPANTS: _("Your administration takes part in a meeting now."),
    Event.MEETING_INVITED: _("Your administration is invited to a meeting."),
    Event.MEETING_REPLIED: _("There are new answers to the invitation to a meeting."),
    Event.MEETING_REPLY_DUE: _("A meeting waits for the answer of your administration."),
    Event.MEETING_REPLY_LATE: _("Your administration is late: a meeting waits for its answer."),
    Event.PAPER_SUBMITTED: _("There are new papers for a meeting."),
    Event.PAPER_DUE: _("A meeting waits for a paper of your administration."),
    Event.PAPER_LATE: _("Your administration is late: a meeting waits for its paper."),
    Event.POLL_OPENED: _("Your administration is asked when a meeting suits it."),
    Event.POLL_ANSWERED: _("There are new answers to a poll about the date of a meeting."),
    Event.POLL_CLOSED: _("The poll about the date of a meeting is closed."),
    Event.SILENCE_OPENED: _(
        "A decision out of session is open: it stands unless a seat objects in time."
    ),
    Event.SILENCE_DUE: _("The time to object to a decision out of session ends soon."),
    Event.SILENCE_BROKEN: _("A seat objected to a decision out of session: it does not stand."),
    Event.SILENCE_KEPT: _("A decision out of session stands: nobody objected in time."),
    Event.ACTION_TAKEN: _("A meeting gave your administration something to do."),
    Event.ACTION_DUE: _("An action of your administration is due."),
    Event.ACTION_LATE: _("Your administration is late: an action is not done yet."),
    Event.MINUTES_CIRCULATED: _("There is a new draft of the minutes of a meeting."),
    Event.MINUTES_ADOPTED: _("The minutes of a meeting were adopted."),
    Event.INSTRUMENT_OPENED: _("%(origin)s entered an instrument in the register."),
    Event.TEXT_DEPOSITED: _("A text of an instrument was deposited in the register."),
    Event.ACT_ENTERED: _("An act was entered in the register and waits for a second person."),
    Event.INSTRUMENT_SIGNED: _("An instrument was signed here: the act waits to be confirmed."),
    Event.STEP_NOTED: _("There are new notes on the steps of an administration to an instrument."),
    Event.STEP_CHASED: _(
        "%(origin)s asks your administration to go on: an instrument waits for its next step."
    ),
    Event.ACT_CONFIRMED: _("An act that you entered in the register was confirmed."),
    Event.ACT_DECLINED: _("An act that you entered in the register was declined."),
    Event.NOTIFICATION_SENT: _("%(origin)s sent a depositary notification to your administration."),
    Event.LEGAL_BASIS_STATED: _("The legal basis of your administration was stated anew."),
    Event.AUTHORITY_RECORDED: _("%(origin)s recorded on what else bulletins may be shared."),
    Event.AUTHORITY_ENDED: _("%(origin)s recorded that an authority to share ends."),
    Event.GATE_SET: _("What happens to bulletins for who does not take part was set anew."),
    Event.WITHDRAWAL_TOLD: _(
        "%(origin)s has withdrawn: bulletins of yours that it received are still valid."
    ),
    Event.INVITATION_ACCEPTED: _(
        "A person you invited has an account now. Compare fingerprints and grant the key."
    ),
    Event.INVITATION_EXPIRED: _("An invitation of yours was not used in time and has expired."),
    Event.PERSON_SUSPENDED: _("An account of your administration was suspended."),
    Event.PERSON_WOKEN: _("Your account was woken."),
    Event.APPOINTED: _("Your role has changed."),
    Event.SECOND_FACTOR_CHANGED: _(
        "Your second factor was changed. If it was not you, say so now."
    ),
    Event.PASSPHRASE_CHANGED: _("Your passphrase was changed. If it was not you, say so now."),
    Event.RECOVERY_CODE_USED: _("Your recovery code was used. If it was not you, say so now."),
    Event.SESSIONS_ENDED: _("You were signed out everywhere."),
    Event.KEY_ENTERED: _("A new key of your administration stands in the directory."),
    Event.KEY_GRANTED: _("A colleague granted you the key of your administration."),
    Event.KEY_REVOKED: _("A key of your administration was revoked."),
    Event.EPOCH_MADE: _("Your administration has a new key. Unlock to take it up."),
    Event.BEGINNING_PROPOSED: _(
        "%(origin)s lost every key and asks for a witness to its new beginning."
    ),
    Event.BEGINNING_WITNESSED: _("Your administration's new beginning has its witness: finish it."),
    Event.ENVELOPE_MADE: _("A sheet for the safe was made: it opens your administration's key."),
    Event.ENVELOPE_OPENED: _(
        "%(origin)s took its key from the envelope in its safe. If nobody there meant to, act now."
    ),
    Event.NEW_START_DELAYED: _(
        "An account of your administration asks to start anew without passphrase, code and "
        "second factor. Nothing happens for 24 hours: telephone that colleague now."
    ),
    Event.NEW_START_MADE: _(
        "An account of your administration started anew with another key. Telephone that "
        "colleague and compare the words before anybody grants."
    ),
    Event.SEAL_BROKEN: _("A seal did not open. The Secretariat and the operator should know."),
    Event.JOURNAL_BROKEN: _("The check of the journal failed. The operator must look at it now."),
    Event.MAIL_GIVEN_UP: _("A mail to a colleague of yours could not be delivered."),
}

# To the one whose account it is, where the sentence above is for colleagues.
WARNS = {
    Event.NEW_START_DELAYED: _(
        "Somebody asked to start your account anew without your passphrase and second factor. "
        "It waits 24 hours; signing in with your passphrase stops it."
    ),
    Event.NEW_START_MADE: _(
        "Your account started anew with another key. A colleague compares words with you and "
        "grants the key again."
    ),
    Event.NEW_START_STOPPED: _("A new start of your account was stopped: you signed in."),
    Event.RECOVERY_CODE_MADE: _("A new recovery code was made. If it was not you, say so now."),
}

URGENCIES = {"routine": _("Routine"), "priority": _("Priority"), "immediate": _("Immediate")}

FAULTS = {
    chain.GAP: _("Line %(seq)s is missing."),
    chain.BROKEN: _("Line %(seq)s does not continue the line before it."),
    chain.EDITED: _("Line %(seq)s was changed after it was written."),
    chain.CUT: _("The journal is shorter than the checkpoint of %(seq)s lines says."),
    chain.REWRITTEN: _("The first %(seq)s lines are not those that the checkpoint was made over."),
    chain.FORGED: _("The checkpoint of %(seq)s lines was not signed with the journal's key."),
    chain.LOST: _("The checkpoint of %(seq)s lines is missing."),
    chain.MISFILED: _("Line %(seq)s is filed under something else than it says."),
}


def happened(event: str) -> str:
    """A short phrase for the journal's page; an event of another version stands as its code."""
    return str(HAPPENED.get(event, event))  # type: ignore[call-overload]  # a StrEnum is its text


def concerns(event: str, origin: str) -> str:
    """The sentence of a notice, in the current language; `origin` is a name, not a code."""
    sentence = CONCERNS.get(event)  # type: ignore[call-overload]  # a StrEnum is its text
    if sentence is None:
        return happened(event)
    return str(sentence) % {"origin": origin or _("An administration")}


def warns(event: str) -> str:
    """The sentence of a mail about the reader's own account."""
    sentence = WARNS.get(event)  # type: ignore[call-overload]  # a StrEnum is its text
    return concerns(event, "") if sentence is None else str(sentence)


def detail_name(name: str) -> str:
    return str(DETAILS.get(name, name))


def detail_value(name: str, value: object) -> str:
    """A value that is a word of some table, in words; nothing for any other."""
    return str(VALUES.get((name, value), "")) if isinstance(value, str) else ""


def urgency(value: str) -> str:
    return str(URGENCIES.get(value, value))


def fault(found: chain.Fault) -> str:
    return str(FAULTS[found.kind]) % {"seq": found.seq}
