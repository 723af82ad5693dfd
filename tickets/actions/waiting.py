"""Waiting for a package that brings the correction, or for the customer to import it."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.utils import timezone

from releases.models import Correction, Package
from supportdesk.accounts.models import User
from tickets import outlook, remedy
from tickets.actions import steps
from tickets.actions.clockwork import wind
from tickets.models import HistoryEntry, Status, Ticket
from tickets.remedy import Way

Kind = HistoryEntry.Kind


def await_package(
    ticket: Ticket, correction: Correction, *, by: User, on: date | None = None, **facts: Any
) -> None:
    """Wait for the package that brings the correction, until `on` or the day it is planned for; or
    for its import, where the customer has it. Inside a verb that holds the ticket.
    """
    found = outlook.of(ticket, correction)
    if found.way is Way.IMPORT and found.package:
        hand_to_customer(ticket, found.package, by=by, **facts)
        return
    package = found.package if found.way is Way.AWAIT else None
    planned = remedy.promised(package.planned_on if package else None, None, timezone.localdate())
    if ticket.status not in (Status.OPEN, Status.WAITING_DEVELOPMENT):
        back_to_us(ticket, by=by)
    promise = end_of(on or planned)
    steps.move(ticket, Status.WAITING_DELIVERY, promised_at=promise, package=package)
    steps.trace(ticket, Kind.FIXED, by=by, **facts)
    wind(ticket)


def hand_to_customer(ticket: Ticket, package: Package, *, by: User, **facts: Any) -> None:
    """They have the package: the next move is theirs. The day we had promised stays our measure."""
    promise = ticket.promised_at
    back_to_us(ticket, by=by)
    answered = {"package": package, "promised_at": promise, "unanswered_since": None}
    steps.move(ticket, Status.WAITING_CUSTOMER, **answered)
    steps.trace(ticket, Kind.DELIVERED, by=by, **facts)
    wind(ticket)


def back_to_us(ticket: Ticket, *, by: User) -> None:
    """Whatever was waited for is over: the way to another state leads through work in hand."""
    if ticket.status != Status.OPEN:
        steps.move(ticket, Status.OPEN)
        steps.trace(ticket, Kind.RESUMED, by=by, public=False)


def end_of(day: date | None) -> datetime | None:
    """A promise holds until the day is over."""
    return timezone.make_aware(datetime.combine(day, time(23, 59, 59))) if day else None
