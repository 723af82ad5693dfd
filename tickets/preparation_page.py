"""The portal's page of how well an organisation prepares its tickets, for its coordinators."""

from __future__ import annotations

from datetime import timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from supportdesk.accounts import access
from supportdesk.web.portal import SignedIn
from tickets import preparation

PERIOD = timedelta(days=365)


@require_GET
def prepared(request: SignedIn) -> HttpResponse:
    access.require(request.user, "preparation.view")
    ours = request.user.organisation
    if ours is None:
        raise Http404
    since = timezone.now() - PERIOD
    months = preparation.by_month(request.user, ours, since)
    context = {
        "section": "organisation",
        "months": months,
        "opened": sum(month.opened for month in months),
        "back": sum(month.back for month in months),
        "points": preparation.points(request.user, since, ours),
    }
    return render(request, "tickets/preparation.html", context)
