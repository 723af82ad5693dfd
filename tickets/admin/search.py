"""The search page of the office."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from supportdesk.accounts import access
from supportdesk.web.office import colleague
from tickets import search_page

if TYPE_CHECKING:
    from tickets.admin.ticket import TicketAdmin


def page(admin: TicketAdmin, request: HttpRequest) -> HttpResponse:
    reader = colleague(request)
    access.require(reader, "ticket.view")
    if (number := search_page.named(request, reader)) is not None:
        return redirect("admin:tickets_ticket_change", number)
    facts = search_page.facts(request, reader)
    return admin.page(request, "admin/tickets/search.html", title=_("Search"), **facts)
