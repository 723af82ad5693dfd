"""Imports in the back office: what customers plan and say of their systems, read here."""

from __future__ import annotations

from django.contrib import admin

from releases.models import Import
from supportdesk.web.office import DeskAdmin, Section


@admin.register(Import)
class ImportAdmin(DeskAdmin):
    """Planned and ended by customers; read here."""

    section = Section.PRODUCT
    list_display = ["system", "package", "state", "planned_for", "planned_by", "ended_at"]
    list_filter = ["state", "package__line", "system__organisation"]
    list_select_related = ["system", "package__line", "planned_by"]
    search_fields = ["system__code", "system__organisation__name"]
    date_hierarchy = "planned_for"
