"""Addresses: On what sharing rests."""

from __future__ import annotations

from django.urls import URLPattern, path

from mous import views_bases, views_gate

urlpatterns: list[URLPattern] = [
    path("bases/", views_bases.bases, name="bases"),
    path("bases/<slug:code>/", views_bases.basis, name="basis"),
    path("authorities/", views_bases.authorities, name="authorities"),
    path("authorities/<uuid:authority_id>/", views_bases.authority, name="authority"),
    path("<slug:slug>/gate/", views_gate.gate, name="gate"),
]
