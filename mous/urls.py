"""Addresses of the register, by theme; words of our own come before what an instrument is called."""

from __future__ import annotations

from mous import urls_acts, urls_bases, urls_register, urls_steps

app_name = "mous"
urlpatterns = [
    *urls_bases.urlpatterns,
    *urls_acts.urlpatterns,
    *urls_steps.urlpatterns,
    *urls_register.urlpatterns,
]
