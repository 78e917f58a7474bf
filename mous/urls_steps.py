"""Addresses: What administrations do at home before they sign."""

from __future__ import annotations

from django.urls import URLPattern, path

from mous import views_chase, views_step_files, views_steps

OWN = "<slug:slug>/<slug:code>/steps/"
DRAFT = OWN + "files/<uuid:draft_id>/"

urlpatterns: list[URLPattern] = [
    path("<slug:slug>/chase/", views_chase.chase_list, name="chase"),
    path("<slug:slug>/chase/interval/", views_chase.interval, name="chase_interval"),
    path(OWN, views_steps.steps, name="steps"),
    path(OWN + "enter/", views_steps.enter, name="step_enter"),
    path(OWN + "confirm/<int:number>/", views_steps.confirm, name="step_confirm"),
    path(
        OWN + "notes/<uuid:note_id>/<uuid:file_id>/",
        views_step_files.download,
        name="step_document",
    ),
    path(DRAFT, views_step_files.start, name="step_files"),
    path(DRAFT + "<uuid:file_id>/", views_step_files.piece, name="step_piece"),
    path(DRAFT + "<uuid:file_id>/remove/", views_step_files.remove, name="step_remove_file"),
    path(DRAFT + "<uuid:file_id>/again/", views_step_files.again, name="step_file_again"),
]
