"""The addresses of the record."""

from django.urls import path

from activity import views

app_name = "activity"
urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/<int:pk>/", views.notice_read, name="notice_read"),
    path("notices/all-read/", views.notices_all_read, name="notices_all_read"),
    path("journal/", views.journal, name="journal"),
    path("journal/csv/", views.journal_csv, name="journal_csv"),
    path("journal/proof/", views.journal_proof, name="journal_proof"),
    path("journal/check/", views.journal_check, name="journal_check"),
    path("journal/checkpoints/", views.journal_checkpoints, name="journal_checkpoints"),
    path("mail/", views.mails, name="mails"),
    path("mail/<str:name>/", views.mails, name="mail"),
]
