"""What a change of priority or agreement would do to the clocks: said before anybody saves it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tickets import clocks, moments
from tickets.clocks import Clock, State
from tickets.models import AgreedTimes, Agreement, ClockReading, Priority, Ticket

MOST_LOOKED_AT = 200  # open tickets of one customer, the most urgent first: a second's work


@dataclass(frozen=True)
class Due:
    """When one clock would be due; `late` if that is past already. None while it rests."""

    at: datetime | None
    late: bool


@dataclass(frozen=True)
class Prospect:
    """One priority, and when each of the clocks that run would be due under it."""

    priority: Priority
    holds: bool
    dues: list[Due]


@dataclass(frozen=True)
class Effect:
    clocks: list[str]  # those that still run, by name
    prospects: list[Prospect]


def of(ticket: Ticket, at: datetime) -> Effect:
    """All four priorities at once, read by the same rule that the change would be."""
    happened, kept, basis = moments.of(ticket), moments.kept(ticket), moments.basis(ticket)
    now = clocks.read(happened, basis.terms(ticket.priority), kept)
    running = [clock for clock in Clock if now[clock].state in (State.RUNNING, State.PAUSED)]
    prospects = []
    for priority in Priority:
        readings = clocks.read(happened, basis.terms(priority), kept)
        dues = [readings[clock].due_at for clock in running]
        shown = [Due(due, due is not None and due < at) for due in dues]
        prospects.append(Prospect(priority, priority == ticket.priority, shown))
    return Effect([str(ClockReading.Clock(clock.value).label) for clock in running], prospects)


@dataclass(frozen=True)
class Moved:
    """Of so many open tickets, how many would be due earlier and later, and late at once."""

    looked_at: int
    earlier: int
    later: int
    late: int


def of_agreement(agreement: Agreement, lines: Iterable[AgreedTimes], at: datetime) -> Moved:
    """As if it held now, saved or not."""
    pledges = {line.priority: line.pledge(agreement.around_the_clock) for line in lines}
    rows = Ticket.objects.unresolved().filter(organisation=agreement.organisation_id).by_need()
    tickets = rows.select_related("team__calendar")[:MOST_LOOKED_AT]
    earlier = later = late = 0
    for ticket in tickets:
        terms = moments.agreed(ticket, agreement, pledges).terms(ticket.priority)
        due_at = clocks.next_due(clocks.read(moments.of(ticket), terms, moments.kept(ticket)))
        if due_at and ticket.due_at:
            earlier += due_at < ticket.due_at
            later += due_at > ticket.due_at
            late += due_at < at <= ticket.due_at
    return Moved(len(tickets), earlier, later, late)
