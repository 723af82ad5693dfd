"""A ticket's messages and history as the moments its clocks are read from."""

from __future__ import annotations

from supportdesk.worktime import calendars
from tickets import promises
from tickets.clocks import Kind, Moment, Terms
from tickets.models import HistoryEntry, Message, Ticket

HAPPENED = {
    HistoryEntry.Kind.WAITING: Kind.WAITED,
    HistoryEntry.Kind.RESUMED: Kind.RESUMED,
    HistoryEntry.Kind.RESOLVED: Kind.RESOLVED,
    HistoryEntry.Kind.REOPENED: Kind.REOPENED,
    HistoryEntry.Kind.CONFIRMED: Kind.CLOSED,
    HistoryEntry.Kind.CLOSED: Kind.CLOSED,
    HistoryEntry.Kind.REGRADED: Kind.TERMS_CHANGED,
    HistoryEntry.Kind.RULED: Kind.TERMS_CHANGED,
}


def of(ticket: Ticket) -> list[Moment]:
    """Two queries, and two more per change of priority.

    The report itself is the opening, entered for a caller or not.
    """
    public = ticket.messages.filter(visibility=Message.Visibility.PUBLIC)
    _report, *said = public.values_list("at", "author__organisation")
    wrote = [
        Moment(at, Kind.WE_WROTE if organisation is None else Kind.CUSTOMER_WROTE)
        for at, organisation in said
    ]
    steps = ticket.history.filter(kind__in=HAPPENED).values_list("at", "kind", "priority")
    happened = [
        Moment(at, HAPPENED[HistoryEntry.Kind(kind)], terms(ticket, priority) if priority else None)
        for at, kind, priority in steps
    ]
    return [
        Moment(ticket.opened_at, Kind.OPENED_BY_CUSTOMER),
        # Sorting is stable: a message comes before the step written with it.
        *sorted([*wrote, *happened], key=lambda moment: moment.at),
    ]


def terms(ticket: Ticket, priority: int | None = None) -> Terms:
    """What is promised for it today, or would be under another priority."""
    return promises.terms(priority or ticket.priority, calendars.of(ticket.team.calendar))


def opening_terms(ticket: Ticket) -> Terms:
    """What was promised when it was opened: a ticket begins with the customer's own priority."""
    return terms(ticket, ticket.customer_priority)
