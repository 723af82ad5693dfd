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
}


def of(ticket: Ticket) -> list[Moment]:
    """Two queries. The report itself is the opening, entered for a caller or not."""
    public = ticket.messages.filter(visibility=Message.Visibility.PUBLIC)
    _report, *said = public.values_list("at", "author__organisation")
    wrote = [
        Moment(at, Kind.WE_WROTE if organisation is None else Kind.CUSTOMER_WROTE)
        for at, organisation in said
    ]
    happened = [
        Moment(at, HAPPENED[HistoryEntry.Kind(kind)])
        for at, kind in ticket.history.filter(kind__in=HAPPENED).values_list("at", "kind")
    ]
    return [
        Moment(ticket.opened_at, Kind.OPENED_BY_CUSTOMER),
        # Sorting is stable: a message comes before the step written with it.
        *sorted([*wrote, *happened], key=lambda moment: moment.at),
    ]


def terms(ticket: Ticket) -> Terms:
    """What is promised for it today."""
    return promises.terms(ticket.priority, calendars.of(ticket.team.calendar))
