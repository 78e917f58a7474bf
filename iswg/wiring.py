"""The ports of the lower layers, filled. Only this module knows every app."""

from __future__ import annotations


def connect() -> None:
    """Called once, when Django is ready."""
    from access.actors import set_actor_finder
    from access.sockets import set_doorkeeper
    from access.subjects import register_subject
    from access.switchboard import register_senders, set_switchboard
    from accounts.actors import find_actor
    from accounts.ports import set_keys, set_passphrases
    from activity.ports import register_page
    from activity.topics import register_topic_kind
    from bulletins.attachments import register_drafts
    from bulletins.facts import KIND, facts_by_id, issued_at
    from bulletins.handover import register_handovers
    from bulletins.lawful import senders_to
    from bulletins.live import AdministrationPages, BulletinPages, PersonPages
    from bulletins.reminders import register_reminders
    from bulletins.subject import BulletinSubjects, EntitySubjects
    from bulletins.verification import holders_fit
    from discussions.acts import register_acts
    from discussions.attachments import register_message_drafts
    from discussions.chores import register_chores
    from discussions.facts import KIND as THREAD_KIND
    from discussions.facts import epoch_facts_by_id
    from discussions.handover import register_thread_handovers
    from discussions.live import ThreadLists, ThreadPages
    from discussions.subject import ThreadSubjects
    from discussions.verification import threads_fit
    from iswg import naming
    from meetings.chores import register_chores as register_meeting_chores
    from meetings.facts import KIND as MEETING_KIND
    from meetings.facts import key_facts_by_id
    from meetings.live import MeetingPages
    from meetings.live_lists import MeetingLists
    from meetings.paper_reminders import register_paper_reminders
    from meetings.posting import register_mails
    from meetings.reminders import register_reminders as register_meeting_reminders
    from meetings.reminders_outcome import register_outcome_reminders
    from meetings.room_acts import register_room_acts
    from meetings.room_live import register_room
    from meetings.services.papers import register_paper_drafts
    from meetings.subject import ItemSubjects, MeetingSubjects
    from mous.chores import register_chores as register_register_chores
    from mous.facts import KIND as REGISTER_KIND
    from mous.facts import key_facts_by_id as register_key_facts
    from mous.live import RegisterPages
    from mous.live_steps import StepPages
    from mous.reminders import register_step_reminders
    from mous.services.drafts import register_act_drafts
    from mous.subject import InstrumentSubjects
    from mous.switchboard import Register
    from mous.verification import acts_fit, notes_fit
    from mous.verification_bases import bases_fit
    from vault.answers import KeyAnswers
    from vault.manifests import register_facts
    from vault.passphrases import Answers
    from vault.sockets import Doorkeeper
    from vault.verification import add_check

    set_actor_finder(find_actor)
    set_passphrases(Answers())
    set_keys(KeyAnswers())
    set_doorkeeper(Doorkeeper())
    set_switchboard(Register())
    register_senders(senders_to)
    register_topic_kind("administration", AdministrationPages())
    register_topic_kind("bulletin", BulletinPages())
    register_topic_kind("person", PersonPages())
    register_topic_kind("thread", ThreadPages())
    register_topic_kind("threads", ThreadLists())
    register_topic_kind("meeting", MeetingPages())
    register_topic_kind("meetings", MeetingLists())
    register_topic_kind("register", RegisterPages())
    register_topic_kind("steps", StepPages())
    register_subject("bulletin", BulletinSubjects())
    register_subject("entity", EntitySubjects())
    register_subject("thread", ThreadSubjects())
    register_subject("meeting", MeetingSubjects())
    register_subject("agenda_item", ItemSubjects())
    register_subject("instrument", InstrumentSubjects())
    register_acts()
    register_room()
    register_room_acts()
    register_message_drafts()
    register_chores()
    register_reminders()
    register_meeting_chores()
    register_meeting_reminders()
    register_paper_reminders()
    register_paper_drafts()
    register_outcome_reminders()
    register_mails()
    register_register_chores()
    register_step_reminders()
    register_act_drafts()
    register_handovers()
    register_thread_handovers()
    add_check(holders_fit)
    add_check(threads_fit)
    add_check(acts_fit)
    add_check(bases_fit)
    add_check(notes_fit)
    register_facts(KIND, facts_by_id, issued_at)
    register_facts(THREAD_KIND, epoch_facts_by_id)
    register_facts(MEETING_KIND, key_facts_by_id)
    register_facts(REGISTER_KIND, register_key_facts)
    register_drafts()
    register_page("bulletins.bulletin", naming.bulletin_page, naming.bulletin_references)
    register_page("discussions.thread", naming.thread_page, naming.thread_references)
    register_page("discussions.message", naming.message_page, naming.message_references)
    register_page("meetings.meeting", naming.meeting_page, naming.meeting_references)
    register_page("meetings.invitation", naming.invitation_page, naming.meeting_references)
    register_page("meetings.papers", naming.papers_page, naming.meeting_references)
    register_page("meetings.minutes", naming.minutes_page, naming.meeting_references)
    register_page("meetings.silence", naming.silence_page, naming.meeting_references)
    register_page("meetings.actionpoint", naming.action_page, naming.action_references)
    register_page("meetings.poll", naming.poll_page, naming.poll_references)
    register_page("mous.instrument", naming.instrument_page, naming.instrument_references)
    register_page("mous.act", naming.act_page, naming.act_references)
    register_page("mous.notification", naming.notification_page, naming.notification_references)
    register_page("mous.steps", naming.steps_page, naming.steps_references)
    register_page("mous.bases", naming.bases_page, naming.bases_references)
    register_page("mous.authorities", naming.authorities_page)
