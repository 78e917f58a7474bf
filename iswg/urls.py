"""Every address of the portal. `docs/access.md` lists who may use each."""

from django.urls import include, path

from iswg import views
from meetings.views_feed import feed as calendar_feed

handler400 = "iswg.errors.bad_request"
handler403 = "iswg.errors.forbidden"
handler404 = "iswg.errors.not_found"
handler500 = "iswg.errors.failed"

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("help/", views.help_page, name="help"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    path("robots.txt", views.robots, name="robots"),
    path("bulletins/", include("bulletins.urls")),
    path("threads/", include("discussions.urls")),
    path("meetings/", include("meetings.urls")),
    path("mous/", include("mous.urls")),
    path("", include("meetings.urls_registers")),
    path("calendar/<str:token>.ics", calendar_feed, name="calendar_feed"),
    path("", include("accounts.urls")),
    path("", include("vault.urls")),
    path("", include("activity.urls")),
]
