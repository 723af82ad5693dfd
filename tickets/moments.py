"""A ticket's messages and history as the moments its clocks are read from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, CharField, Value, When
from django.utils import timezone

from supportdesk.worktime import calendars
from supportdesk.worktime.arithmetic import Calendar
from tickets import clocks, critical, promises
from tickets.clocks import Clock, Kept, Kind, Moment, Reading, Terms
from tickets.models import Agreement, HistoryEntry, Message, Ticket
from tickets.promises import Pledge

HAPPENED = {
    HistoryEntry.Kind.WAITING: Kind.WAITED,
    HistoryEntry.Kind.DELIVERED: Kind.WAITED,  # the customer imports it
    HistoryEntry.Kind.RESUMED: Kind.RESUMED,
    HistoryEntry.Kind.RETURNED: Kind.RESUMED,
    HistoryEntry.Kind.RECALLED: Kind.RESUMED,
    HistoryEntry.Kind.UNLINKED: Kind.RESUMED,
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
        *opening(ticket),
        *(Moment(at, HAPPENED[kind] if rank else Kind(kind)) for at, rank, _pk, kind in later),
    ]


def opening(ticket: Ticket) -> list[Moment]:
    return [Moment(ticket.opened_at, Kind.OPENED_BY_CUSTOMER)]


def kept(ticket: Ticket) -> dict[Clock, Kept]:
    """What ended before, with the terms it ended under."""
    return {Clock(reading.clock): reading.kept for reading in ticket.clocks.all()}


def read(ticket: Ticket) -> dict[Clock, Reading]:
    """Where the clocks of a ticket stand, by its history and what was kept of it."""
    return clocks.read(of(ticket), terms(ticket), kept(ticket))


@dataclass(frozen=True)
class Basis:
    """What the terms of a ticket rest on today: its customer's agreement, if one holds, and hours.

    For all priorities at once, so that another one can be looked at without asking again.
    """

    pledges: dict[int, Pledge]
    hours: Calendar
    solution_by: datetime | None
    is_critical: bool  # a day on which a fault of its module costs most

    def terms(self, priority: int) -> Terms:
        return promises.terms(
            priority,
            self.hours,
            self.pledge(priority),
            self.solution_by,
            is_critical=self.is_critical,
        )

    def pledge(self, priority: int) -> Pledge:
        return self.pledges.get(priority) or promises.PUBLISHED[priority]


def basis(ticket: Ticket) -> Basis:
    """By the agreement that holds today, in the desk's own zone."""
    agreements = Agreement.objects.on(timezone.localdate()).filter(
        organisation=ticket.organisation_id
    )
    agreement = agreements.select_related("calendar").prefetch_related("lines").first()
    return agreed(ticket, agreement, agreement.pledges() if agreement else {})


def agreed(ticket: Ticket, agreement: Agreement | None, pledges: dict[int, Pledge]) -> Basis:
    """As it would be under this agreement, or under none."""
    hours = (agreement and agreement.calendar) or ticket.team.calendar
    return Basis(pledges, calendars.of(hours), ticket.promised_at, _is_critical(ticket))


def _is_critical(ticket: Ticket) -> bool:
    """Asked only where somebody knows of critical days: it costs their queries."""
    return bool(
        critical.KNOWN
        and critical.names(timezone.now(), module=ticket.module, organisation=ticket.organisation)
    )


def terms(ticket: Ticket) -> Terms:
    """What is promised for it today."""
    return basis(ticket).terms(ticket.priority)


def closes_after(ticket: Ticket) -> timedelta:
    """How long it stays resolved before it closes by itself."""
    return basis(ticket).pledge(ticket.priority).closes_after
