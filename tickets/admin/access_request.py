"""Access to customers' systems in the back office: asked for, used, given back, with its log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from releases.models import System
from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.errors import Refused
from supportdesk.web.forms import DeskForm
from supportdesk.web.office import DeskAdmin, MenuLine, Section, colleague
from tickets import actions
from tickets.actions.access_requests import in_use
from tickets.admin.finding import put
from tickets.forms import DateTimeInput, SystemField
from tickets.models import AccessRequest, Ticket
from tickets.models.access_request import Phase, deciders

if TYPE_CHECKING:
    from tickets.admin.ticket import TicketAdmin

PAGE = 100
LONG = forms.Textarea({"rows": 3})


class AskForm(DeskForm):
    system = SystemField(System.objects.none(), label=_("System"))
    purpose = forms.CharField(
        label=_("What for?"),
        help_text=_("The customer decides by these words. Write no passwords."),
        widget=LONG,
        max_length=2_000,
    )
    starts_at = forms.DateTimeField(label=_("From"), widget=DateTimeInput())
    ends_at = forms.DateTimeField(
        label=_("Until"), widget=DateTimeInput(), help_text=_("For longer, ask again later.")
    )

    def about(self, ticket: Ticket, by: User) -> None:
        theirs = System.objects.visible_to(by).filter(organisation=ticket.organisation)
        self.fields["system"].queryset = theirs.running().with_level()  # type: ignore[attr-defined]


class NothingForm(DeskForm):
    """A button is enough."""


class DoneForm(DeskForm):
    done = forms.CharField(
        label=_("What did you do there?"),
        help_text=_("The customer reads it."),
        widget=LONG,
        max_length=5_000,
    )


@dataclass(frozen=True)
class Step:
    label: Any
    form: type[DeskForm]
    verb: Any
    done: Any


STEPS = {
    "begin": Step(_("I go in now"), NothingForm, actions.begin_use, _("Noted. You are in.")),
    "done": Step(_("I am out again"), DoneForm, actions.end_use, _("Noted, for the customer too.")),
    "end": Step(_("Give it back"), NothingForm, actions.end_access, _("The access has ended.")),
    "withdraw": Step(
        _("Withdraw the question"), NothingForm, actions.withdraw_access, _("Withdrawn.")
    ),
}


def page(office: TicketAdmin, request: HttpRequest, number: int) -> HttpResponse:
    """On which one asks, for a ticket."""
    ticket, user = (
        get_object_or_404(office.get_queryset(request), number=number),
        colleague(request),
    )
    if not access.may(user, "ticket.ask_access"):
        raise PermissionDenied
    form, status = AskForm(request.POST or None, initial=_usual(ticket)), 200
    form.about(ticket, user)
    if request.method == "POST":
        row, status = _asked(ticket, form, user)
        if row is not None:
            messages.success(request, _told(row))
            address = reverse("admin:tickets_accessrequest_change", args=[row.pk])
            return HttpResponseRedirect(address)
    return office.page(
        request,
        "admin/tickets/access_ask.html",
        status=status,
        title=gettext("Access for %(number)s") % {"number": ticket.number},
        ticket=ticket,
        form=form,
        deciders=list(deciders(ticket.organisation)),
        accesses=AccessRequest.objects.visible_to(user).filter(ticket=ticket).for_lists(),
    )


def _usual(ticket: Ticket) -> dict[str, Any]:
    """What one mostly asks for: the ticket's own system, from now on, for half a day."""
    now = timezone.localtime().replace(second=0, microsecond=0)
    return {"system": ticket.system_id, "starts_at": now, "ends_at": now + timedelta(hours=4)}


def _told(row: AccessRequest) -> str:
    if deciders(row.ticket.organisation).exists():
        return gettext("Asked. The customer's coordinators are told.")
    return gettext("Asked. Our administrators are told to invite somebody who can decide.")


def _asked(ticket: Ticket, form: AskForm, user: User) -> tuple[AccessRequest | None, int]:
    """The request, or none with the code of the refusal; its words stand in the form."""
    if not form.is_valid():
        return None, 422
    try:
        return actions.ask_access(ticket, by=user, **form.cleaned_data), 302
    except Refused as refusal:
        put(refusal, form)
        return None, refusal.status


@admin.register(AccessRequest)
class AccessRequestAdmin(DeskAdmin):
    """Nothing is edited: each button calls one verb."""

    section = Section.TICKETS

    def menu(self, request: HttpRequest) -> list[MenuLine]:
        if not self.has_view_permission(request):
            return []
        usable = AccessRequest.objects.visible_to(colleague(request)).usable()
        rows = usable.filter(asked_by=colleague(request))
        return [MenuLine(_("Access to systems"), self.url(), self.section, rows)]

    def get_urls(self) -> list[Any]:
        own = [
            path(
                f"<int:pk>/{verb}/",
                self.admin_site.admin_view(require_POST(partial(self.act, verb=verb))),
                name=f"tickets_accessrequest_{verb}",
            )
            for verb in STEPS
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        mine = request.GET.get("show") == "mine"
        rows = AccessRequest.objects.visible_to(colleague(request)).for_lists()
        return self.page(
            request,
            "admin/tickets/accesses.html",
            title=_("Access to systems"),
            rows=rows.filter(asked_by=colleague(request))[:PAGE] if mine else rows[:PAGE],
            mine=mine,
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
            return self._page(request, row, (verb, form), status=422)
        try:
            step.verb(row, by=colleague(request), **form.cleaned_data)
        except Refused as refusal:
            put(refusal, form)
            row = get_object_or_404(self.get_queryset(request), pk=pk)
            return self._page(request, row, (verb, form), status=refusal.status)
        messages.success(request, step.done)
        return HttpResponseRedirect(self.url("change", row.pk))

    def get_queryset(self, request: HttpRequest) -> Any:
        rows: Any = super().get_queryset(request)
        return rows.for_lists()

    def _page(
        self,
        request: HttpRequest,
        row: AccessRequest,
        tried: tuple[str, DeskForm] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        return self.page(
            request,
            "admin/tickets/access.html",
            status=status,
            title=_("Access to %(system)s") % {"system": row.system},
            row=row,
            waits=row.phase == Phase.ASKED,
            deciders=list(deciders(row.ticket.organisation)) if row.phase == Phase.ASKED else [],
            log=list(row.log.select_related("by")),
            offers=_offers(row, colleague(request), tried),
            refused=tried[1].non_field_errors() if tried else "",
        )


def _offers(
    row: AccessRequest, user: User, tried: tuple[str, DeskForm] | None
) -> list[tuple[str, Step, DeskForm]]:
    """What whoever asked can do now; what was just tried as it was typed."""
    if row.asked_by_id != user.pk:
        return []
    using, phase = in_use(row), Phase(row.phase)
    shown = ["done"] if using else []
    if phase == Phase.ASKED:
        shown = ["withdraw"]
    elif not using and phase in (Phase.OPEN, Phase.COMING):
        shown = ["begin", "end"] if phase == Phase.OPEN else ["end"]
    forms_tried = dict([tried]) if tried else {}
    return [
        (name, STEPS[name], forms_tried.get(name) or STEPS[name].form(auto_id=f"{name}-%s"))
        for name in shown
    ]
