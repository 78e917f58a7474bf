"""Who may do what. Every decision in the portal is a function in this file.

Each read action has three faces, one under the other: the *rule* (may this actor, on this
object), the *scope* (which rows may this actor) and the *audience* (which people may, for
notices and live pages). A test proves that they agree for every person and object of a
small world, before and after suspensions.

A rule looks only at the actor's facts and at the object it was given; it never looks
anything else up, so it can be read, and tested, without a database. Keys decide as well:
with every rule here patched out, whoever is not a recipient still gets no byte.

In this order, each under its own line: Bulletins, Discussions, Meetings, Register of
signatures, People and administrations, Record.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.actions import Action
from access.actors import Actor
from access.faces import (
    EVERYTHING,
    NOBODY,
    Decision,
    Refused,
    allow_if,
    appointed,
    audience,
    can,
    people_in_standing,
    people_who_can,
    require,
    rule,
    scope,
    standing,
    visible,
)
from access.roles import APPOINTS, PUBLISHES, RANK, READS, WRITES, Role

__all__ = [
    "Action",
    "Decision",
    "Refused",
    "can",
    "people_in_standing",
    "people_who_can",
    "require",
    "standing",
    "visible",
]

# Bulletins ------------------------------------------------------------------------------------
# A bulletin carries `holder_codes` (its administrations, the originator among them) and, for
# TLP:RED, `named_ids` (the author and the named officers); for other labels `named_ids` is None.


@rule(Action.READ_BULLETIN)
def read_bulletin(actor: Actor, bulletin: Any) -> Decision:
    named = bulletin.named_ids
    return (
        allow_if(actor.holds(READS), _("Observers see only what they are invited to."))
        and allow_if(
            actor.administration in bulletin.holder_codes,
            _("This bulletin was not sent to your administration."),
        )
        and allow_if(
            named is None or actor.user_id in named,
            _("This bulletin was sent to named officers only."),
        )
    )


@scope(Action.READ_BULLETIN)
def readable_bulletins(actor: Actor) -> Q:
    if not actor.holds(READS):
        return NOBODY
    return Q(recipients__administration=actor.administration) & (
        Q(recipients__named_only=False) | Q(pk__in=_naming(actor))
    )


def _naming(actor: Actor) -> QuerySet[Any]:
    """The bulletins that name this person. Not a join: several officers would double a row."""
    grants = apps.get_model("bulletins", "NamedOfficer")._default_manager
    return grants.filter(user=actor.user_id).values("content_object")


@audience(Action.READ_BULLETIN)
def readers_of_bulletin(bulletin: Any) -> Q:
    readers = appointed(READS, bulletin.holder_codes)
    return readers if bulletin.named_ids is None else readers & Q(pk__in=bulletin.named_ids)


@rule(Action.LIST_BULLETINS)
def list_bulletins(actor: Actor, recipient_row: Any) -> Decision:
    """Each administration lists its own row of a bulletin, so nothing is listed twice."""
    return allow_if(
        recipient_row.administration_id == actor.administration,
        _("This line belongs to another administration's list."),
    ) and read_bulletin(actor, recipient_row.bulletin)


@scope(Action.LIST_BULLETINS)
def rows_of_lists(actor: Actor) -> Q:
    """The same scope from the side of the recipient rows, where one index answers a list."""
    if not actor.holds(READS):
        return NOBODY
    return Q(administration=actor.administration) & (
        Q(named_only=False) | Q(bulletin__in=_naming(actor))
    )


@audience(Action.LIST_BULLETINS)
def readers_of_row(recipient_row: Any) -> Q:
    own = appointed(READS, [recipient_row.administration_id])
    return own & readers_of_bulletin(recipient_row.bulletin)


@rule(Action.ACKNOWLEDGE_BULLETIN)
def acknowledge_bulletin(actor: Actor, bulletin: Any) -> Decision:
    # Nobody else there can read what was addressed by name, so a named officer answers for it.
    return (
        read_bulletin(actor, bulletin)
        and allow_if(
            actor.holds(PUBLISHES) or bulletin.named_ids is not None,
            _("Only a contact point or a coordinator acknowledges for the administration."),
        )
        and allow_if(
            actor.administration in bulletin.addressee_codes,
            _("Your administration issued this bulletin: there is nothing to acknowledge."),
        )
    )


@rule(Action.WRITE_DRAFT)
def write_draft(actor: Actor, _target: Any) -> Decision:
    return allow_if(actor.holds(WRITES), _("Readers can read bulletins but not draft them."))


@rule(Action.EDIT_DRAFT)
def edit_draft(actor: Actor, draft: Any) -> Decision:
    return write_draft(actor, draft) and allow_if(
        draft.author_id == actor.user_id and draft.administration_id == actor.administration,
        _("This draft belongs to somebody else."),
    )


@scope(Action.EDIT_DRAFT)
def own_drafts(actor: Actor) -> Q:
    if not actor.holds(WRITES):
        return NOBODY
    return Q(author=actor.user_id, administration=actor.administration)


@audience(Action.EDIT_DRAFT)
def author_of_draft(draft: Any) -> Q:
    return appointed(WRITES, [draft.administration_id]) & Q(pk=draft.author_id)


@rule(Action.PUBLISH_BULLETIN)
def publish_bulletin(actor: Actor, draft: Any) -> Decision:
    return edit_draft(actor, draft) and allow_if(
        actor.holds(PUBLISHES),
        _("Only a contact point or a coordinator publishes. Your draft is kept."),
    )


# Discussions ----------------------------------------------------------------------------------
# A thread carries `holder_codes` (the administrations that take part), `named_ids` (people who
# take part by name: officers for TLP:RED, invited observers), `origin_id` and `is_open`. Who is
# in is asked anew each time: whoever was removed reads nothing from that instant.


@rule(Action.READ_THREAD)
def read_thread(actor: Actor, thread: Any) -> Decision:
    if actor.user_id in thread.named_ids:
        return Decision(True)
    return allow_if(
        actor.holds(READS), _("Observers see only what they are invited to.")
    ) and allow_if(
        actor.administration in thread.holder_codes,
        _("Your administration does not take part in this discussion."),
    )


@scope(Action.READ_THREAD)
def readable_threads(actor: Actor) -> Q:
    grants = apps.get_model("discussions", "ThreadOfficer")._default_manager
    named = Q(pk__in=grants.filter(user=actor.user_id).values("content_object"))
    if not actor.holds(READS):
        return named
    rows = apps.get_model("discussions", "Participant")._default_manager
    ours = rows.filter(administration=actor.administration, named_only=False)
    return Q(pk__in=ours.values("thread")) | named


@audience(Action.READ_THREAD)
def readers_of_thread(thread: Any) -> Q:
    return appointed(READS, thread.holder_codes) | (
        appointed(set(Role)) & Q(pk__in=thread.named_ids)
    )


@rule(Action.OPEN_THREAD)
def open_thread(actor: Actor, _target: Any) -> Decision:
    return allow_if(actor.holds(WRITES), _("Readers follow discussions but do not write in them."))


@rule(Action.POST_MESSAGE)
def post_message(actor: Actor, thread: Any) -> Decision:
    return (
        read_thread(actor, thread)
        and open_thread(actor, thread)
        and allow_if(thread.is_open, _("This discussion is closed."))
    )


def _own_words(actor: Actor, message: Any) -> Decision:
    """A message carries `thread`, whose it is, and whether it is a note or withdrawn."""
    return post_message(actor, message.thread) and allow_if(
        not message.is_note and not message.withdrawn, _("There is nothing here to change.")
    )


@rule(Action.EDIT_MESSAGE)
def edit_message(actor: Actor, message: Any) -> Decision:
    return (
        _own_words(actor, message)
        and allow_if(
            message.author_id == actor.user_id
            and message.administration_id == actor.administration,
            _("Only its author edits a message."),
        )
        and allow_if(
            timezone.now() <= message.may_change_until,
            _("A message can be edited for 15 minutes. Write another one, or withdraw it."),
        )
    )


@rule(Action.WITHDRAW_MESSAGE)
def withdraw_message(actor: Actor, message: Any) -> Decision:
    """The author at any time, or who publishes for that administration."""
    return _own_words(actor, message) and allow_if(
        message.administration_id == actor.administration
        and (message.author_id == actor.user_id or actor.holds(PUBLISHES)),
        _("Only its author, or a contact point of that administration, withdraws a message."),
    )


@rule(Action.RESOLVE_THREAD)
def resolve_thread(actor: Actor, thread: Any) -> Decision:
    return post_message(actor, thread)


@rule(Action.CLOSE_THREAD)
def close_thread(actor: Actor, thread: Any) -> Decision:
    return (
        read_thread(actor, thread)
        and open_thread(actor, thread)
        and allow_if(
            actor.administration == thread.origin_id,
            _("Only the administration that opened a discussion closes it."),
        )
    )


@rule(Action.CHANGE_AUDIENCE)
def change_audience(actor: Actor, thread: Any) -> Decision:
    return post_message(actor, thread) and allow_if(
        actor.administration == thread.origin_id,
        _("Only the administration that opened a discussion changes who takes part."),
    )


@rule(Action.EDIT_THREAD_DRAFT)
def edit_thread_draft(actor: Actor, draft: Any) -> Decision:
    """`draft` carries its `thread`: nothing is prepared where nothing can be sent."""
    return post_message(actor, draft.thread) and allow_if(
        draft.author_id == actor.user_id and draft.administration_id == actor.administration,
        _("This draft belongs to somebody else."),
    )


# Meetings -------------------------------------------------------------------------------------
# A meeting carries `holder_codes` (who takes part), `named_ids` (invited observers), `origin_id`
# (who prepares it), `chair_id`, and says `is_over`, `is_live` and `takes_comments`; an item also
# which administrations a closed one is for.


@rule(Action.READ_MEETING)
def read_meeting(actor: Actor, meeting: Any) -> Decision:
    if actor.user_id in meeting.named_ids:
        return Decision(True)
    return allow_if(
        actor.holds(READS), _("Observers see only what they are invited to.")
    ) and allow_if(
        actor.administration in meeting.holder_codes,
        _("Your administration does not take part in this meeting."),
    )


@scope(Action.READ_MEETING)
def readable_meetings(actor: Actor) -> Q:
    grants = apps.get_model("meetings", "MeetingOfficer")._default_manager
    named = Q(pk__in=grants.filter(user=actor.user_id).values("content_object"))
    if not actor.holds(READS):
        return named
    rows = apps.get_model("meetings", "Participant")._default_manager
    return Q(pk__in=rows.filter(administration=actor.administration).values("meeting")) | named


@audience(Action.READ_MEETING)
def readers_of_meeting(meeting: Any) -> Q:
    return appointed(READS, meeting.holder_codes) | (
        appointed(set(Role)) & Q(pk__in=meeting.named_ids)
    )


@rule(Action.PREPARE_MEETING)
def prepare_meeting(actor: Actor, meeting: Any) -> Decision:
    """`meeting` is None for a new one."""
    return allow_if(
        Role.SECRETARIAT in actor.roles, _("The Secretariat prepares meetings.")
    ) and allow_if(
        meeting is None or meeting.origin_id == actor.administration,
        _("Another administration prepares this meeting."),
    )


@rule(Action.READ_ITEM)
def read_item(actor: Actor, item: Any) -> Decision:
    return read_meeting(actor, item.meeting) and allow_if(
        not item.closed_to or actor.administration in item.holder_codes,
        _("This item is closed to your administration."),
    )


@rule(Action.REPLY_TO_INVITATION)
def reply_to_invitation(actor: Actor, meeting: Any) -> Decision:
    return (
        read_meeting(actor, meeting)
        and allow_if(
            actor.holds(PUBLISHES | {Role.HEAD}),
            _("A contact point, a coordinator or the head answers for the administration."),
        )
        and allow_if(
            actor.administration in meeting.holder_codes,
            _("Invited observers answer to the Secretariat."),
        )
        and allow_if(not meeting.is_over, _("This meeting is over."))
    )


@rule(Action.SUBMIT_PAPER)
def submit_paper(actor: Actor, item: Any) -> Decision:
    return (
        read_item(actor, item)
        and allow_if(actor.holds(WRITES), _("Readers read papers but do not submit them."))
        and allow_if(not item.meeting.is_over, _("This meeting is over."))
    )


@rule(Action.TAKE_PART)
def take_part(actor: Actor, meeting: Any) -> Decision:
    return read_meeting(actor, meeting) and allow_if(
        meeting.is_live, _("This meeting is not under way.")
    )


@rule(Action.TAKE_NOTES)
def take_notes(actor: Actor, item: Any) -> Decision:
    return (
        take_part(actor, item.meeting)
        and read_item(actor, item)
        and allow_if(actor.holds(WRITES), _("Readers follow a meeting but do not take its notes."))
    )


@rule(Action.RUN_MEETING)
def run_meeting(actor: Actor, meeting: Any) -> Decision:
    """The Secretariat as rapporteur, or who publishes for the administration in the chair."""
    return read_meeting(actor, meeting) and allow_if(
        (Role.SECRETARIAT in actor.roles and actor.administration == meeting.origin_id)
        or (actor.holds(PUBLISHES) and actor.administration == meeting.chair_id),
        _("Only the chair and the Secretariat run a meeting."),
    )


@rule(Action.VOTE)
def vote(actor: Actor, proposal: Any) -> Decision:
    """`proposal` carries its `meeting`, the `seat_codes` that vote in it, and `is_open`."""
    return (
        read_meeting(actor, proposal.meeting)
        and allow_if(
            actor.administration in proposal.seat_codes,
            _("Your administration holds no seat that votes here."),
        )
        and allow_if(
            actor.holds(PUBLISHES | {Role.HEAD}),
            _("A contact point, a coordinator or the head votes for the administration."),
        )
        and allow_if(proposal.is_open, _("This has been decided."))
    )


@rule(Action.COMMENT_MINUTES)
def comment_minutes(actor: Actor, item: Any) -> Decision:
    return (
        read_item(actor, item)
        and allow_if(actor.holds(WRITES), _("Readers read minutes but do not comment on them."))
        and allow_if(item.meeting.takes_comments, _("These minutes take no comments at present."))
    )


@rule(Action.UPDATE_ACTION)
def update_action(actor: Actor, action: Any) -> Decision:
    """Its owner reports; the Secretariat keeps the register."""
    return read_meeting(actor, action.meeting) and allow_if(
        (actor.holds(WRITES) and actor.administration == action.owner_id)
        or (Role.SECRETARIAT in actor.roles and actor.administration == action.meeting.origin_id),
        _("Only its owner and the Secretariat report on an action."),
    )


# The register of instruments --------------------------------------------------------------------
# Who may read it sees where everybody stands. An act carries `party_code` (whose it is),
# `depositary_id` (who keeps the instrument), `is_step` (before a signature), who entered it and
# for whom, and `is_waiting`.


@rule(Action.READ_REGISTER)
def read_register(actor: Actor, _instrument: Any) -> Decision:
    return allow_if(actor.holds(READS), _("Observers see only what they are invited to."))


@scope(Action.READ_REGISTER)
def readable_registers(actor: Actor) -> Q:
    return EVERYTHING if actor.holds(READS) else NOBODY


@audience(Action.READ_REGISTER)
def readers_of_register(_instrument: Any) -> Q:
    return appointed(READS)


@rule(Action.KEEP_REGISTER)
def keep_register(actor: Actor, instrument: Any) -> Decision:
    """`instrument` is None for a new one."""
    return allow_if(
        Role.SECRETARIAT in actor.roles, _("The Secretariat keeps the register.")
    ) and allow_if(
        instrument is None or actor.administration in (instrument.depositary_id, "OCO"),
        _("Another administration is the depositary of this instrument."),
    )


def _is_depositary(actor: Actor, act: Any) -> bool:
    return actor.administration == act.depositary_id and actor.holds(PUBLISHES)


@rule(Action.ENTER_ACT)
def enter_act(actor: Actor, act: Any) -> Decision:
    return allow_if(
        _is_depositary(actor, act) or actor.administration == act.party_code,
        _("Acts are entered by their own administration or by the depositary."),
    ) and allow_if(
        actor.holds(PUBLISHES | {Role.HEAD}),
        _("A contact point, a coordinator or the head enters acts for the administration."),
    )


@rule(Action.CONFIRM_ACT)
def confirm_act(actor: Actor, act: Any) -> Decision:
    return (
        enter_act(actor, act)
        and allow_if(act.is_waiting, _("Somebody has answered this entry already."))
        and allow_if(
            actor.user_id != act.entered_by_id,
            _("You entered this act: a second person confirms it."),
        )
        and allow_if(
            act.is_step or act.depositary_id in (actor.administration, act.entered_for_id),
            _("From the signature on, one of the two persons is the depositary's."),
        )
    )


@rule(Action.SIGN_INSTRUMENT)
def sign_instrument(actor: Actor, party: Any) -> Decision:
    return allow_if(
        Role.HEAD in actor.roles, _("Only the head of an administration signs for it.")
    ) and allow_if(
        actor.administration == party.party_code, _("You sign for your own administration only.")
    )


@rule(Action.READ_STEPS)
def read_steps(actor: Actor, party: Any) -> Decision:
    return allow_if(actor.holds(READS), _("Observers see only what they are invited to.")) and (
        allow_if(
            actor.administration == party.party_code or _is_depositary(actor, party),
            _("Notes on its steps are for the administration itself and the depositary."),
        )
    )


@scope(Action.READ_STEPS)
def participants_whose_steps(actor: Actor) -> Q:
    """Participants, as rows: the own administration's, and those of what one keeps."""
    if not actor.holds(READS):
        return NOBODY
    own = Q(code=actor.administration)
    kept = Q(instrument__depositary=actor.administration)
    return own | kept if actor.holds(PUBLISHES) else own


@audience(Action.READ_STEPS)
def readers_of_steps(party: Any) -> Q:
    return appointed(READS, [party.party_code]) | appointed(PUBLISHES, [party.depositary_id])


@rule(Action.WRITE_STEP)
def write_step(actor: Actor, party: Any) -> Decision:
    return read_steps(actor, party) and allow_if(
        actor.holds(WRITES | {Role.HEAD}), _("Readers see the steps but do not write on them.")
    )


@rule(Action.RECEIVE_NOTIFICATION)
def receive_notification(actor: Actor, receipt: Any) -> Decision:
    return allow_if(
        actor.administration == receipt.administration_id,
        _("Another administration answers for this notification."),
    ) and allow_if(
        actor.holds(PUBLISHES | {Role.HEAD}),
        _("A contact point, a coordinator or the head confirms receipt."),
    )


@rule(Action.STATE_LEGAL_BASIS)
def state_legal_basis(actor: Actor, code: str) -> Decision:
    return allow_if(
        actor.administration == code, _("Each administration states its own legal basis.")
    ) and allow_if(
        actor.holds(PUBLISHES | {Role.HEAD}),
        _("A contact point, a coordinator or the head states the legal basis."),
    )


@rule(Action.RECORD_AUTHORITY)
def record_authority(actor: Actor, sender: str) -> Decision:
    return allow_if(
        actor.administration == sender, _("The sender records on what its sharing rests.")
    ) and allow_if(
        actor.holds(PUBLISHES | {Role.HEAD}),
        _("A contact point, a coordinator or the head records an authority."),
    )


# People and administrations -------------------------------------------------------------------


@rule(Action.READ_ADMINISTRATION)
def read_administration(actor: Actor, administration: Any) -> Decision:
    return allow_if(
        actor.holds(READS) or actor.administration == administration.pk,
        _("Observers do not see the list of members."),
    )


@scope(Action.READ_ADMINISTRATION)
def readable_administrations(actor: Actor) -> Q:
    return EVERYTHING if actor.holds(READS) else Q(pk=actor.administration)


@audience(Action.READ_ADMINISTRATION)
def readers_of_administration(administration: Any) -> Q:
    return appointed(READS) | appointed(set(Role), [administration.pk])


def _own_or_secretariat(actor: Actor, code: str) -> bool:
    return actor.administration == code or Role.SECRETARIAT in actor.roles


@rule(Action.READ_PEOPLE)
def read_people(actor: Actor, administration: Any) -> Decision:
    return allow_if(
        actor.holds(READS) and _own_or_secretariat(actor, administration.pk),
        _("You see the people of your own administration."),
    )


@rule(Action.READ_FINGERPRINTS)
def read_fingerprints(actor: Actor, _target: Any) -> Decision:
    return allow_if(actor.holds(READS), _("Observers hold no keys to compare."))


@rule(Action.INVITE)
def invite(actor: Actor, invitation: Any) -> Decision:
    """`invitation` carries `administration_id` and `role`. The first officer of an
    administration is entered by the Secretariat; colleagues by the coordinator."""
    return (
        allow_if(
            actor.holds(APPOINTS) or Role.SECRETARIAT in actor.roles,
            _("Only a coordinator or the Secretariat invites people."),
        )
        and allow_if(
            _own_or_secretariat(actor, invitation.administration_id),
            _("A coordinator invites people of the own administration only."),
        )
        and allow_if(
            RANK[Role(invitation.role)] <= actor.rank
            and (invitation.role != Role.SECRETARIAT or Role.SECRETARIAT in actor.roles),
            _("You cannot invite somebody to a role above your own."),
        )
    )


@rule(Action.GRANT_KEYS)
def grant_keys(actor: Actor, person: Any) -> Decision:
    """`person` is an Actor's facts about the colleague who is to receive the key."""
    return (
        allow_if(
            actor.holds(APPOINTS | {Role.SECRETARIAT}),
            _("Only a coordinator grants the administration's key."),
        )
        and allow_if(
            person.administration == actor.administration,
            _("A key is granted within one administration only."),
        )
        and allow_if(
            bool(standing(person)) and person.holds(READS),
            _("This person holds no role that reads bulletins."),
        )
    )


@rule(Action.ENTER_KEY)
def enter_key(actor: Actor, person: Any) -> Decision:
    """`person` is an Actor's facts about whose key it is. The first officer of an
    administration is entered by the Secretariat, colleagues by their coordinator. An observer
    is entered to be invited by name: a key of the own, never an administration's."""
    return (
        allow_if(
            actor.holds(APPOINTS | {Role.SECRETARIAT}),
            _("Only a coordinator or the Secretariat vouches for a key."),
        )
        and allow_if(
            _own_or_secretariat(actor, person.administration),
            _("A coordinator vouches for people of the own administration only."),
        )
        and allow_if(
            bool(standing(person)) and person.holds(READS | {Role.OBSERVER}),
            _("This person holds no role that reads anything."),
        )
    )


@rule(Action.MAKE_EPOCH)
def make_epoch(actor: Actor, code: str) -> Decision:
    return allow_if(
        actor.holds(PUBLISHES) and actor.administration == code,
        _("Only a contact point or a coordinator makes a key, and for the own administration."),
    )


@rule(Action.WITNESS_EPOCH)
def witness_epoch(actor: Actor, code: str) -> Decision:
    return allow_if(
        actor.holds(PUBLISHES - {Role.SECRETARIAT}) and actor.administration != code,
        _("Only a contact point or a coordinator of another administration can be the witness."),
    )


@rule(Action.SEAL_ENVELOPE)
def seal_envelope(actor: Actor, safe: Any) -> Decision:
    """`safe` carries `administration`, `founder` (who made its first key) and `is_held`."""
    return allow_if(
        safe.administration == actor.administration,
        _("This envelope belongs to another administration."),
    ) and allow_if(
        actor.holds(APPOINTS | {Role.HEAD, Role.SECRETARIAT})
        or (actor.holds(READS) and actor.user_id == safe.founder),
        _("Only a coordinator, the head or the first officer seals the envelope."),
    )


@rule(Action.OPEN_ENVELOPE)
def open_envelope(actor: Actor, safe: Any) -> Decision:
    return (
        allow_if(
            safe.administration == actor.administration,
            _("This envelope belongs to another administration."),
        )
        and allow_if(
            actor.holds(PUBLISHES | {Role.HEAD}),
            _("Only a contact point, a coordinator or the head opens the envelope."),
        )
        and allow_if(
            not safe.is_held,
            _("Somebody of your administration holds the key and can grant it: ask there first."),
        )
    )


@rule(Action.SUSPEND_PERSON)
def suspend_person(actor: Actor, person: Any) -> Decision:
    return (
        allow_if(
            actor.holds(APPOINTS | {Role.SECRETARIAT}),
            _("Only a coordinator or the Secretariat suspends an account."),
        )
        and allow_if(
            _own_or_secretariat(actor, person.administration),
            _("A coordinator looks after the people of the own administration only."),
        )
        and allow_if(actor.user_id != person.user_id, _("You cannot suspend yourself."))
        and allow_if(actor.rank > person.rank, _("That takes a higher rank than this person's."))
    )


@rule(Action.WAKE_PERSON)
def wake_person(actor: Actor, person: Any) -> Decision:
    return (
        allow_if(
            actor.holds(APPOINTS | {Role.SECRETARIAT}),
            _("Only a coordinator or the Secretariat wakes an account."),
        )
        and allow_if(
            _own_or_secretariat(actor, person.administration),
            _("A coordinator looks after the people of the own administration only."),
        )
        and allow_if(actor.user_id != person.user_id, _("You cannot wake yourself."))
    )


# The record -----------------------------------------------------------------------------------


@rule(Action.READ_JOURNAL)
def read_journal(actor: Actor, code: str) -> Decision:
    return allow_if(
        actor.holds(APPOINTS | {Role.HEAD, Role.SECRETARIAT}) and actor.administration == code,
        _("The coordinator and the head read their own administration's journal."),
    )


@rule(Action.READ_NOTICE)
def read_notice(actor: Actor, notice: Any) -> Decision:
    return allow_if(notice.recipient_id == actor.user_id, _("This notice is for somebody else."))


@scope(Action.READ_NOTICE)
def own_notices(actor: Actor) -> Q:
    return Q(recipient=actor.user_id)


@audience(Action.READ_NOTICE)
def reader_of_notice(notice: Any) -> Q:
    return Q(pk=notice.recipient_id)
