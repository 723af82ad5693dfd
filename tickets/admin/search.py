"""The search page of the office."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from supportdesk.accounts import access
from supportdesk.web.office import Section, colleague
from tickets import background, search_page
from tickets.models import DONE, Ticket
from tickets.search import similar
from tickets.search.places import Place

if TYPE_CHECKING:
    from tickets.admin.ticket import TicketAdmin


def page(admin: TicketAdmin, request: HttpRequest) -> HttpResponse:
    reader = colleague(request)
    access.require(reader, "ticket.view")
    lines = admin.admin_site.lines(request)
    pages = [Place(str(line.label), str(Section(line.section).label), line.url) for line in lines]
    if search_page.is_jump(request):
        return search_page.jump(request, reader, pages)
    if (number := search_page.named(request, reader)) is not None:
        return redirect("admin:tickets_ticket_change", number)
    facts = search_page.facts(request, reader, pages)
    return admin.page(request, "admin/tickets/search.html", title=_("Search"), **facts)


def similar_to(admin: TicketAdmin, request: HttpRequest, number: int) -> HttpResponse:
    """The part of the workbench that comes after the rest, because it takes longer."""
    reader = colleague(request)
    access.require(reader, "ticket.view")
    rows = Ticket.objects.visible_to(reader).select_related("system__installed__line")
    ticket = get_object_or_404(rows, pk=number)
    context = {
        "ticket": ticket,
        "likes": similar.to_ticket(ticket, reader),
        "corrections": background.corrections(ticket, reader),
        "reproduction": background.reproduction(ticket),
        "links": access.may(reader, "ticket.link_correction") and ticket.status not in DONE,
        "office": True,
    }
    return render(request, "admin/tickets/_background.html", context)
