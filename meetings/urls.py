"""The addresses of meetings, below `/meetings/`. Each theme has its own file of views."""

from django.urls import path, register_converter

from meetings import (
    views,
    views_agenda,
    views_audience,
    views_feed,
    views_files,
    views_finder,
    views_invitation,
    views_minutes,
    views_paper,
    views_papers,
    views_poll,
    views_prepare,
    views_reports,
    views_room,
    views_room_acts,
    views_room_words,
    views_silence,
    views_texts,
)


class Reference:
    """`2026-27-Q2`, `2026-27-X1`, in any case: people type what they heard."""

    regex = r"[0-9]{4}-[0-9]{2}-[QqXx][0-9]{1,2}"

    def to_python(self, value: str) -> str:
        return value.upper()

    def to_url(self, value: str) -> str:
        return value


register_converter(Reference, "meeting_ref")

app_name = "meetings"
urlpatterns = [
    path("", views.meeting_list, name="list"),
    path("<meeting_ref:ref>/", views.meeting, name="meeting"),
    path("<meeting_ref:ref>/participants/", views.participants, name="participants"),
    # Preparing
    path("new/", views_prepare.new, name="new"),
    path("<meeting_ref:ref>/time/", views_prepare.time, name="time"),
    path("<meeting_ref:ref>/people/", views_prepare.people, name="people"),
    path("<meeting_ref:ref>/cancel/", views_prepare.cancel, name="cancel"),
    path("<meeting_ref:ref>/items/new/", views_agenda.item_new, name="item_new"),
    path("<meeting_ref:ref>/items/<uuid:item_id>/", views_agenda.item, name="item"),
    path("<meeting_ref:ref>/items/<uuid:item_id>/drop/", views_agenda.drop, name="item_drop"),
    path(
        "<meeting_ref:ref>/items/<uuid:item_id>/audience/",
        views_audience.audience,
        name="item_audience",
    ),
    path("<meeting_ref:ref>/order/", views_agenda.order, name="order"),
    path("<meeting_ref:ref>/standing/", views_agenda.standing, name="standing"),
    path("<meeting_ref:ref>/deadline/", views_agenda.deadline, name="deadline"),
    # Papers and the pack
    path("<meeting_ref:ref>/papers/", views_papers.papers, name="papers"),
    path("<meeting_ref:ref>/items/<uuid:item_id>/papers/", views_papers.submit, name="submit"),
    path(
        "<meeting_ref:ref>/items/<uuid:item_id>/papers/<uuid:draft_id>/files/",
        views_files.start,
        name="files",
    ),
    path(
        "<meeting_ref:ref>/items/<uuid:item_id>/papers/<uuid:draft_id>/files/<uuid:file_id>/",
        views_files.piece,
        name="piece",
    ),
    path(
        "<meeting_ref:ref>/items/<uuid:item_id>/papers/<uuid:draft_id>/files/<uuid:file_id>/remove/",
        views_files.remove,
        name="remove_file",
    ),
    path(
        "<meeting_ref:ref>/items/<uuid:item_id>/papers/<uuid:draft_id>/files/<uuid:file_id>/again/",
        views_files.again,
        name="file_again",
    ),
    path(
        "<meeting_ref:ref>/papers/<uuid:paper_id>/withdraw/", views_papers.withdraw, name="withdraw"
    ),
    path(
        "<meeting_ref:ref>/papers/<uuid:paper_id>/files/<uuid:file_id>/",
        views_files.download,
        name="paper_file",
    ),
    path("<meeting_ref:ref>/pack/", views_papers.pack, name="pack"),
    path("<meeting_ref:ref>/pack/agenda/", views_papers.agenda_pdf, name="agenda_pdf"),
    path("find/", views_finder.find, name="find"),
    path("calendar/", views_feed.calendar, name="calendar"),
    path("calendar/<int:pk>/revoke/", views_feed.revoke, name="revoke_feed"),
    path("<meeting_ref:ref>/poll/", views_poll.poll, name="poll"),
    path("<meeting_ref:ref>/meeting.ics", views_feed.one, name="ics"),
    path("<meeting_ref:ref>/invitation/", views_invitation.invitation, name="invitation"),
    # The live room
    path("<meeting_ref:ref>/live/", views_room.room, name="room"),
    path("<meeting_ref:ref>/live/clock/", views_room.clock, name="room_clock"),
    path("<meeting_ref:ref>/live/screen/", views_room.screen, name="room_screen"),
    path("<meeting_ref:ref>/live/open/", views_room.turn, {"what": "open"}, name="room_open"),
    path("<meeting_ref:ref>/live/close/", views_room.turn, {"what": "close"}, name="room_close"),
    path("<meeting_ref:ref>/live/join/", views_room_words.join, name="room_join"),
    path(
        "<meeting_ref:ref>/live/items/<uuid:item_id>/call/", views_room_acts.call, name="room_call"
    ),
    path(
        "<meeting_ref:ref>/live/items/<uuid:item_id>/notes/",
        views_room_words.notes,
        name="room_notes",
    ),
    path("<meeting_ref:ref>/live/here/", views_room_acts.here, name="room_here"),
    path("<meeting_ref:ref>/live/attendance/", views_room_acts.attendance, name="room_attendance"),
    path(
        "<meeting_ref:ref>/live/attendance/<int:stay>/left/", views_room_acts.left, name="room_left"
    ),
    path("<meeting_ref:ref>/live/hand/", views_room_acts.hand, name="room_hand"),
    path("<meeting_ref:ref>/live/hands/<int:hand>/", views_room_acts.hand_of, name="room_hand_of"),
    path("<meeting_ref:ref>/live/decisions/", views_room_words.propose, name="room_propose"),
    path(
        "<meeting_ref:ref>/live/decisions/<uuid:proposal_id>/",
        views_room_words.reword,
        name="room_reword",
    ),
    path(
        "<meeting_ref:ref>/live/decisions/<uuid:proposal_id>/ballot/",
        views_room_acts.ballot,
        name="room_ballot",
    ),
    path(
        "<meeting_ref:ref>/live/decisions/<uuid:proposal_id>/close/",
        views_room_acts.decide,
        name="room_decide",
    ),
    path("<meeting_ref:ref>/live/actions/", views_room_words.action, name="room_action"),
    # The minutes
    path("<meeting_ref:ref>/minutes/", views_minutes.minutes, name="minutes"),
    path("<meeting_ref:ref>/minutes/pdf/", views_paper.minutes_pdf, name="minutes_pdf"),
    path("<meeting_ref:ref>/minutes/communique/", views_texts.communique, name="communique"),
    path("<meeting_ref:ref>/minutes/<uuid:item_id>/", views_texts.edit, name="edit_minutes"),
    path(
        "<meeting_ref:ref>/minutes/<uuid:item_id>/history/",
        views_texts.history,
        name="minutes_history",
    ),
    path(
        "<meeting_ref:ref>/minutes/comments/<uuid:comment_id>/settle/",
        views_minutes.settle,
        name="settle_comment",
    ),
    # Decisions out of session, and the year in figures
    path("silence/", views_silence.silences, name="silences"),
    path("silence/new/", views_silence.new, name="new_silence"),
    path("<meeting_ref:ref>/silence/", views_silence.silence, name="silence"),
    path("reports/", views_reports.reports, name="reports"),
    path("reports/csv/", views_reports.reports_csv, name="reports_csv"),
]
