"""How far the clocks have been read again, on the page of what has changed."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string

from supportdesk.web.office import BESIDE
from supportdesk.worktime.models import Calendar
from tickets.models import Agreement, Recomputation


def of_calendar(request: HttpRequest, calendar: Calendar) -> str:
    return _shown(request, calendar.recomputations.first())


def of_agreement(request: HttpRequest, agreement: Agreement) -> str:
    return _shown(request, agreement.organisation.recomputations.first())


def _shown(request: HttpRequest, recomputation: Recomputation | None) -> str:
    context = {"recomputation": recomputation}
    return render_to_string("admin/tickets/_recomputation.html", context, request)


BESIDE["worktime.calendar"].append(of_calendar)
BESIDE["tickets.agreement"].append(of_agreement)
