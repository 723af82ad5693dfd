"""The web room and Django's admin under our own site."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class WebConfig(AppConfig):
    name = "supportdesk.web"


class OfficeConfig(AdminConfig):
    default_site = "supportdesk.web.office.Office"
