"""Where each door hangs. Apps are wired by name."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("tickets.urls")),
    path("account/", include("allauth.urls")),
    path("organisation/", include("supportdesk.accounts.urls")),
    path("api/", include("supportdesk.api")),
    path("office/", admin.site.urls),
]
