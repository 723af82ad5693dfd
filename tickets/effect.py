"""What another priority would do to a ticket's clocks: said before anybody saves it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tickets import clocks, moments
from tickets.clocks import Clock, State
from tickets.models import ClockReading, Priority, Ticket


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
    happened, kept = moments.of(ticket), moments.kept(ticket)
    now = clocks.read(happened, moments.terms(ticket), kept)
    running = [clock for clock in Clock if now[clock].state in (State.RUNNING, State.PAUSED)]
    prospects = []
    for priority in Priority:
        readings = clocks.read(happened, moments.terms(ticket, priority), kept)
        dues = [readings[clock].due_at for clock in running]
        shown = [Due(due, due is not None and due < at) for due in dues]
        prospects.append(Prospect(priority, priority == ticket.priority, shown))
    return Effect([str(ClockReading.Clock(clock.value).label) for clock in running], prospects)
