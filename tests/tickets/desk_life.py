"""Tickets lived through the verbs, while somebody beside them writes down what happened."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from supportdesk.accounts.models import User
from supportdesk.errors import Refused, WrongState
from tests.factories import STANDS, a_finding
from tests.tickets.minutes import Minutes, Promised, Week, promised
from tickets import actions
from tickets.clocks import Clock, Kind, Moment
from tickets.models import Message, Ticket

OFFICE, PORTAL = Message.Channel.OFFICE, Message.Channel.PORTAL
# What each verb means to the clocks, the message before the step.
MEANS: dict[str, list[Kind]] = {
    "take": [],
    "note": [],
    "answer": [Kind.WE_WROTE],
    "write": [Kind.CUSTOMER_WROTE],
    "ask": [Kind.WE_WROTE, Kind.WAITED],
    "resume": [Kind.RESUMED],
    "grade 1": [],
    "grade 2": [],
    "grade 4": [],
    "resolve": [Kind.WE_WROTE, Kind.RESOLVED],
    "reopen": [Kind.CUSTOMER_WROTE, Kind.REOPENED],
    "confirm": [Kind.CLOSED],
}
# Hours per priority as they are published: first response, answer, next word, solution.
PUBLISHED = {1: (1, 4, 4, 20), 2: (4, 10, 10, 40), 3: (8, 20, 20, 80), 4: (16, 40, 40, 160)}
AGREED = {1: (2, 2, 2, 5), 2: (3, 6, 7, 30), 3: (5, 9, 11, 50), 4: (6, 12, 30, 60)}


@dataclass
class Promises:
    """What holds at the moment, for whoever asks: hours of a week, and what was agreed."""

    first: datetime
    week: Week
    hours: dict[int, tuple[int, ...]] = field(default_factory=lambda: PUBLISHED)

    def of(self, priority: int) -> Promised:
        lengths = (timedelta(hours=hours) for hours in self.hours[priority])
        targets = dict(zip(Clock, lengths, strict=True))
        return promised(targets, None if priority == 1 else self.week, self.first)


class Life:
    """One ticket, with the notes taken beside it."""

    def __init__(self, ticket: Ticket, at: datetime, holds: Promises) -> None:
        self.ticket, self.holds, self.priority = ticket, holds, ticket.priority
        self.opened = holds.of(ticket.priority)
        self.moments = [Moment(at, Kind.OPENED_BY_CUSTOMER)]

    def live(self, verb: str, at: datetime, us: User, them: User) -> None:
        """Say the verb, unless the ticket does not allow it now: then nothing is noted."""
        waited = Ticket.objects.get(pk=self.ticket.pk).status == "waiting_customer"
        with suppress(WrongState, Refused):
            SAY[verb](self.ticket, us, them)
            self.moments += [Moment(at, kind) for kind in MEANS[verb]]
            if verb == "write" and waited:
                self.moments.append(Moment(at, Kind.RESUMED))
            if verb.startswith("grade"):
                self.priority = int(verb[-1])
                self.terms_changed(at)

    def terms_changed(self, at: datetime) -> None:
        self.moments.append(Moment(at, Kind.TERMS_CHANGED, self.holds.of(self.priority)))

    def expected(self) -> dict[str, tuple]:
        return Minutes(self.opened, self.holds.first).read(self.moments)

    def stored(self) -> dict[str, tuple]:
        rows = self.ticket.clocks.values_list("clock", "due_at", "used", "target")
        return {clock: tuple(facts) for clock, *facts in rows}


def _grade(priority: int) -> Callable[[Ticket, User, User], object]:
    return lambda ticket, us, them: actions.change_priority(
        ticket, by=us, priority=priority, reason="Looked again.", standstill=STANDS
    )


SAY: dict[str, Callable[[Ticket, User, User], object]] = {
    "take": lambda ticket, us, them: actions.take(ticket, by=us),
    "note": lambda ticket, us, them: actions.note(ticket, by=us, text="Hm.", channel=OFFICE),
    "answer": lambda ticket, us, them: actions.reply(ticket, by=us, text="Soon.", channel=OFFICE),
    "write": lambda ticket, us, them: actions.reply(ticket, by=them, text="Now?", channel=PORTAL),
    "ask": lambda ticket, us, them: actions.wait_for_customer(
        ticket, by=us, question="Which run?", channel=OFFICE
    ),
    "resume": lambda ticket, us, them: actions.resume(ticket, by=us),
    "grade 1": _grade(1),
    "grade 2": _grade(2),
    "grade 4": _grade(4),
    "resolve": lambda ticket, us, them: actions.resolve(
        ticket, by=us, answer="Fixed.", finding=a_finding(), channel=OFFICE
    ),
    "reopen": lambda ticket, us, them: actions.reopen(
        ticket, by=them, reason="It is back.", channel=PORTAL
    ),
    "confirm": lambda ticket, us, them: actions.confirm(ticket, by=them),
}
