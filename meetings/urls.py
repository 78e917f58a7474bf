"""The addresses of meetings, below `/meetings/`. Each theme has its own file of views."""

from django.urls import path, register_converter

from meetings import views, views_feed, views_invitation


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
    path("calendar/", views_feed.calendar, name="calendar"),
    path("calendar/<int:pk>/revoke/", views_feed.revoke, name="revoke_feed"),
    path("<meeting_ref:ref>/meeting.ics", views_feed.one, name="ics"),
    path("<meeting_ref:ref>/invitation/", views_invitation.invitation, name="invitation"),
]
