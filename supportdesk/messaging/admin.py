"""What waits, what went out and what was given up; the dead first, with "try again"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib import admin, messages
from django.db.models import F, Model, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from supportdesk.accounts import access
from supportdesk.errors import Refused
from supportdesk.messaging import actions, lag
from supportdesk.messaging.models import Dispatch, Event
from supportdesk.web.office import DeskAdmin, MenuLine, colleague


class Retriable(DeskAdmin):
    """Rows that can be given up. Their menu line counts the dead, in red."""

    retry: Callable[..., Model]
    actions = ["try_again"]

    def menu(self, request: HttpRequest) -> list[MenuLine]:
        dead = {"rows": self.model.objects.dead(), "hot": True, "silent": True}
        return [replace(line, **dead) for line in super().menu(request)]

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return access.may(colleague(request), f"{self.opts.model_name}.retry")

    @admin.action(description=_("Try again"), permissions=["retry"])
    def try_again(self, request: HttpRequest, rows: QuerySet) -> None:
        tried = 0
        for row in rows:
            try:
                type(self).retry(row, by=colleague(request))
                tried += 1
            except Refused as error:
                self.message_user(request, f"{row}: {error}", messages.WARNING)
        told = ngettext("%d is tried again.", "%d are tried again.", tried) % tried
        self.message_user(request, told)


class Died(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "dead"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("given up")), ("0", _("waiting"))]

    def queryset(self, request: HttpRequest, rows: QuerySet) -> QuerySet:
        if self.value() == "1":
            return rows.filter(dead_at__isnull=False)
        return rows.filter(done_at=None, dead_at=None) if self.value() else rows


@admin.register(Event)
class EventAdmin(Retriable):
    retry = staticmethod(actions.retry_event)
    list_display = ["name", "body", "created_at", "attempts", "error", "done_at", "dead_at"]
    list_filter = [Died]
    search_fields = ["=name"]

    def panel(self, request: HttpRequest) -> str:
        """How far behind the desk is, on the start page of those who look after it."""
        messages_list = reverse("admin:messaging_dispatch_changelist")
        figures = [
            {
                "label": _("Events waiting"),
                "lag": lag.of_events(),
                "url": f"{self.url()}?dead=0",
            },
            {
                "label": _("Messages waiting"),
                "lag": lag.of_dispatches(),
                "url": f"{messages_list}?state__exact=waiting",
            },
        ]
        return render_to_string("admin/messaging/_lag.html", {"figures": figures}, request)

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return [F("dead_at").desc(nulls_last=True), "-pk"]


@admin.register(Dispatch)
class DispatchAdmin(Retriable):
    """Without the content: what was written to customers is read in their tickets."""

    retry = staticmethod(actions.retry_dispatch)
    list_display = ["state", "channel", "address", "about_id", "created_at", "attempts"]
    list_display += ["error", "sent_at", "returned_at"]
    list_filter = ["state", "channel", "urgent"]
    search_fields = ["=address", "dedupe_key"]
    exclude = ["content"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).defer("content")
