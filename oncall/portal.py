"""What opens without signing in, by a secret in the address: the feed, "I am reachable", a page."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
    require_safe,
)

from oncall import actions, mail
from oncall.models import Duty, Feed, Heartbeat
from oncall.overdue import is_used, overdue
from supportdesk import ical
from supportdesk.accounts.models import User
from supportdesk.errors import Refused, WrongState

PAST = timedelta(days=30)


@login_not_required
@require_GET
@never_cache
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The final plan of one person, as calendars poll it."""
    found = Feed.objects.opened_by(secret).select_related("person").first()
    if found is None:
        raise Http404
    now = timezone.now()
    rows = Duty.objects.filter(person=found.person).to_come(now - PAST)
    house = urlsplit(settings.BASE_URL).hostname or "desk"
    with translation.override(found.person.language):
        events = [_event(duty) for duty in rows.select_related("schedule").order_by("during")]
        text = ical.publish(gettext("On call"), house, events, now)
    answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'inline; filename="duties.ics"'
    answer["X-Robots-Tag"] = "noindex"
    return answer


@login_not_required
@require_http_methods(["GET", "POST"])
@never_cache
def reachable(request: HttpRequest, token: str) -> HttpResponse:
    """A page with one button: what only looks at links, as mail scanners do, confirms nothing."""
    duty = mail.duty_of(token)
    if duty is None or duty.span.end <= timezone.now():
        return render(request, "oncall/reachable.html", {"duty": None}, status=410)
    with translation.override(duty.person.language):
        if request.method == "POST" and duty.confirmed_at is None:
            try:
                duty = actions.confirm_reachable(duty, by=duty.person)
            except WrongState:  # two clicks
                duty.refresh_from_db()
        answer = render(request, "oncall/reachable.html", {"duty": duty})
    answer["X-Robots-Tag"] = "noindex"
    return answer


@csrf_exempt  # no browser and no session: whoever knows the address is the job
@login_not_required
@require_POST
@never_cache
def beat(request: HttpRequest, secret: str) -> JsonResponse:
    """A job says that it has run. A look at the address, as scanners do, says nothing."""
    row = Heartbeat.objects.opened_by(secret).first()
    if row is None:
        raise Http404
    row = actions.report_beat(row, by=User.objects.desk())
    return JsonResponse({"job": row.name, "reported_at": row.last_report_at})


@login_not_required
@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """503 while anything about pages is overdue, with how much of what."""
    if not is_used():
        return JsonResponse({"status": "unused"})
    found = overdue()
    status = {"status": "overdue" if found else "ok"}
    return JsonResponse({**status, **found}, status=503 if found else 200)


@login_not_required
@require_http_methods(["GET", "POST"])
@never_cache
def take(request: HttpRequest, token: str) -> HttpResponse:
    """A page that calls, with one button. The hand-over note stands above it, so it is read."""
    found = mail.page_of(token)
    if found is None:
        return render(request, "oncall/take.html", {"page": None}, status=410)
    page, reader = found
    refusal: Refused | None = None
    with translation.override(reader.language):
        if request.method == "POST":
            try:
                page = actions.acknowledge(page, by=reader, note_read="note" in request.POST)
            except Refused as error:
                refusal = error
                page.refresh_from_db()
        facts = {
            "page": page,
            "reader": reader,
            "refusal": refusal,
            "notes": page.hand_overs.filter(read_by=None).select_related("by"),
        }
        status = refusal.status if refusal else 200
        answer = render(request, "oncall/take.html", facts, status=status)
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _event(duty: Duty) -> ical.Event:
    title = gettext("On call: %(schedule)s") % {"schedule": duty.schedule.name}
    text = gettext("Position %(n)d") % {"n": duty.position}
    return ical.Event(f"duty-{duty.pk}", duty.span.start, duty.span.end, title, text)
