"""Calendars, their hours and special days, and absences of people."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from supportdesk.web.fields import MinuteOfDay, Spans, in_days
from supportdesk.web.office import AuditedAdmin, PartOf, Section
from supportdesk.worktime.models import Absence, Calendar, Hours, SpecialDay


class HoursForm(forms.ModelForm):
    opens_minute = MinuteOfDay(label=_("opens"))
    closes_minute = MinuteOfDay(label=_("closes"), ends=True)

    class Meta:
        model = Hours
        fields = ["weekday", "opens_minute", "closes_minute"]


class HoursInline(PartOf):
    model = Hours
    form = HoursForm


class SpecialDayForm(forms.ModelForm):
    hours = Spans(label=_("hours"), required=False)

    class Meta:
        model = SpecialDay
        fields = ["day", "name", "yearly", "hours"]


class SpecialDayInline(PartOf):
    model = SpecialDay
    form = SpecialDayForm


@admin.register(Calendar)
class CalendarAdmin(AuditedAdmin):
    section = Section.TEAMS
    event = "calendar.changed"
    list_display = ["name", "zone", "state"]
    inlines = [HoursInline, SpecialDayInline]


@admin.register(Absence)
class AbsenceAdmin(AuditedAdmin):
    section = Section.TEAMS
    list_display = ["person", "days", "kind", "deputy"]
    list_filter = ["kind", "person__team"]
    list_select_related = ["person", "deputy"]
    search_fields = ["person__name"]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only the vendor's own people are away or stand in."""
        people = db_field.remote_field.model.objects.active().filter(organisation=None)
        return super().formfield_for_foreignkey(db_field, request, queryset=people, **kwargs)

    @admin.display(description=_("days"), ordering="during")
    def days(self, absence: Absence) -> str:
        return in_days(absence.during)
