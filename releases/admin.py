"""The product in the back office: configuration, each change audited."""

from django.contrib import admin

from releases.models import Line, Module, System
from supportdesk.web.office import AuditedAdmin, Section


@admin.register(Module)
class ModuleAdmin(AuditedAdmin):
    section = Section.PRODUCT
    list_display = ["name", "code", "team", "criticality", "is_active"]
    list_filter = ["team", "criticality", "is_active"]
    list_select_related = ["team"]
    search_fields = ["name", "code"]


@admin.register(Line)
class LineAdmin(AuditedAdmin):
    section = Section.PRODUCT
    list_display = ["name", "parent", "branch_level", "in_maintenance"]
    list_filter = ["in_maintenance"]
    list_select_related = ["parent"]


@admin.register(System)
class SystemAdmin(AuditedAdmin):
    section = Section.PRODUCT
    list_display = ["code", "organisation", "purpose", "line", "level", "is_active"]
    list_filter = ["purpose", "line", "is_active"]
    list_select_related = ["organisation", "line"]
    search_fields = ["code", "organisation__name"]
