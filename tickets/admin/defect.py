"""Defects in the back office: what development works on, and the tickets that wait for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from releases.models import DevelopmentArea, Module
from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.errors import Refused
from supportdesk.web.fields import DayInput
from supportdesk.web.forms import DeskForm
from supportdesk.web.office import DeskAdmin, MenuLine, Section, colleague
from tickets import actions
from tickets.admin.finding import CorrectionField, put
from tickets.models import Defect, DefectState, Ticket
from tickets.models.defect import DEFECT_NEXT

PAGE = 100
BEHIND = 100  # tickets shown on the page of one defect
LONG = forms.Textarea({"rows": 3})


class AcceptForm(DeskForm):
    tracker_key = forms.CharField(
        label=_("Number in development's tracker"), required=False, max_length=60
    )


class FixForm(DeskForm):
    correction = CorrectionField(label=_("Correction"), help_text=_("Its number, e.g. K-17."))
    promised_on = forms.DateField(
        label=_("Delivered by"),
        help_text=_("The customers who wait read this day."),
        required=False,
        widget=DayInput,
    )


class RejectForm(DeskForm):
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("For colleagues: the tickets go back to their specialists."),
        widget=LONG,
        max_length=5_000,
    )


class CommentForm(DeskForm):
    text = forms.CharField(label=_("Comment"), widget=LONG, max_length=20_000)


class InformForm(DeskForm):
    text = forms.CharField(
        label=_("One text to each customer who waits"),
        help_text=_("It stands in each ticket by itself: nobody reads of another customer."),
        widget=LONG,
        max_length=20_000,
    )


@dataclass(frozen=True)
class Step:
    label: Any
    form: type[DeskForm]
    verb: Any
    done: Any
    to: DefectState | None = None  # where it leads; None keeps the state

    def fits(self, defect: Defect) -> bool:
        return self.to is None or self.to in DEFECT_NEXT[DefectState(defect.state)]


STEPS = {
    "accept": Step(
        _("Accept"), AcceptForm, actions.accept_defect, _("Accepted."), DefectState.ACCEPTED
    ),
    "fix": Step(
        _("Corrected"),
        FixForm,
        actions.fix_defect,
        _("Corrected. Its tickets wait for delivery."),
        DefectState.FIXED,
    ),
    "reject": Step(
        _("Reject"),
        RejectForm,
        actions.reject_defect,
        _("Rejected. Its tickets are back with their specialists."),
        DefectState.REJECTED,
    ),
    "inform": Step(
        _("Inform all"), InformForm, actions.inform_all, _("Every customer who waits is informed.")
    ),
    "comment": Step(_("Comment"), CommentForm, actions.comment_on_defect, _("Noted.")),
}


class FilterForm(DeskForm):
    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    state = forms.ChoiceField(label=_("State"), required=False)
    module = forms.ModelChoiceField(
        Module.objects, label=_("Module"), required=False, empty_label=_("All")
    )
    area = forms.ModelChoiceField(
        DevelopmentArea.objects, label=_("Development area"), required=False, empty_label=_("All")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states: Any = self.fields["state"]
        states.choices = [("", _("Open")), ("all", _("All")), *DefectState.choices]

    def of(self, rows: Any) -> Any:
        """Open ones, unless asked otherwise; nonsense narrows nothing."""
        self.is_valid()
        given = self.cleaned_data
        state, q = given.get("state"), given.get("q")
        rows = rows.open() if not state else rows if state == "all" else rows.filter(state=state)
        for name in ("module", "area"):
            rows = rows.filter(**{name: given[name]}) if given.get(name) else rows
        return rows.filter(_matching(q)) if q else rows


def _matching(q: str) -> Q:
    found = Q(title__icontains=q) | Q(tracker_key__iexact=q)
    number = q.upper().removeprefix("D-")
    if number.isascii() and number.isdecimal() and len(number) < 19:
        found |= Q(number=number)
    return found


@admin.register(Defect)
class DefectAdmin(DeskAdmin):
    """Nothing is edited: each button calls one verb."""

    section = Section.TICKETS

    def menu(self, request: HttpRequest) -> list[MenuLine]:
        if not self.has_view_permission(request):
            return []
        rows = Defect.objects.visible_to(colleague(request)).open()
        return [MenuLine(_("Defects"), self.url(), self.section, rows)]

    def get_urls(self) -> list[Any]:
        own = [
            path(
                f"<int:number>/{verb}/",
                self.admin_site.admin_view(require_POST(partial(self.act, verb=verb))),
                name=f"tickets_defect_{verb}",
            )
            for verb in STEPS
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = FilterForm(request.GET)
        rows = form.of(Defect.objects.visible_to(colleague(request)).for_lists())
        rows = rows.order_by("-waiting_count", "-number")
        return self.page(
            request, "admin/tickets/defects.html", title=_("Defects"), rows=rows[:PAGE], form=form
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

    def act(self, request: HttpRequest, number: int, verb: str) -> HttpResponse:
        row = get_object_or_404(self.get_queryset(request), number=number)
        step, form = STEPS[verb], STEPS[verb].form(request.POST, auto_id=f"{verb}-%s")
        if not form.is_valid():
            return self._page(request, row, verb, form, status=422)
        try:
            step.verb(row, by=colleague(request), **form.cleaned_data)
        except Refused as refusal:
            put(refusal, form)
            return self._page(request, row, verb, form, status=refusal.status)
        messages.success(request, step.done)
        return HttpResponseRedirect(self.url("change", row.pk))

    def get_queryset(self, request: HttpRequest) -> Any:
        rows: Any = super().get_queryset(request)
        return rows.select_related("module", "area", "line", "reported_by", "correction")

    def _page(
        self,
        request: HttpRequest,
        row: Defect,
        verb: str = "",
        tried: DeskForm | None = None,
        status: int = 200,
    ) -> HttpResponse:
        user = colleague(request)
        behind = Ticket.objects.behind(row)
        seen = _seen(behind, user)
        return self.page(
            request,
            "admin/tickets/defect.html",
            status=status,
            title=str(row),
            row=row,
            tickets=seen[:BEHIND],
            hidden=behind.count() - seen.count(),
            comments=row.comments.select_related("by"),
            offers=[
                (
                    name,
                    step,
                    tried if tried and name == verb else step.form(auto_id=f"{name}-%s"),
                )
                for name, step in STEPS.items()
                if access.may(user, f"defect.{name}") and step.fits(row)
            ],
        )


def _seen(behind: Any, user: User) -> QuerySet[Ticket]:
    return behind.visible_to(user).select_related("organisation", "assignee").order_by("-number")
