"""The page on which staff escalate a ticket themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from supportdesk.accounts import access
from supportdesk.errors import Refused
from supportdesk.web.forms import DeskForm
from supportdesk.web.office import colleague
from tickets import actions
from tickets.admin.escalation import LEVEL_CHOICES, LONG
from tickets.models import Escalation

if TYPE_CHECKING:
    from tickets.admin.ticket import TicketAdmin

Reason = Escalation.Reason
OURS = [
    Reason.CUSTOMER,
    Reason.WORST_CASE,
    Reason.AGE,
]  # deadlines and objections come by themselves


class EscalateForm(DeskForm):
    reason = forms.ChoiceField(
        label=_("Reason"), choices=[(reason.value, reason.label) for reason in OURS]
    )
    level = forms.TypedChoiceField(label=_("Level"), coerce=int, choices=LEVEL_CHOICES)
    text = forms.CharField(
        label=_("What must be decided?"),
        help_text=_("The customer reads it only where they ask for it."),
        widget=LONG,
        max_length=5_000,
    )


def page(office: TicketAdmin, request: HttpRequest, number: int) -> HttpResponse:
    ticket = get_object_or_404(office.get_queryset(request), number=number)
    if not access.may(colleague(request), "ticket.escalate"):
        raise PermissionDenied
    form, status = EscalateForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                raised = actions.escalate(ticket, by=colleague(request), **form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, str(refusal))
                status = refusal.status
            else:
                messages.success(request, gettext("Escalated. The leads are told."))
                address = reverse("admin:tickets_escalation_change", args=[raised.pk])
                return HttpResponseRedirect(address)
    return office.page(
        request,
        "admin/tickets/escalate.html",
        status=status,
        title=gettext("Escalate %(number)s") % {"number": ticket.number},
        ticket=ticket,
        form=form,
        raised=ticket.escalations.open().by_urgency(),
    )
