"""The portal's page of what a customer was promised, for its coordinators."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from supportdesk.accounts import access
from supportdesk.web.portal import SignedIn
from tickets import promises
from tickets.clock_face import worked
from tickets.models import Agreement, Priority
from tickets.promises import Pledge


@dataclass(frozen=True)
class Line:
    """One priority: its times in words, and whether they are those of everybody."""

    priority: Priority
    times: list[str]
    days: int
    around_the_clock: bool
    is_agreed: bool


@require_GET
def agreement(request: SignedIn) -> HttpResponse:
    access.require(request.user, "agreement.view")
    if request.user.is_vendor:
        raise Http404
    ours = Agreement.objects.visible_to(request.user).select_related("calendar")
    today = timezone.localdate()
    holds: QuerySet[Agreement] = ours.on(today).prefetch_related("lines")
    current = holds.first()
    context = {
        "section": "organisation",
        "agreement": current,
        "lines": _lines(current),
        "coming": ours.filter(during__startswith__gt=today).order_by("during").first(),
    }
    return render(request, "tickets/agreement.html", context)


def _lines(agreement: Agreement | None) -> list[Line]:
    agreed = agreement.pledges() if agreement else {}
    return [
        _line(priority, agreed.get(priority) or promises.PUBLISHED[priority], priority in agreed)
        for priority in Priority
    ]


def _line(priority: Priority, pledge: Pledge, is_agreed: bool) -> Line:
    times = [worked(target) for target in pledge.targets.values()]
    return Line(priority, times, pledge.closes_after.days, pledge.around_the_clock, is_agreed)
