"""Where each door hangs. Apps are wired by name."""

from django.contrib import admin
from django.urls import include, path

from supportdesk.web import health

urlpatterns = [
    path("", include("tickets.urls")),
    path("account/", include("allauth.urls")),
    path("", include("supportdesk.accounts.urls")),
    path("api/", include("supportdesk.api")),
    path("office/", admin.site.urls),
    path("health/live", health.live),
    path("health/ready", health.ready),
]
