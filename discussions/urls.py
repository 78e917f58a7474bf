from django.urls import path, register_converter

from discussions import views, views_audience, views_write


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
    path("", views.thread_list, name="list"),
    path("mentions/", views.mentions, name="mentions"),
    path("new/", views_audience.new, name="new"),
    path("<thread_ref:ref>/", views.thread, name="thread"),
    path("<thread_ref:ref>/messages/", views_write.post, name="post"),
    path("<thread_ref:ref>/draft/", views_write.draft, name="draft"),
    path("<thread_ref:ref>/attention/", views_write.attention, name="attention"),
    path("<thread_ref:ref>/unread/", views_write.unread, name="unread"),
    path("<thread_ref:ref>/state/", views_write.state, name="state"),
    path("<thread_ref:ref>/participants/", views_audience.participants, name="participants"),
    path("<thread_ref:ref>/<int:number>/edit/", views_write.edit, name="edit"),
    path("<thread_ref:ref>/<int:number>/withdraw/", views_write.withdraw, name="withdraw"),
    path("<thread_ref:ref>/<int:number>/answer/", views_write.answer, name="answer"),
    path("<thread_ref:ref>/<int:number>/history/", views.history, name="history"),
]
