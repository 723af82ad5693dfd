"""The correction that mends a ticket: chosen beside what speaks for it, or taken back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from releases.models import System
from supportdesk.accounts import access
from supportdesk.errors import Refused
from supportdesk.web.forms import DeskForm
from supportdesk.web.office import colleague
from tickets import actions, explained, possible
from tickets.admin.finding import CorrectionField, put
from tickets.admin.verbs import OFFICE
from tickets.models import DONE, Ticket

if TYPE_CHECKING:
    from tickets.admin.ticket import TicketAdmin


class LinkForm(DeskForm):
    correction = CorrectionField(label=_("Correction"), help_text=_("Its number, e.g. K-17."))
    system = forms.ModelChoiceField(
        System.objects.none(), label=_("Missing on system"), empty_label=_("Please choose")
    )
    text = forms.CharField(
        label=_("What the customer reads"),
        help_text=_("Left empty, we say what it is, which package brings it, and when."),
        required=False,
        max_length=5_000,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, ticket: Ticket, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        theirs = System.objects.running().filter(organisation=ticket.organisation)
        fields["system"].queryset = theirs


class UnlinkForm(DeskForm):
    reason = forms.CharField(
        label=_("Why it is another one"),
        help_text=_("The customer reads this."),
        max_length=5_000,
        widget=forms.Textarea({"rows": 2}),
    )


def page(office: TicketAdmin, request: HttpRequest, number: int) -> HttpResponse:
    ticket = get_object_or_404(office.get_queryset(request), number=number)
    user = colleague(request)
    if not access.may(user, "ticket.link_correction"):
        raise PermissionDenied
    linked = ticket.diagnosis.correction if ticket.diagnosis else None
    link, unlink = LinkForm(ticket, initial=_proposed(request, ticket)), UnlinkForm()
    status = 200
    if request.method == "POST":
        if "unlink" in request.POST:
            unlink = UnlinkForm(request.POST)
            done = _tried(unlink, partial(actions.unlink_correction, ticket, by=user))
        else:
            link = LinkForm(ticket, request.POST)
            verb = partial(actions.link_correction, ticket, by=user, channel=OFFICE)
            done = _tried(link, verb)
        if done:
            messages.success(request, gettext("Done. The customer is told."))
            return HttpResponseRedirect(office.url("change", ticket.pk))
        status = 422
    return office.page(
        request,
        "admin/tickets/correction.html",
        status=status,
        title=gettext("Correction for %(number)s") % {"number": ticket.number},
        ticket=ticket,
        linked=linked if ticket.status not in DONE else None,
        form=link,
        unlink=unlink,
        why_not=possible.why_not("link_correction", ticket, by=user, at=timezone.now()),
        explained=explained.of(ticket, reader=user),
    )


def _tried(form: DeskForm, verb: Callable[..., Ticket]) -> Ticket | None:
    """None where the form or the verb says no; why stands in the form."""
    if not form.is_valid():
        return None
    try:
        return verb(**form.cleaned_data)
    except Refused as refusal:
        put(refusal, form)
        return None


def _proposed(request: HttpRequest, ticket: Ticket) -> dict[str, Any]:
    return {"correction": request.GET.get("correction", "")[:20], "system": ticket.system_id}
