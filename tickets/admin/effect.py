"""Whether trainings help, course by course. Tickets are counted here, courses below."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext

from supportdesk.accounts import access
from supportdesk.web.office import colleague
from tickets.models import Ticket, Verdict
from training import effect
from training.models import CauseCount, Course, Enrolment, State

if TYPE_CHECKING:
    from tickets.admin.ticket import TicketAdmin

SINCE = timedelta(days=730)


def page(office: TicketAdmin, request: HttpRequest) -> HttpResponse:
    by = colleague(request)
    if not access.may(by, "causecount.view"):
        raise PermissionDenied
    now = timezone.now()
    return office.page(
        request,
        "admin/tickets/effect.html",
        title=gettext("Whether trainings help"),
        lines=_lines(now),
        span=effect.SPAN,
        fewest=effect.FEWEST,
    )


def _lines(now: datetime) -> list[dict[str, Any]]:
    """Courses on some topic that were held, with what is known of each."""
    tickets, errors = _tickets(now - SINCE), _errors(now - SINCE)
    held = _held(now - SINCE)
    courses = Course.objects.filter(pk__in=held).prefetch_related("topics")
    lines = []
    for course in courses:
        about: Counter[tuple[int, int]] = Counter()
        for topic in course.topics.all():
            about.update(errors[topic.pk])
        if course.topics.all():
            found = effect.measure(held[course.pk], about, tickets, _number(now))
            lines.append({"course": course, "effect": found, "sessions": len(held[course.pk])})
    return lines


def _held(since: datetime) -> dict[int, list[effect.Held]]:
    """By course."""
    rows = Enrolment.objects.filter(state=State.ATTENDED, session__during__startswith__gt=since)
    there: dict[int, set[int]] = defaultdict(set)
    facts: dict[int, tuple[int, datetime]] = {}
    named = ("session", "session__course", "session__during", "organisation")
    for session, course, during, organisation in rows.values_list(*named).distinct():
        there[session].add(organisation)
        facts[session] = (course, during.lower)
    found: dict[int, list[effect.Held]] = defaultdict(list)
    for session, (course, begins) in facts.items():
        found[course].append(effect.Held(_number(begins), frozenset(there[session])))
    return found


def _tickets(since: datetime) -> dict[tuple[int, int], int]:
    rows = Ticket.objects.filter(opened_at__gt=since).annotate(month=TruncMonth("opened_at"))
    counted = rows.order_by().values_list("organisation", "month").annotate(n=Count("pk"))
    return {(owner, _number(month)): n for owner, month, n in counted}


def _errors(since: datetime) -> dict[int, Counter[tuple[int, int]]]:
    """By topic."""
    rows = CauseCount.objects.filter(cause=Verdict.HANDLING_ERROR, month__gt=since)
    found: dict[int, Counter[tuple[int, int]]] = defaultdict(Counter)
    for row in rows:
        found[row.topic_id][row.organisation_id, _number(row.month)] += row.count
    return found


def _number(day: Any) -> int:
    return int(day.year * 12 + day.month)
