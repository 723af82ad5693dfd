"""The page that settles a priority: what each would do to the clocks, then the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from supportdesk.accounts import access
from supportdesk.errors import Refused
from supportdesk.web.forms import DeskForm
from supportdesk.web.office import colleague
from tickets import actions, effect
from tickets.admin.finding import put
from tickets.models import Impact, Objection, Priority, Ticket

if TYPE_CHECKING:
    from tickets.admin.ticket import TicketAdmin

CHOOSE = {"required": _("Please choose one of the four.")}


class ChangeForm(DeskForm):
    right = "ticket.change_priority"
    button = _("Change the priority")
    priority = forms.TypedChoiceField(
        label=_("Priority"), coerce=int, choices=Priority.choices, error_messages=CHOOSE
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The customer reads it, on the page and by mail."),
        max_length=5_000,
        widget=forms.Textarea({"rows": 3}),
    )

    contact_name = forms.CharField(
        label=_("Person of the customer whom we can reach"), required=False, max_length=120
    )
    contact_phone = forms.CharField(label=_("Their phone number"), required=False, max_length=40)
    no_workaround = forms.BooleanField(
        label=_("The customer confirms that there is no workaround"), required=False
    )

    def act(self, ticket: Ticket, by: Any) -> None:
        given = self.cleaned_data
        actions.change_priority(
            ticket,
            by=by,
            priority=given["priority"],
            reason=given["reason"],
            standstill=self.standstill(),
        )

    def standstill(self) -> actions.Standstill:
        names = ("contact_name", "contact_phone", "no_workaround")
        return actions.Standstill(**{name: self.cleaned_data[name] for name in names})


class DecideForm(ChangeForm):
    right = "objection.decide"
    button = _("Decide")

    def act(self, ticket: Ticket, by: Any) -> None:
        given = self.cleaned_data
        actions.decide_objection(
            ticket,
            by=by,
            priority=given["priority"],
            text=given["reason"],
            standstill=self.standstill(),
        )


def page(office: TicketAdmin, request: HttpRequest, number: int) -> HttpResponse:
    """Changes the priority, or decides on the objection to it where one waits."""
    ticket = get_object_or_404(office.get_queryset(request), number=number)
    objection = Objection.objects.select_related("by").filter(ticket=ticket).first()
    kind = DecideForm if objection and objection.is_open else ChangeForm
    may = access.may(colleague(request), kind.right)
    if request.method != "POST":
        return _page(
            office, request, ticket, objection, kind(initial=_known(request, ticket)), may=may
        )
    form, status = kind(request.POST), 422
    if form.is_valid():
        try:
            form.act(ticket, colleague(request))
        except Refused as refusal:
            put(refusal, form)
            status = refusal.status
        else:
            messages.success(request, gettext("Settled. The customer reads why."))
            return HttpResponseRedirect(office.url("change", ticket.pk))
    return _page(office, request, ticket, objection, form, may=may, status=status)


def _known(request: HttpRequest, ticket: Ticket) -> dict[str, Any]:
    """What was clicked, and what the customer has said already."""
    asked = {"priority": request.GET.get("priority", "")}
    told = Impact.objects.filter(ticket=ticket).first()
    if told is None:
        return asked
    contact = {"contact_name": told.contact_name, "contact_phone": told.contact_phone}
    nothing_helps = told.workaround == Impact.Workaround.NONE
    return {**asked, **contact, "no_workaround": nothing_helps}


def _page(
    office: TicketAdmin,
    request: HttpRequest,
    ticket: Ticket,
    objection: Objection | None,
    form: ChangeForm,
    **options: Any,
) -> HttpResponse:
    return office.page(
        request,
        "admin/tickets/priority.html",
        status=options.pop("status", 200),
        title=gettext("Priority of %(number)s") % {"number": ticket.number},
        ticket=ticket,
        objection=objection,
        form=form,
        effect=effect.of(ticket, timezone.now()),
        **options,
    )
