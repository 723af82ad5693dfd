"""Keeping the stored clocks in line with the ticket's history."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from supportdesk.accounts.models import User
from tickets import clocks, moments
from tickets.actions import steps
from tickets.models import ClockReading, Ticket


def wind(ticket: Ticket) -> None:
    """Read all clocks from the whole history and store where they stand. Inside a verb.

    Derived afresh each time: what is stored can never drift from what happened. The sweep looks at
    the ticket next, and says when it must again.
    """
    readings = clocks.read(moments.of(ticket), moments.opening_terms(ticket))
    rows = [
        ClockReading(
            ticket=ticket,
            clock=clock.value,
            state=reading.state.value,
            due_at=reading.due_at,
            used=reading.figure and reading.figure.used,
            target=reading.figure and reading.figure.target,
        )
        for clock, reading in readings.items()
    ]
    ClockReading.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["ticket", "clock"],
        update_fields=["state", "due_at", "used", "target"],
    )
    due_at, at_once = clocks.next_due(readings), timezone.now()
    steps.change(ticket, due_at=due_at, look_at=at_once, changed_at=ticket.changed_at)


@transaction.atomic
def rewind(ticket: Ticket, *, by: User) -> Ticket:
    """Read the clocks again, because a calendar or a promise has changed. Safe to repeat."""
    ticket = steps.claim(ticket, "ticket.rewind", by=by)
    wind(ticket)
    return ticket
