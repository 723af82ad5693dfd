"""Changes of the plan: entered with a look at what they do, taken back, offers taken."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from oncall import actions
from oncall.admin import planning
from oncall.forms import ChangeForm
from oncall.models import Change
from supportdesk.accounts import access
from supportdesk.web.office import DeskAdmin, Section, colleague

TEMPLATE = "admin/oncall/change.html"
MINE = "admin:oncall_duty_mine"
VERBS = {
    "withdraw": (actions.withdraw_change, _("Withdrawn. Everybody concerned is told.")),
    "take": (actions.take_swap, _("The duty is yours now.")),
    "withdraw_swap": (actions.withdraw_swap, _("The offer is withdrawn.")),
}


class ChangeAdmin(DeskAdmin):
    section = Section.ON_CALL

    def get_urls(self) -> list[Any]:
        own = [
            path(
                f"<int:pk>/{verb}/",
                self.admin_site.admin_view(require_POST(partial(self.act, verb=verb))),
                name=f"oncall_change_{verb}",
            )
            for verb in VERBS
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = Change.objects.visible_to(colleague(request)).order_by("-during")
        rows = rows.select_related("schedule", "person", "stand_in", "written_by")
        return self.page(
            request,
            "admin/oncall/changes.html",
            title=gettext("Changes of the plan"),
            rows=rows[: self.list_per_page],
            now=timezone.now(),
            plans=access.may(colleague(request), "roster.plan"),
        )

    def add_view(self, request: HttpRequest, form_url: str = "", extra: Any = None) -> HttpResponse:
        if not access.may(colleague(request), "roster.plan"):
            raise PermissionDenied
        title = gettext("Change the plan")
        if request.method != "POST":
            form = ChangeForm(initial=request.GET.dict())
            return self.page(request, TEMPLATE, form=form, title=title)
        form = ChangeForm(request.POST)
        enter = partial(form.enter, colleague(request))
        return planning.answer(
            self, request, form, enter, template=TEMPLATE, done=self.url(), title=title
        )

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(self.url())

    def act(self, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        change = get_object_or_404(self.get_queryset(request), pk=pk)
        call, done = VERBS[verb]
        call(change, by=colleague(request))
        messages.success(request, done)
        return HttpResponseRedirect(self.url() if verb == "withdraw" else reverse(MINE))
