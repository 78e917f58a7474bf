"""The addresses of the registers: `/decisions/` and `/actions/`."""

from django.urls import path

from meetings import views_registers

app_name = "registers"
urlpatterns = [
    path("decisions/", views_registers.decisions, name="decisions"),
    path("actions/", views_registers.actions, name="actions"),
    path("actions/csv/", views_registers.actions_csv, name="actions_csv"),
    path("actions/<uuid:action_id>/", views_registers.action, name="action"),
]
