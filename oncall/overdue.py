"""What should have happened by now and has not. Empty is healthy.

Each way a page can hang shows here within `PAGE_PATIENCE` seconds, by the database's clock.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models.functions import Now

from oncall.models import EngineBeat, Heartbeat, Page, Policy
from oncall.storm import LONGEST
from supportdesk.messaging.models import Dispatch

ABOUT_PAGES = "oncall.page"


def overdue() -> dict[str, int]:
    """How many, by what it is: none that is zero."""
    patience = timedelta(seconds=settings.PAGE_PATIENCE)
    found = {
        "pages": Page.objects.overdue(patience).count(),
        "failing_pages": Page.objects.open().filter(failures__gt=0).count(),
        "beats": Heartbeat.objects.stuck(patience).count(),
        "digests": Page.objects.stormy()
        .filter(storm_since__lte=Now() - LONGEST - patience)
        .count(),
        "calls": _calls(patience),
        "wakers": _silent(patience),
    }
    return {name: count for name, count in found.items() if count}


def is_used() -> bool:
    """Without a policy nobody can be paged, and nothing is promised."""
    return Policy.objects.exists()


def _calls(patience: timedelta) -> int:
    """Not tried in time, and those whose sender died and whom nobody has taken up again."""
    rows = Dispatch.objects.unsent().filter(about_type=ABOUT_PAGES, urgent=True)
    return rows.filter(due_at__lte=Now() - patience).count()


def _silent(patience: timedelta) -> int:
    heard = EngineBeat.objects.filter(at__gt=Now() - patience).count()
    return len(EngineBeat.Waker.values) - heard
