"""Topics as configuration."""

from django import forms
from django.contrib import admin
from django.db import models

from supportdesk.web.office import AuditedAdmin, Section
from training.models import Topic


@admin.register(Topic)
class TopicAdmin(AuditedAdmin):
    section = Section.TRAINING
    list_display = ["name", "process_area", "is_active"]
    list_filter = ["process_area", "is_active"]
    search_fields = ["name", "process_area"]
    formfield_overrides = {
        **AuditedAdmin.formfield_overrides,
        models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple},
    }
