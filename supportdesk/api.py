"""The API's addresses: each app registers its doors at the end of its api.py."""

from django.urls import include, path, re_path

from supportdesk.web.api import docs
from supportdesk.web.api.doors import Nowhere

urlpatterns = [
    path("v1/", include("supportdesk.accounts.api")),
    path("v1/", include("releases.api")),
    path("v1/", include("training.api")),
    path("v1/", include("oncall.api")),
    path("v1/", include("tickets.api")),
    path("schema/", docs.Description.as_view(), name="api_schema"),
    path("docs/", docs.page, name="api_docs"),
    re_path("", Nowhere.as_view()),
]
