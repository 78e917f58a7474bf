"""Addresses: Acts, texts, signatures and notifications."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
