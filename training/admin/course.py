"""Courses as configuration."""

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from supportdesk.web.office import AuditedAdmin, Section
from training.models import Course


@admin.register(Course)
class CourseAdmin(AuditedAdmin):
    section = Section.TRAINING
    list_display = ["title", "kind", "audience", "line", "wants_approval", "is_active"]
    list_filter = ["kind", "audience", "is_active"]
    list_select_related = ["line"]
    search_fields = ["title", "text"]
    formfield_overrides = {
        **AuditedAdmin.formfield_overrides,
        models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple},
    }

    def has_delete_permission(self, request: HttpRequest, obj: Course | None = None) -> bool:
        """Courses are switched off: their sessions and places stay."""
        return False
