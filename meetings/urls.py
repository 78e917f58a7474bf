"""The addresses of meetings, below `/meetings/`. Each theme has its own file of views."""

from django.urls import register_converter


class Reference:
    """`2026-27-Q2`, `2026-27-X1`, in any case: people type what they heard."""

    regex = r"[0-9]{4}-[0-9]{2}-[QqXx][0-9]{1,2}"

    def to_python(self, value: str) -> str:
        return value.upper()

    def to_url(self, value: str) -> str:
        return value


register_converter(Reference, "meeting_ref")

app_name = "meetings"
urlpatterns: list = []
