"""How far the desk is behind: with answering its events, and with sending what it has written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, DateTimeField, Min, QuerySet
from django.db.models.functions import Now

from supportdesk.messaging.models import Dispatch, Event

USUAL = timedelta(minutes=2)  # longer than that something is away: a mail server, the workers


@dataclass(frozen=True)
class Lag:
    waiting: int
    oldest: datetime | None  # when the one that waits longest was written
    age: timedelta  # of that one, by the database's clock

    @property
    def is_long(self) -> bool:
        return self.age > USUAL


def of_events() -> Lag:
    return _lag(Event.objects.unanswered())


def of_dispatches() -> Lag:
    """Also those that were tried and wait for the next try."""
    return _lag(Dispatch.objects.unsent())


def _lag(rows: QuerySet) -> Lag:
    found = rows.aggregate(
        n=Count("pk"), oldest=Min("created_at"), now=Min(Now(), output_field=DateTimeField())
    )
    oldest = found["oldest"]
    return Lag(found["n"], oldest, found["now"] - oldest if oldest else timedelta())
