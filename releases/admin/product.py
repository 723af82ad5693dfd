"""The product in the back office: configuration, each change audited."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from releases import actions
from releases.models import DevelopmentArea, GateKind, Line, Module, System
from supportdesk.web.office import AuditedAdmin, Section, colleague


@admin.register(DevelopmentArea)
class DevelopmentAreaAdmin(AuditedAdmin):
    section = Section.PRODUCT
    list_display = ["name"]
    search_fields = ["name"]


@admin.register(Module)
class ModuleAdmin(AuditedAdmin):
    section = Section.PRODUCT
    list_display = ["name", "code", "team", "development_area", "criticality", "is_active"]
    list_filter = ["team", "criticality", "is_active"]
    list_select_related = ["team", "development_area"]
    search_fields = ["name", "code"]


@admin.register(Line)
class LineAdmin(AuditedAdmin):
    section = Section.PRODUCT
    list_display = ["name", "parent", "branch_level", "maintained_until"]
    list_select_related = ["parent"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
        else:
            actions.open_line(obj, by=colleague(request))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Where it branched decides what it took over, once."""
        return ["parent", "branch_level"] if obj else []


@admin.register(GateKind)
class GateKindAdmin(AuditedAdmin):
    section = Section.PRODUCT
    list_display = ["name", "position", "is_mandatory", "is_active"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Switched off, not deleted: packages have gone through it."""
        return False


@admin.register(System)
class SystemAdmin(AuditedAdmin):
    section = Section.PRODUCT
    list_display = ["code", "organisation", "purpose", "runs", "inventory_at", "is_active"]
    list_filter = ["purpose", "installed__line", "is_active"]
    list_select_related = ["organisation", "installed__line"]
    search_fields = ["code", "organisation__name"]
