"""The portal's reports: a coordinator sees the figures of their own organisation."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from supportdesk.accounts import access
from supportdesk.web.portal import SignedIn
from tickets.figures import heat, report
from tickets.portal import in_office_at


@require_GET
@in_office_at("admin:tickets_figures")
def figures(request: SignedIn) -> HttpResponse:
    access.require(request.user, "figures.view")
    form = report.PeriodForm(request.user, request.GET.dict())
    over = form.chosen()
    came = report.arrived(request.user, over)
    found = report.tables(request.user, over, came)
    if "csv" in request.GET:
        file = report.download(found, request.GET["csv"], over)
        if file is None:
            raise Http404
        return file
    context = {"section": "organisation", "form": form, "over": over, "tables": found}
    context |= heat.shown(came)
    return render(request, "tickets/figures.html", context)
