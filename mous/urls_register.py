"""Addresses: The register as it is read."""

from __future__ import annotations

from django.urls import URLPattern, path

from mous import views, views_away, views_record

urlpatterns: list[URLPattern] = [
    path("", views.instrument_list, name="list"),
    path("<slug:slug>/", views.instrument, name="instrument"),
    path("<slug:slug>/status.csv", views_away.status_csv, name="status_csv"),
    path("<slug:slug>/status/pdf/", views_away.status_pdf, name="status_pdf"),
    path("<slug:slug>/timeline/", views_record.timeline, name="timeline"),
    path("<slug:slug>/pairs/", views_record.pairs, name="pairs"),
    path("<slug:slug>/changes/", views_record.changes, name="changes"),
    path("<slug:slug>/<slug:code>/", views_record.party, name="party"),
]
