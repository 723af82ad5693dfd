"""The portal's page about a major fault, for the customers whom it concerns."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from supportdesk.web.portal import SignedIn
from tickets.models import MajorFault, Ticket
from tickets.portal import in_office_at


@require_GET
@in_office_at("admin:tickets_majorfault_change")
def fault(request: SignedIn, pk: int) -> HttpResponse:
    row = get_object_or_404(MajorFault.objects.visible_to(request.user), pk=pk)
    tickets = Ticket.objects.visible_to(request.user).filter(fault_links__fault=row)
    context = {
        "row": row,
        "modules": list(row.modules.all()),
        "updates": list(row.updates.order_by("-at", "-pk")),
        "tickets": list(tickets.for_lists().order_by("-number")),
    }
    return render(request, "tickets/fault.html", context)
