"""What should have happened by now and has not. Empty is healthy.

Each way a page can hang shows here within `PAGE_PATIENCE` seconds, by the database's clock.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Q
from django.db.models.functions import Now

from oncall import coverage
from oncall.clock import moment
from oncall.models import Duty, EngineBeat, Heartbeat, Page, Policy
from oncall.spans import Span
from oncall.storm import LONGEST
from supportdesk.accounts.models import User
from supportdesk.messaging.models import Dispatch

ABOUT_PAGES = "oncall.page"
# What is missing later is red for the lead, six weeks ahead; nobody is to be woken by it.
SOON = timedelta(days=1)
WAYS = 2  # one may fail


def overdue() -> dict[str, int]:
    """How many, by what it is: none that is zero."""
    patience, now = timedelta(seconds=settings.PAGE_PATIENCE), moment()
    soon = now + SOON
    found = {
        "pages": Page.objects.overdue(patience).count(),
        "failing_pages": Page.objects.open().filter(failures__gt=0).count(),
        "beats": Heartbeat.objects.stuck(patience).count(),
        "digests": Page.objects.stormy()
        .filter(storm_since__lte=Now() - LONGEST - patience)
        .count(),
        "calls": _calls(patience),
        "wakers": _silent(patience),
        "gaps": sum(hole.span.start < soon for hole in coverage.holes(now)),
        "unreachable": _unreachable(Span(now, soon)),
    }
    return {name: count for name, count in found.items() if count}


def is_used() -> bool:
    """Without a policy nobody can be paged, and nothing is promised."""
    return Policy.objects.exists()


def _calls(patience: timedelta) -> int:
    """Not tried in time, and those whose sender died and whom nobody has taken up again."""
    rows = Dispatch.objects.unsent().filter(about_type=ABOUT_PAGES, urgent=True)
    return rows.filter(due_at__lte=Now() - patience).count()


def _unreachable(window: Span) -> int:
    """People on duty now or soon who have not confirmed two ways to be called."""
    confirmed = Count("contact_channels", Q(contact_channels__confirmed_at__isnull=False))
    on_duty = Duty.objects.within(window).values("person")
    people = User.objects.active().filter(pk__in=on_duty).annotate(ways=confirmed)
    return people.filter(ways__lt=WAYS).count()


def _silent(patience: timedelta) -> int:
    heard = EngineBeat.objects.filter(at__gt=Now() - patience).count()
    return len(EngineBeat.Waker.values) - heard
