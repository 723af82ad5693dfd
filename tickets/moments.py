"""A ticket's messages and history as the moments its clocks are read from."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Case, CharField, Value, When

from supportdesk.worktime import calendars
from tickets import clocks, promises
from tickets.clocks import Clock, Kept, Kind, Moment, Reading, Terms
from tickets.models import HistoryEntry, Message, Ticket

HAPPENED = {
    HistoryEntry.Kind.WAITING: Kind.WAITED,
    HistoryEntry.Kind.RESUMED: Kind.RESUMED,
    HistoryEntry.Kind.RESOLVED: Kind.RESOLVED,
    HistoryEntry.Kind.REOPENED: Kind.REOPENED,
    HistoryEntry.Kind.CONFIRMED: Kind.CLOSED,
    HistoryEntry.Kind.CLOSED: Kind.CLOSED,
}


def of(ticket: Ticket) -> list[Moment]:
    """One query. The report itself is the opening, entered for a caller or not.

    A message comes before the step written with it. The moments carry no terms: what has ended is
    kept with the clocks, and what runs goes by the terms of today.
    """
    said = ticket.messages.filter(visibility=Message.Visibility.PUBLIC).order_by()
    steps = ticket.history.filter(kind__in=HAPPENED).order_by()
    theirs = When(author__organisation__isnull=False, then=Value(Kind.CUSTOMER_WROTE.value))
    wrote = Case(theirs, default=Value(Kind.WE_WROTE.value), output_field=CharField())
    rows = said.values_list("at", Value(0), "pk", wrote).union(
        steps.values_list("at", Value(1), "pk", "kind"), all=True
    )
    _report, *later = sorted(rows)
    return [
        Moment(ticket.opened_at, Kind.OPENED_BY_CUSTOMER),
        *(Moment(at, HAPPENED[kind] if rank else Kind(kind)) for at, rank, _pk, kind in later),
    ]


def kept(ticket: Ticket) -> dict[Clock, Kept]:
    """What ended before, with the terms it ended under."""
    return {Clock(reading.clock): reading.kept for reading in ticket.clocks.all()}


def read(ticket: Ticket) -> dict[Clock, Reading]:
    """Where the clocks of a ticket stand, by its history and what was kept of it."""
    return clocks.read(of(ticket), terms(ticket), kept(ticket))


def terms(ticket: Ticket, priority: int | None = None) -> Terms:
    """What is promised for it today, or would be under another priority."""
    hours, by = calendars.of(ticket.team.calendar), ticket.promised_at
    return promises.terms(priority or ticket.priority, hours, solution_by=by)


def closes_after(ticket: Ticket) -> timedelta:
    """How long it stays resolved before it closes by itself."""
    return promises.PUBLISHED[ticket.priority].closes_after
