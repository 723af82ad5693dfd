"""Major faults in the back office: the board, the declaration, and the page of one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from releases.models import Module
from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.errors import Refused
from supportdesk.web.forms import DeskForm
from supportdesk.web.office import DeskAdmin, MenuLine, Section, colleague
from tickets import actions
from tickets.admin.finding import put
from tickets.models import MajorFault, Ticket

PAGE = 100
LONG = forms.Textarea({"rows": 3})
TO_ALL = _("One text to all whom it concerns: it names no customer.")


class FaultForm(DeskForm):
    """Knows the reader, who names tickets that they see."""

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def _tickets(self, name: str) -> list[Ticket]:
        numbers = {int(one) for one in re.findall(r"[0-9]{1,18}", self.cleaned_data[name])}
        rows = list(Ticket.objects.visible_to(self.user).filter(pk__in=numbers))
        if missing := sorted(numbers - {row.pk for row in rows}):
            given = ", ".join(map(str, missing))
            raise forms.ValidationError(_("There is no ticket %(given)s.") % {"given": given})
        return rows


class DeclareForm(FaultForm):
    title = forms.CharField(label=_("Title"), max_length=200)
    text = forms.CharField(
        label=_("Text for customers"), help_text=TO_ALL, widget=LONG, max_length=20_000
    )
    modules = forms.ModelMultipleChoiceField(
        Module.objects.filter(is_active=True),
        label=_("Modules"),
        widget=forms.CheckboxSelectMultiple,
    )
    tickets = forms.CharField(
        label=_("Tickets that report it"),
        help_text=_("Their numbers, with spaces between them."),
        required=False,
        max_length=2_000,
    )

    def clean_tickets(self) -> list[Ticket]:
        return self._tickets("tickets")


class TicketForm(FaultForm):
    ticket = forms.CharField(label=_("Number of the ticket"), max_length=20)

    def clean_ticket(self) -> Ticket:
        rows = self._tickets("ticket")
        if len(rows) != 1:
            raise forms.ValidationError(_("There is no ticket with this number."))
        return rows[0]


class SayForm(FaultForm):
    text = forms.CharField(label=_("Text"), help_text=TO_ALL, widget=LONG, max_length=20_000)


class ReviewForm(FaultForm):
    review = forms.CharField(label=_("How it came about"), widget=LONG, max_length=20_000)
    decisions = forms.CharField(label=_("What was decided"), widget=LONG, max_length=20_000)


@dataclass(frozen=True)
class Step:
    label: Any
    form: type[FaultForm]
    verb: Any
    right: str
    done: Any
    while_open: bool = True


HANDLE, LINK = "majorfault.handle", "majorfault.link"
STEPS = {
    "update": Step(
        _("Tell all"), SayForm, actions.write_update, HANDLE, _("All concerned are told.")
    ),
    "link": Step(_("Link a ticket"), TicketForm, actions.link_to_fault, LINK, _("Linked.")),
    "unlink": Step(
        _("Take a link back"), TicketForm, actions.unlink_from_fault, LINK, _("Taken back.")
    ),
    "end": Step(
        _("End the fault"),
        SayForm,
        actions.end_major_fault,
        HANDLE,
        _("Ended. It stays here until it is reviewed."),
    ),
    "review": Step(
        _("Review"),
        ReviewForm,
        actions.review_major_fault,
        HANDLE,
        _("The review is kept."),
        while_open=False,
    ),
}


@admin.register(MajorFault)
class MajorFaultAdmin(DeskAdmin):
    """Nothing is edited: each button calls one verb."""

    section = Section.TICKETS

    def menu(self, request: HttpRequest) -> list[MenuLine]:
        if not self.has_view_permission(request):
            return []
        rows = MajorFault.objects.visible_to(colleague(request)).on_board()
        return [MenuLine(_("Major faults"), self.url(), self.section, rows, hot=True)]

    def get_urls(self) -> list[Any]:
        own = [
            path(
                f"<int:pk>/{verb}/",
                self.admin_site.admin_view(require_POST(partial(self.act, verb=verb))),
                name=f"tickets_majorfault_{verb}",
            )
            for verb in STEPS
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        user, done = colleague(request), request.GET.get("show") == "done"
        rows = MajorFault.objects.visible_to(user).for_lists()
        rows = rows.exclude(reviewed_at=None) if done else rows.on_board()
        return self.page(
            request,
            "admin/tickets/major_faults.html",
            title=_("Major faults"),
            rows=rows[:PAGE],
            done=done,
            may_declare=access.may(user, HANDLE),
        )

    def add_view(self, request: HttpRequest, form_url: str = "", extra: Any = None) -> HttpResponse:
        user = colleague(request)
        if not access.may(user, HANDLE):
            raise PermissionDenied
        if request.method != "POST":
            return self._declaring(request, DeclareForm(user, initial=request.GET.dict()))
        form = DeclareForm(user, request.POST)
        if not form.is_valid():
            return self._declaring(request, form, 422)
        given = dict(form.cleaned_data)
        tickets = given.pop("tickets")
        try:
            row = actions.declare_major_fault(actions.Outage(**given), by=user, tickets=tickets)
        except Refused as refusal:
            put(refusal, form)
            return self._declaring(request, form, refusal.status)
        messages.success(request, _("Declared. Everybody concerned sees it in the portal."))
        return HttpResponseRedirect(self.url("change", row.pk))

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
        user, step = colleague(request), STEPS[verb]
        access.require(user, step.right)
        form = step.form(user, request.POST, auto_id=f"{verb}-%s")
        if not form.is_valid():
            return self._page(request, row, verb, form, status=422)
        try:
            step.verb(row, by=user, **form.cleaned_data)
        except Refused as refusal:
            put(refusal, form)
            return self._page(request, row, verb, form, status=refusal.status)
        messages.success(request, step.done)
        return HttpResponseRedirect(self.url("change", row.pk))

    def _declaring(
        self, request: HttpRequest, form: DeclareForm, status: int = 200
    ) -> HttpResponse:
        title = _("Declare a major fault")
        template = "admin/tickets/major_fault_add.html"
        return self.page(request, template, form=form, title=title, status=status)

    def _page(
        self,
        request: HttpRequest,
        row: MajorFault,
        verb: str = "",
        tried: DeskForm | None = None,
        status: int = 200,
    ) -> HttpResponse:
        user = colleague(request)
        linked = Ticket.objects.filter(fault_links__fault=row)
        seen = linked.visible_to(user).select_related("organisation", "assignee")
        return self.page(
            request,
            "admin/tickets/major_fault.html",
            status=status,
            title=row.title,
            row=row,
            modules=row.modules.all(),
            updates=row.updates.select_related("by"),
            tickets=seen.order_by("-number")[:PAGE],
            hidden=linked.count() - seen.count(),
            offers=_offers(row, user, verb, tried),
        )


def _offers(
    row: MajorFault, user: User, verb: str, tried: DeskForm | None
) -> list[tuple[str, Step, DeskForm]]:
    """The forms this person may fill in now; the one just tried as it was typed."""
    is_linked = row.links.exists()
    return [
        (name, step, tried if tried and name == verb else step.form(user, auto_id=f"{name}-%s"))
        for name, step in STEPS.items()
        if access.may(user, step.right)
        and step.while_open == row.is_open
        and row.reviewed_at is None
        and (is_linked or name != "unlink")
    ]
