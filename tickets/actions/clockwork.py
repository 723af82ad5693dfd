"""Keeping the stored clocks in line with the ticket's history."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from supportdesk.accounts.models import User
from supportdesk.worktime import calendars
from tickets import clocks, moments
from tickets.actions import steps
from tickets.clocks import Clock, Reading
from tickets.models import ClockReading, Ticket

STORED = ["state", "due_at", "used", "target", "calendar", "ended", "missed"]


def begin(ticket: Ticket) -> dict[Clock, Reading]:
    """What is promised to a ticket that is about to be written: it is born with its due time."""
    readings = clocks.read(moments.opening(ticket), moments.terms(ticket))
    ticket.due_at, ticket.look_at = clocks.next_due(readings), timezone.now()
    return readings


def wind(ticket: Ticket) -> None:
    """Read all clocks from the whole history and store where they stand. Inside a verb.

    What runs is derived afresh each time, so that it cannot drift from what happened. What has
    ended before keeps its figure: other hours today do not make a missed promise a kept one. The
    sweep looks at the ticket next, and says when it must again.
    """
    kept = moments.kept(ticket)
    readings = clocks.read(moments.of(ticket), moments.terms(ticket), kept)
    known = {before.longest for before in kept.values()}
    figures = {reading.figure for reading in readings.values() if reading.figure}
    calendars.keep({figure.calendar for figure in figures - known})
    store(ticket, readings)
    due_at, at_once = clocks.next_due(readings), timezone.now()
    steps.change(ticket, due_at=due_at, look_at=at_once, changed_at=ticket.changed_at)


def store(ticket: Ticket, readings: dict[Clock, Reading]) -> None:
    ClockReading.objects.bulk_create(
        [_row(ticket, clock, reading) for clock, reading in readings.items()],
        update_conflicts=True,
        unique_fields=["ticket", "clock"],
        update_fields=STORED,
    )


def _row(ticket: Ticket, clock: Clock, reading: Reading) -> ClockReading:
    figure = reading.figure
    return ClockReading(
        ticket=ticket,
        clock=clock.value,
        state=reading.state.value,
        due_at=reading.due_at,
        used=figure and figure.used,
        target=figure and figure.target,
        calendar_id=(figure and figure.calendar) or None,
        ended=reading.kept.ended,
        missed=reading.kept.missed,
    )


@transaction.atomic
def rewind(ticket: Ticket, *, by: User) -> Ticket:
    """Read the clocks again, because a calendar or a promise has changed. Safe to repeat."""
    ticket = steps.claim(ticket, "ticket.rewind", by=by)
    wind(ticket)
    return ticket
