"""Jobs that must report: what is expected, what came, and the address where they do."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from oncall import actions
from oncall.models import Heartbeat, Page
from supportdesk.accounts import access
from supportdesk.messaging import about
from supportdesk.web.office import BESIDE, AuditedAdmin, Section, colleague
from supportdesk.web.templatetags.desk import moment
from supportdesk.worktime.models import Hours

SHOWN = 10  # of its pages


class HeartbeatForm(forms.ModelForm):
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Weekdays"),
        coerce=int,
        choices=Hours.Weekday.choices,
        initial=list(Hours.Weekday.values),
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Heartbeat
        fields = [
            "name",
            "reports_by",
            "zone",
            "weekdays",
            "grace",
            "hours",
            "policy",
            "is_active",
        ]
        widgets = {"reports_by": forms.TimeInput({"type": "time"}, format="%H:%M")}

    def clean_weekdays(self) -> list[int]:
        return sorted(set(self.cleaned_data["weekdays"]))


class HeartbeatAdmin(AuditedAdmin):
    section = Section.ON_CALL
    form = HeartbeatForm
    list_display = ["name", "reports_by", "policy", "reported", "awaited", "is_active"]
    list_select_related = ["policy"]

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(require_POST(self.address))
        return [
            path("<int:pk>/address/", view, name="oncall_heartbeat_address"),
            *super().get_urls(),
        ]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        actions.expect(obj, by=colleague(request))

    def address(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The new one is shown once, in the answer itself."""
        row = get_object_or_404(self.get_queryset(request), pk=pk)
        secret = actions.open_address(row, by=colleague(request))
        url = request.build_absolute_uri(reverse("heartbeat_report", args=[secret]))
        return self.page(
            request, "admin/oncall/heartbeat_address.html", title=row.name, row=row, address=url
        )

    @admin.display(description=_("last report"), ordering="last_report_at", empty_value="–")
    def reported(self, row: Heartbeat) -> Any:
        return moment(row.last_report_at) or None

    @admin.display(description=_("awaited until"), ordering="due_at", empty_value="–")
    def awaited(self, row: Heartbeat) -> Any:
        return moment(row.due_at) or None


def shown(request: HttpRequest, row: Heartbeat) -> str:
    """Beside the form: whether it reports, its pages, and where it does."""
    pages = Page.objects.visible_to(colleague(request)).filter(**about.facts(row))
    context = {
        "row": row,
        "pages": pages[:SHOWN],
        "configures": access.may(colleague(request), "heartbeat.configure"),
    }
    return render_to_string("admin/oncall/_heartbeat.html", context, request)


BESIDE["oncall.heartbeat"].append(shown)
