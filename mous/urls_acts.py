"""Addresses: acts, texts, signatures and notifications."""

from __future__ import annotations

from django.urls import URLPattern, path

from mous import (
    views_acts,
    views_ceremony,
    views_drafts,
    views_enter,
    views_notifications,
    views_sign,
    views_texts,
)

FILES = "<slug:slug>/drafts/<slug:purpose>/<slug:code>/<uuid:draft_id>/files/"
TEXT = "<slug:slug>/texts/<uuid:text_id>/"

urlpatterns: list[URLPattern] = [
    path("new/", views_enter.new, name="new"),
    path("<slug:slug>/acts/", views_acts.acts, name="acts"),
    path("<slug:slug>/acts/<int:number>/", views_acts.act, name="act"),
    path("<slug:slug>/acts/<int:number>/confirm/", views_acts.confirm, name="confirm"),
    path("<slug:slug>/acts/<int:number>/decline/", views_acts.decline, name="decline"),
    path("<slug:slug>/acts/<int:number>/signature/", views_acts.signature, name="signature"),
    path(
        "<slug:slug>/acts/<int:number>/files/<uuid:file_id>/", views_acts.download, name="evidence"
    ),
    path("<slug:slug>/enter/", views_enter.enter, name="enter"),
    path(FILES, views_drafts.start, name="files"),
    path(FILES + "<uuid:file_id>/", views_drafts.piece, name="piece"),
    path(FILES + "<uuid:file_id>/remove/", views_drafts.remove, name="remove_file"),
    path(FILES + "<uuid:file_id>/again/", views_drafts.again, name="file_again"),
    path("<slug:slug>/ceremony/", views_ceremony.ceremony, name="ceremony"),
    path("<slug:slug>/ceremony/confirm/", views_ceremony.confirm_all, name="ceremony_confirm"),
    path("<slug:slug>/sign/", views_sign.sign, name="sign"),
    path("<slug:slug>/texts/", views_texts.texts, name="texts"),
    path(TEXT + "file/", views_texts.text_file, name="text_file"),
    path(TEXT + "certified/", views_texts.certified, name="certified"),
    path("<slug:slug>/notifications/", views_notifications.notifications, name="notifications"),
    path(
        "<slug:slug>/notifications/<int:number>/",
        views_notifications.notification,
        name="notification",
    ),
    path(
        "<slug:slug>/notifications/<int:number>/received/",
        views_notifications.receive,
        name="received",
    ),
    path(
        "<slug:slug>/notifications/<int:number>/pdf/",
        views_notifications.notification_pdf,
        name="notification_pdf",
    ),
]
