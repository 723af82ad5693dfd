"""Rotations: who takes turns by days or weeks, with a look at what a new order changes."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from oncall.admin import planning
from oncall.forms import RotationForm, as_typed
from oncall.models import Rotation
from supportdesk.accounts import access
from supportdesk.web.office import DeskAdmin, Section, colleague

TEMPLATE = "admin/oncall/rotation.html"


class RotationAdmin(DeskAdmin):
    section = Section.ON_CALL
    list_display = ["name", "schedule", "every", "unit", "hands_off_at", "starts_on", "ends_on"]
    list_filter = ["schedule"]
    list_select_related = ["schedule"]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        plans = access.may(colleague(request), "roster.plan")
        return super().changelist_view(request, {"plans": plans, **(extra_context or {})})

    def add_view(self, request: HttpRequest, form_url: str = "", extra: Any = None) -> HttpResponse:
        return self._edit(request, None)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rotation = self.get_object(request, object_id)
        if rotation is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return self._edit(request, rotation)

    def _edit(self, request: HttpRequest, rotation: Rotation | None) -> HttpResponse:
        by = colleague(request)
        plans = access.may(by, "roster.plan")
        if not plans and (rotation is None or request.method == "POST"):
            raise PermissionDenied
        page: dict[str, Any] = {
            "title": rotation or gettext("Set up a rotation"),
            "rotation": rotation,
            "schedule": rotation.schedule if rotation else None,
            "plans": plans,
        }
        if request.method != "POST":
            initial = as_typed(rotation) if rotation else request.GET.dict()
            return self.page(request, TEMPLATE, form=RotationForm(initial=initial), **page)
        form = RotationForm(request.POST)
        enter = partial(form.enter, by, rotation)
        return planning.answer(
            self, request, form, enter, template=TEMPLATE, done=self.url(), **page
        )
