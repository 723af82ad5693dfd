"""Schedules: whom they answer for, on which clock."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from oncall import actions
from supportdesk.accounts.models import User
from supportdesk.web.office import AuditedAdmin, Section


class ScheduleAdmin(AuditedAdmin):
    section = Section.ON_CALL
    list_display = ["name", "team", "zone", "around_the_clock", "fallback"]
    list_select_related = ["team", "fallback"]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only the vendor's own people fall back on each other."""
        if db_field.name == "fallback":
            kwargs["queryset"] = User.objects.active().filter(organisation=None)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Another clock is another plan."""
        super().save_related(request, form, formsets, change)
        actions.build_duties(form.instance, by=User.objects.desk())
