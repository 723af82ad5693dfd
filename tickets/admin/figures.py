"""The office's reports: clocks kept, causes, arrivals, age, escalations; never per person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from supportdesk.accounts import access
from supportdesk.web.office import colleague
from tickets.figures import report

if TYPE_CHECKING:
    from tickets.admin.ticket import TicketAdmin


def page(office: TicketAdmin, request: HttpRequest) -> HttpResponse:
    if not access.may(colleague(request), "report.view"):
        raise PermissionDenied
    reader = colleague(request)
    form = report.PeriodForm(reader, request.GET.dict())
    over, team = form.chosen(), form.chosen_team()
    found = report.tables(reader, over, report.arrived(reader, over, team), team)
    if "csv" in request.GET:
        file = report.download(found, request.GET["csv"], over)
        if file is None:
            raise Http404
        return file
    return office.page(
        request,
        "admin/tickets/figures.html",
        title=_("Keeping our word"),
        form=form,
        over=over,
        tables=found,
    )
