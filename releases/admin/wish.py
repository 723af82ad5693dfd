"""Wishes in the back office: put and backed from tickets, read here."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from releases.models import Wish, WishBacking
from supportdesk.web.office import DeskAdmin, PartOf, Section


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
