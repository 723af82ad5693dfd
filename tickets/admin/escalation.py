"""Escalations in the back office: the board, and the page where a lead assesses and decides."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.errors import Refused
from supportdesk.web.forms import DeskForm
from supportdesk.web.office import DeskAdmin, MenuLine, Section, colleague
from tickets import actions
from tickets.models import Escalation
from tickets.models.escalation import LEVELS

PAGE = 100  # a desk with more open escalations has another problem than paging
LONG = forms.Textarea({"rows": 3})
LEVEL_CHOICES = [(level, _("Level %(n)d") % {"n": level}) for level in LEVELS]


class AssessForm(DeskForm):
    stands_back = forms.TypedChoiceField(
        label=_("Must other work stand back?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda given: given == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Please say yes or no.")},
    )
    why = forms.CharField(label=_("Why"), widget=LONG, max_length=5_000)


class DecideForm(DeskForm):
    decision = forms.CharField(
        label=_("Decision"),
        help_text=_("Whoever is in charge reads it, and the customer who has asked."),
        widget=LONG,
        max_length=5_000,
    )


class LevelForm(DeskForm):
    level = forms.TypedChoiceField(label=_("Level"), coerce=int, choices=LEVEL_CHOICES)
    why = forms.CharField(label=_("Why"), widget=LONG, max_length=5_000)


class WatchForm(DeskForm):
    on = forms.BooleanField(required=False)


@dataclass(frozen=True)
class Step:
    label: Any
    form: type[DeskForm]
    verb: Any
    right: str
    done: Any


STEPS = {
    "assess": Step(
        _("Assess"), AssessForm, actions.assess, "escalation.handle", _("The assessment is kept.")
    ),
    "decide": Step(
        _("Decide"),
        DecideForm,
        actions.decide,
        "escalation.handle",
        _("Decided. Everybody concerned is told."),
    ),
    "level": Step(
        _("Change the level"),
        LevelForm,
        actions.set_level,
        "escalation.handle",
        _("The level is changed."),
    ),
    "watch": Step(_("Watch"), WatchForm, actions.watch, "escalation.watch", _("Noted.")),
}


@admin.register(Escalation)
class EscalationAdmin(DeskAdmin):
    """Nothing is edited: each button calls one verb."""

    section = Section.TICKETS

    def menu(self, request: HttpRequest) -> list[MenuLine]:
        if not self.has_view_permission(request):
            return []
        rows = Escalation.objects.visible_to(colleague(request)).open()
        return [MenuLine(_("Escalations"), self.url(), self.section, rows, hot=True)]

    def panel(self, request: HttpRequest) -> str | None:
        """For those who decide: what waits for them, the highest level first."""
        user = colleague(request)
        if not access.may(user, "escalation.handle"):
            return None
        rows = Escalation.objects.visible_to(user).open().by_urgency().for_board()[:6]
        context = {"rows": rows, "url": self.url()}
        return render_to_string("admin/tickets/_escalations.html", context, request)

    def get_urls(self) -> list[Any]:
        own = [
            path(
                f"<int:pk>/{verb}/",
                self.admin_site.admin_view(require_POST(partial(self.act, verb=verb))),
                name=f"tickets_escalation_{verb}",
            )
            for verb in STEPS
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        ended = request.GET.get("show") == "ended"
        rows = Escalation.objects.visible_to(colleague(request)).for_board()
        rows = rows.exclude(ended_at=None) if ended else rows.open().by_urgency()
        return self.page(
            request,
            "admin/tickets/escalations.html",
            title=_("Escalations"),
            rows=rows[:PAGE],
            ended=ended,
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return self._page(request, row)

    def act(self, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        row = get_object_or_404(self.get_queryset(request), pk=pk)
        step = STEPS[verb]
        form = step.form(request.POST, auto_id=f"{verb}-%s")
        if not form.is_valid():
            return self._page(request, row, verb, form, status=422)
        try:
            step.verb(row, by=colleague(request), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(request, row, verb, form, status=refusal.status)
        messages.success(request, step.done)
        return HttpResponseRedirect(self.url("change", row.pk))

    def get_queryset(self, request: HttpRequest) -> Any:
        rows: Any = super().get_queryset(request)
        return rows.for_board().select_related("assessed_by", "decided_by")

    def _page(
        self,
        request: HttpRequest,
        row: Escalation,
        verb: str = "",
        tried: DeskForm | None = None,
        status: int = 200,
    ) -> HttpResponse:
        user = colleague(request)
        watchers = list(row.watchers.all())
        return self.page(
            request,
            "admin/tickets/escalation.html",
            status=status,
            title=_("Escalation"),
            row=row,
            offers=_offers(row, user, verb, tried),
            watchers=watchers,
            watches=user in watchers,
            may_watch=row.is_open and access.may(user, "escalation.watch"),
            told=list(row.told.all()),
        )


def _offers(
    row: Escalation, user: User, verb: str, tried: DeskForm | None
) -> list[tuple[str, Step, DeskForm]]:
    """The forms this person may fill in now; the one just tried as it was typed."""
    if not row.is_open:
        return []
    shown = ["assess", "decide", "level"]
    if row.reason == Escalation.Reason.OBJECTION:
        shown.remove("decide")  # with the priority, on the ticket's page for it
    return [
        (
            name,
            STEPS[name],
            tried if tried and name == verb else STEPS[name].form(auto_id=f"{name}-%s"),
        )
        for name in shown
        if access.may(user, STEPS[name].right)
    ]
