"""The back office: Django's admin site under our own name and look."""

from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _


class Office(AdminSite):
    site_header = _("Support desk, internal")
    site_title = _("Support desk")
    index_title = _("Overview")
