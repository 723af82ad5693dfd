"""Where each door hangs. Apps are wired by name."""

from django.contrib import admin
from django.urls import include, path, re_path

from supportdesk.web import health, site

# People are invited at an address that stays theirs: nobody signs up, changes or confirms one.
CLOSED = (
    r"^account/(?:(?:signup|email|confirm-email|login/code|social)/.*"
    r"|3rdparty/(?:signup/|login/error/)?)$"
)

urlpatterns = [
    path("", include("tickets.urls")),
    re_path(CLOSED, site.nothing_here),
    path("account/", include("allauth.urls")),
    path("", include("supportdesk.accounts.urls")),
    path("api/", include("supportdesk.api")),
    path("office/", admin.site.urls),
    path("health/live", health.live),
    path("health/ready", health.ready),
]
