from django.urls import path, register_converter

from bulletins import views, views_compose, views_entities, views_files


class Reference:
    """`B-7KQF2`, in any case: people type what they heard."""

    regex = r"[Bb]-[0-9A-Za-z]{5}"

    def to_python(self, value: str) -> str:
        from wording.references import read_reference

        return read_reference(value)

    def to_url(self, value: str) -> str:
        return value


register_converter(Reference, "bulletin_ref")

app_name = "bulletins"
urlpatterns = [
    path("", views.bulletin_list, name="list"),
    path("read/", views.mark_read, name="mark_read"),
    path("new/", views_compose.new, name="new"),
    path("drafts/<uuid:draft_id>/", views_compose.edit, name="draft"),
    path("drafts/<uuid:draft_id>/save/", views_compose.autosave, name="autosave"),
    path("drafts/<uuid:draft_id>/check/", views_compose.check, name="check"),
    path("drafts/<uuid:draft_id>/publish/", views_compose.publish, name="publish"),
    path("drafts/<uuid:draft_id>/discard/", views_compose.discard, name="discard"),
    path("drafts/<uuid:draft_id>/files/", views_files.start, name="files"),
    path("drafts/<uuid:draft_id>/files/<uuid:file_id>/", views_files.piece, name="piece"),
    path(
        "drafts/<uuid:draft_id>/files/<uuid:file_id>/remove/", views_files.remove,
        name="remove_file",
    ),
    path(
        "drafts/<uuid:draft_id>/files/<uuid:file_id>/again/", views_files.again, name="file_again"
    ),
    path("<bulletin_ref:ref>/", views.detail, name="detail"),
    path("<bulletin_ref:ref>/acknowledge/", views.acknowledge, name="acknowledge"),
    path("<bulletin_ref:ref>/outcome/", views.outcome, name="outcome"),
    path("<bulletin_ref:ref>/names/<uuid:entity_id>/", views_entities.entity, name="entity"),
    path("<bulletin_ref:ref>/files/<uuid:file_id>/", views_files.download, name="download"),
]  # fmt: skip
