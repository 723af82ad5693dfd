"""The product in the back office: configuration, each change audited."""

from typing import Any

from django.contrib import admin
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.forms import SimpleArrayField
from django.db.models import Count
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from releases.models import Correction, DevelopmentArea, Line, Module, System, Wish, WishBacking
from supportdesk.web.office import AuditedAdmin, DeskAdmin, PartOf, Section, colleague


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


@admin.register(System)
class SystemAdmin(AuditedAdmin):
    section = Section.PRODUCT
    list_display = ["code", "organisation", "purpose", "runs", "inventory_at", "is_active"]
    list_filter = ["purpose", "installed__line", "is_active"]
    list_select_related = ["organisation", "installed__line"]
    search_fields = ["code", "organisation__name"]


class ObjectKeys(SimpleArrayField):
    """Keys as people type them, kept in upper case and once each."""

    def clean(self, value: Any) -> list[str]:
        return sorted({key.upper() for key in super().clean(value) if key})


@admin.register(Correction)
class CorrectionAdmin(AuditedAdmin):
    section = Section.PRODUCT
    list_display = ["__str__", "symptom", "module", "made_at"]
    list_filter = ["module"]
    list_select_related = ["module"]
    search_fields = ["=number", "symptom", "object_keys"]
    formfield_overrides = {
        **AuditedAdmin.formfield_overrides,
        ArrayField: {"form_class": ObjectKeys},
    }

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.author = colleague(request)
        super().save_model(request, obj, form, change)


class BackingInline(PartOf):
    """Who stands behind a wish."""

    model = WishBacking
    fields = ["organisation", "number", "at"]


@admin.register(Wish)
class WishAdmin(DeskAdmin):
    """Put and backed from tickets; read here."""

    section = Section.PRODUCT
    list_display = ["__str__", "module", "state", "customers", "put_at"]
    list_filter = ["state", "module"]
    list_select_related = ["module"]
    search_fields = ["title", "text"]
    inlines = [BackingInline]

    def get_queryset(self, request: HttpRequest) -> Any:
        behind = Count("backings__organisation", distinct=True)
        return super().get_queryset(request).annotate(behind=behind)

    @admin.display(description=_("customers behind it"), ordering="behind")
    def customers(self, wish: Any) -> int:
        return wish.behind
