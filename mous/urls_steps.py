"""Addresses: What administrations do at home before they sign."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
