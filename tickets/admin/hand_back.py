"""Giving a ticket back to levels 1 and 2, what they are asked to check, and how often."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from supportdesk.accounts import access
from supportdesk.errors import Refused
from supportdesk.web.forms import DeskForm
from supportdesk.web.office import AuditedAdmin, Section, colleague
from tickets import actions, possible, preparation
from tickets.admin.verbs import OFFICE
from tickets.models import CheckPoint, Ticket

if TYPE_CHECKING:
    from tickets.admin.ticket import TicketAdmin

PERIOD = timedelta(days=365)


@admin.register(CheckPoint)
class CheckPointAdmin(AuditedAdmin):
    section = Section.TEAMS
    list_display = ["text", "module", "position", "is_active"]
    list_filter = ["module"]
    list_select_related = ["module"]
    search_fields = ["text"]


class HandBackForm(DeskForm):
    missing = forms.ModelMultipleChoiceField(
        CheckPoint.objects.none(),
        label=_("What should have been checked?"),
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(
        label=_("Why it goes back"),
        help_text=_("The customer reads this, and the points below it."),
        widget=forms.Textarea({"rows": 5}),
        max_length=5_000,
    )

    def __init__(self, ticket: Ticket, *args: object) -> None:
        super().__init__(*args)
        self.fields["missing"].queryset = CheckPoint.objects.asked_of(ticket.module)  # type: ignore[attr-defined]


def page(office: TicketAdmin, request: HttpRequest, number: int) -> HttpResponse:
    ticket = get_object_or_404(office.get_queryset(request), number=number)
    user = colleague(request)
    if not access.may(user, "ticket.hand_back"):
        raise PermissionDenied
    form, status = HandBackForm(ticket, request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.hand_back(ticket, by=user, channel=OFFICE, **form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, str(refusal))
                status = refusal.status
            else:
                messages.success(
                    request, gettext("Handed back. The ticket waits for the customer.")
                )
                return HttpResponseRedirect(office.url("change", ticket.pk))
    return office.page(
        request,
        "admin/tickets/hand_back.html",
        status=status,
        title=gettext("Hand %(number)s back") % {"number": ticket.number},
        ticket=ticket,
        form=form,
        why_not=possible.why_not("hand_back", ticket, by=user, at=timezone.now()),
        before=ticket.hand_backs.select_related("by").prefetch_related("missing"),
    )


def figures(office: TicketAdmin, request: HttpRequest) -> HttpResponse:
    """How well each organisation prepares what it sends us."""
    user = colleague(request)
    if not access.may(user, "report.view"):
        raise PermissionDenied
    since = timezone.now() - PERIOD
    return office.page(
        request,
        "admin/tickets/preparation.html",
        title=gettext("Preparation by levels 1 and 2"),
        lines=preparation.by_sender(user, since),
        points=preparation.points(user, since),
    )
