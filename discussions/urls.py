from django.urls import path, register_converter

from discussions import (
    views,
    views_audience,
    views_away,
    views_files,
    views_lists,
    views_open,
    views_write,
)


class Reference:
    """`T-7KQF2`, in any case: people type what they heard."""

    regex = r"[Tt]-[0-9A-Za-z]{5}"

    def to_python(self, value: str) -> str:
        from wording.references import read_reference

        return read_reference(value)

    def to_url(self, value: str) -> str:
        return value


register_converter(Reference, "thread_ref")

app_name = "discussions"
urlpatterns = [
    path("", views_lists.thread_list, name="list"),
    path("mentions/", views_lists.mentions, name="mentions"),
    path("new/", views_open.new, name="new"),
    path("<thread_ref:ref>/", views.thread, name="thread"),
    path("<thread_ref:ref>/names/", views.names, name="names"),
    path("<thread_ref:ref>/messages/", views_write.post, name="post"),
    path("<thread_ref:ref>/draft/", views_write.draft, name="draft"),
    path("<thread_ref:ref>/draft/<uuid:message_id>/files/", views_files.start, name="files"),
    path(
        "<thread_ref:ref>/draft/<uuid:message_id>/files/<uuid:file_id>/", views_files.piece,
        name="piece",
    ),
    path(
        "<thread_ref:ref>/draft/<uuid:message_id>/files/<uuid:file_id>/remove/",
        views_files.remove, name="remove_file",
    ),
    path(
        "<thread_ref:ref>/draft/<uuid:message_id>/files/<uuid:file_id>/again/",
        views_files.again, name="file_again",
    ),
    path("<thread_ref:ref>/text/", views_away.text, name="text"),
    path("<thread_ref:ref>/pdf/", views_away.pdf, name="pdf"),
    path("<thread_ref:ref>/attention/", views_write.attention, name="attention"),
    path("<thread_ref:ref>/unread/", views_write.unread, name="unread"),
    path("<thread_ref:ref>/presence/", views_write.presence, name="presence"),
    path("<thread_ref:ref>/state/", views_write.state, name="state"),
    path("<thread_ref:ref>/participants/", views_audience.participants, name="participants"),
    path("<thread_ref:ref>/<int:number>/edit/", views_write.edit, name="edit"),
    path("<thread_ref:ref>/<int:number>/withdraw/", views_write.withdraw, name="withdraw"),
    path("<thread_ref:ref>/<int:number>/answer/", views_write.answer, name="answer"),
    path("<thread_ref:ref>/<int:number>/history/", views.history, name="history"),
    path(
        "<thread_ref:ref>/<int:number>/files/<uuid:file_id>/", views_files.download,
        name="download",
    ),
]  # fmt: skip
