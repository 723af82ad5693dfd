"""The release calendar: a page, and a feed for calendars that know its secret address."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from releases import actions, calendar
from releases.models import CalendarFeed
from supportdesk import ical
from supportdesk.accounts import access
from supportdesk.web.portal import SignedIn

ONE_DAY = timedelta(days=1)


@require_GET
def release_calendar(request: SignedIn) -> HttpResponse:
    if request.user.is_vendor:
        return redirect("admin:releases_package_calendar")
    return _page(request)


@require_POST
@never_cache
def open_feed(request: SignedIn) -> HttpResponse:
    secret = actions.open_calendar(by=request.user)
    return _page(request, request.build_absolute_uri(reverse("release_feed", args=[secret])))


@require_POST
def close_feed(request: SignedIn) -> HttpResponse:
    access.require(request.user, "calendarfeed.open")
    home = request.user.organisation_id
    get_object_or_404(CalendarFeed.objects.visible_to(request.user), organisation=home)
    actions.close_calendar(by=request.user)
    messages.success(request, _("The address opens nothing any more."))
    return redirect("release_calendar")


@login_not_required
@require_GET
@never_cache
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """What whoever opened it may see of the plan, as calendars poll it."""
    rows = CalendarFeed.objects.opened_with(secret).select_related("opened_by__organisation")
    found = rows.first()
    if found is None:
        raise Http404
    now, reader = timezone.now(), found.opened_by
    house = urlsplit(settings.BASE_URL).hostname or "desk"
    with translation.override(reader.language):
        months = calendar.months(reader, timezone.localdate())
        events = [event for month in months for entry in month.entries for event in _events(entry)]
        text = ical.publish(_("Release calendar"), house, events, now)
    answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'inline; filename="releases.ics"'
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _events(entry: calendar.Entry) -> list[ical.Event]:
    """The package's own day, and the days on which it is to be imported."""
    package, day = entry.package, entry.day
    state = str(package.get_status_display())
    found = [ical.Event(f"package-{package.pk}", day, day + ONE_DAY, str(package), state)]
    for one in entry.plans:
        title = _("%(system)s: import of %(package)s") % {"system": one.system, "package": package}
        on = one.planned_for
        found.append(ical.Event(f"import-{one.pk}", on, on + ONE_DAY, title, ""))
    return found


def _page(request: SignedIn, address: str = "") -> HttpResponse:
    user = request.user
    may_open = user.organisation_id is not None and access.may(user, "calendarfeed.open")
    feeds = CalendarFeed.objects.visible_to(user).filter(organisation=user.organisation_id)
    context = {
        "section": "systems",
        "months": calendar.months(user, timezone.localdate()),
        "may_open": may_open,
        "feed": feeds.first() if may_open else None,
        "address": address,
    }
    return render(request, "releases/calendar.html", context)
