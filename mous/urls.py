"""Addresses of the register, by theme; our own words come before what instruments are called."""

from __future__ import annotations

from mous import urls_acts, urls_bases, urls_register, urls_steps

app_name = "mous"
urlpatterns = [
    *urls_bases.urlpatterns,
    *urls_acts.urlpatterns,
    *urls_steps.urlpatterns,
    *urls_register.urlpatterns,
]
