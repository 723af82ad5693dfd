"""Letters about a ticket that did not arrive, on the workbench, with "try again"."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.errors import Refused
from supportdesk.messaging.actions import retry_dispatch
from supportdesk.messaging.models import Dispatch
from supportdesk.web.office import DeskAdmin, colleague
from tickets.models import Ticket

SHOWN = 10


@dataclass(frozen=True)
class Undelivered:
    letters: list[Dispatch]
    may_retry: bool


def of(ticket: Ticket, user: User) -> Undelivered:
    """The latest first: what nobody has read, though we wrote it."""
    return Undelivered(list(_about(ticket)[:SHOWN]), access.may(user, "dispatch.retry"))


def send_again(office: DeskAdmin, request: HttpRequest, number: int) -> HttpResponse:
    """POST `letter`: only one about this ticket, and only for whoever sees the ticket."""
    access.require(colleague(request), "dispatch.retry")
    ticket = get_object_or_404(office.get_queryset(request), number=number)
    given = request.POST.get("letter", "")
    wanted = int(given) if given.isascii() and given.isdecimal() and len(given) < 19 else 0
    letter = get_object_or_404(_about(ticket), pk=wanted)
    try:
        address = retry_dispatch(letter, by=colleague(request)).address
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("On its way again to %(address)s.") % {"address": address})
    return HttpResponseRedirect(office.url("change", ticket.pk))


def _about(ticket: Ticket) -> QuerySet[Dispatch]:
    """To people; what customers' systems missed is theirs to look at, on the page of their hook."""
    rows = Dispatch.objects.undelivered().filter(recipient__isnull=False)
    about = {"about_type": ticket._meta.label_lower, "about_id": ticket.pk}
    return rows.filter(**about).select_related("recipient").order_by("-pk")
