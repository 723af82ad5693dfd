"""Topics as configuration, and counts to read."""

from django import forms
from django.contrib import admin
from django.db import models

from supportdesk.web.office import AuditedAdmin, DeskAdmin, Section
from training.models import CauseCount, Topic


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


@admin.register(CauseCount)
class CauseCountAdmin(DeskAdmin):
    section = Section.TRAINING
    list_display = ["month", "topic", "organisation", "cause", "count"]
    list_filter = ["month", "topic"]
    list_select_related = ["topic", "organisation"]
