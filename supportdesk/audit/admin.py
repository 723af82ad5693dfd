"""The audit record, to read."""

from django.contrib import admin

from supportdesk.audit.models import Entry
from supportdesk.web.office import DeskAdmin


@admin.register(Entry)
class EntryAdmin(DeskAdmin):
    list_display = ["at", "verb", "subject_type", "subject_id", "by"]
    list_select_related = ["by"]
    search_fields = ["verb", "=subject_id", "by__name"]
    list_filter = ["subject_type", "at"]
    ordering = ["-pk"]
