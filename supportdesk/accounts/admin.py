"""Customers, mandates, teams and people in the back office."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from supportdesk.accounts.models import Mandate, Organisation, Team, User
from supportdesk.web.fields import in_days, ticked
from supportdesk.web.office import AuditedAdmin, Section


@admin.register(Organisation)
class OrganisationAdmin(AuditedAdmin):
    section = Section.CUSTOMERS
    list_display = ["name", "code", "kind", "state", "is_active"]
    list_filter = ["kind", "state", "is_active"]
    search_fields = ["name", "code"]


class MandateForm(forms.ModelForm):
    carries = ticked(Mandate._meta.get_field("carries"))

    class Meta:
        model = Mandate
        fields = ["provider", "insurer", "during", "carries"]


@admin.register(Mandate)
class MandateAdmin(AuditedAdmin):
    section = Section.CUSTOMERS
    form = MandateForm
    list_display = ["provider", "insurer", "days", "services"]
    list_filter = ["provider"]
    list_select_related = ["provider", "insurer"]
    search_fields = ["provider__name", "insurer__name"]

    @admin.display(description=_("valid"), ordering="during")
    def days(self, mandate: Mandate) -> str:
        return in_days(mandate.during)

    @admin.display(description=_("carries"))
    def services(self, mandate: Mandate) -> str:
        return ", ".join(mandate.carried)


@admin.register(Team)
class TeamAdmin(AuditedAdmin):
    section = Section.TEAMS
    list_display = ["name", "calendar"]
    list_select_related = ["calendar"]


@admin.register(User)
class UserAdmin(AuditedAdmin):
    """People come by invitation; their roles and their access change by verbs."""

    section = Section.TEAMS
    list_display = ["name", "email", "organisation", "team", "held_roles", "is_active"]
    list_filter = ["is_active", "team", "organisation"]
    list_select_related = ["organisation", "team"]
    search_fields = ["name", "email"]
    fields = ["name", "email", "organisation", "held_roles", "is_active"]
    fields += ["phone", "language", "team", "deputy"]
    readonly_fields = ["email", "organisation", "held_roles", "is_active"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("roles"))
    def held_roles(self, person: User) -> str:
        return ", ".join(person.role_names)
