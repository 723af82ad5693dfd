"""Where a ticket stands and who moves next, in the customer's words. Promises nothing by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from tickets import moments
from tickets.models import REOPEN_WINDOW, Status, Ticket, Turn

WAITING = {
    Status.WAITING_CUSTOMER: "pause",
    Status.WAITING_DEVELOPMENT: "code",
    Status.WAITING_DELIVERY: "package",
}


@dataclass(frozen=True)
class Step:
    """One station of the way: `done` with its time, `now`, or still to come with what it means."""

    name: str
    state: str
    at: datetime | None = None
    words: str = ""

    @property
    def sign(self) -> str:
        return {"done": "check", "now": "now"}.get(self.state, "ring")


@dataclass(frozen=True)
class Move:
    """What happens next. `yours`: it is the customer who moves."""

    sign: str
    title: str
    words: str
    yours: bool = False


def way(ticket: Ticket) -> list[Step]:
    """The five stations of every ticket, as far as this one has come."""
    here = Status(ticket.status)
    position = {Status.NEW: 1, Status.RESOLVED: 3, Status.CLOSED: 5}.get(here, 2)
    working = {
        Status.WAITING_CUSTOMER: _("waiting for you"),
        Status.WAITING_DEVELOPMENT: _("in development"),
        Status.WAITING_DELIVERY: _("comes with a package"),
    }.get(here, _("we are at work"))
    if ticket.promised_at and here == Status.WAITING_DELIVERY:
        day = date_format(localtime(ticket.promised_at), "SHORT_DATE_FORMAT")
        working = _("comes with a package, announced for %(day)s") % {"day": day}
    days = moments.closes_after(ticket).days
    stations: list[tuple[str, datetime | None, str]] = [
        (_("Received"), ticket.opened_at, ""),
        (_("Assigned"), ticket.assigned_at, _("we look for the right specialist")),
        (_("In progress"), None, working if position == 2 else ""),
        (_("Resolved"), ticket.resolved_at, _("you confirm")),
        (_("Closed"), ticket.closed_at, _("%(days)s days after the solution") % {"days": days}),
    ]
    return [
        Step(name, _state(n, position), at if n < position or n == 3 else None, words)
        for n, (name, at, words) in enumerate(stations)
    ]


def _state(station: int, position: int) -> str:
    if station < position:
        return "done"
    return "now" if station == position else ""


def next_move(ticket: Ticket, at: datetime) -> Move:
    """Whose turn it is, and what that means for the customer."""
    here = Status(ticket.status)
    if here == Status.RESOLVED:
        return Move(
            "check", _("Is it solved?"), _("Please confirm, or tell us what is missing."), True
        )
    if here == Status.CLOSED:
        return _after_the_end(ticket, at)
    if ticket.package and here == Status.WAITING_CUSTOMER:
        title = _("%(package)s brings the solution") % {"package": ticket.package}
        words = _("You have been given it. Please import it; then we ask you to confirm.")
        return Move("package", title, words, True)
    if here == Status.WAITING_CUSTOMER:
        return Move(
            "back", _("We are waiting for your answer"), _("Work goes on once you write."), True
        )
    if here == Status.NEW:
        words = _("Then they take it on and write to you here and by mail.")
        return Move("route", _("We look for the right specialist"), words)
    return _our_move(ticket, here)


def _our_move(ticket: Ticket, here: Status) -> Move:
    names: dict[str, Any] = {"name": ticket.assignee}
    if ticket.turn == Turn.OWED:
        words = _("Your last message has not been answered yet.")
        return Move("bubble", _("%(name)s answers you next") % names, words)
    if here == Status.WAITING_DEVELOPMENT:
        words = _("%(name)s follows it up and tells you the result.") % names
        return Move("code", _("Development is at work on it"), words)
    if here == Status.WAITING_DELIVERY:
        return _coming(ticket)
    words = _("You need to do nothing. Write at any time if something changes.")
    return Move("half", _("%(name)s is looking for the solution") % names, words)


def _coming(ticket: Ticket) -> Move:
    words = _("You are told when it is delivered.")
    remedy = ticket.remedy
    if remedy and remedy.released_at:
        facts = {"correction": remedy, "symptom": remedy.symptom, "words": words}
        words = _("Correction %(correction)s: %(symptom)s. %(words)s") % facts
    if ticket.package and (ticket.promised_at or ticket.package.released_at):
        title = _("The solution comes with %(package)s") % {"package": ticket.package}
        return Move("package", title, words)
    return Move("package", _("The solution comes with a package"), words)


def _after_the_end(ticket: Ticket, at: datetime) -> Move:
    if ticket.may_reopen(at):
        days = {"days": REOPEN_WINDOW.days}
        words = _("If it comes back within %(days)s days, reopen it below.") % days
        return Move("tick", _("This ticket is closed"), words)
    return Move(
        "tick", _("This ticket is closed"), _("If it comes back, please open a new ticket.")
    )
