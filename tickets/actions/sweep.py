"""The sweep over promises that run out: one ticket per transaction, each level told once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from supportdesk.accounts import access
from supportdesk.accounts.models import User
from tickets import levels, moments
from tickets.actions import steps
from tickets.actions.escalation import bring_up
from tickets.clocks import Clock
from tickets.levels import Passing
from tickets.models import ClockReading, Escalation, EscalationLevel, PassedLevel, Ticket


@transaction.atomic
def look_at_next(*, by: User) -> Ticket | None:
    """Look at one ticket whose time to be looked at has come; None when there is none.

    By the database's clock. What another sweeper holds is passed over; a level that was told is
    known by its row, so a repeated look tells nothing.
    """
    access.require(by, "ticket.escalate")
    rows = Ticket.objects.to_look_at().select_for_update(
        of=("self",), skip_locked=True, no_key=True
    )
    ticket = rows.select_related(*steps.BASIS).annotate(now=Now()).first()
    if ticket is not None:
        _look(ticket, ticket.now, by)
    return ticket


@transaction.atomic
def look_again(*, by: User) -> int:
    """Have the sweep look at every open ticket, because the levels have changed."""
    access.require(by, "escalationlevel.configure")
    return Ticket.objects.unresolved().update(look_at=Now())


def _look(ticket: Ticket, at: datetime, by: User) -> None:
    found = _passings(ticket)
    told = ticket.passed_levels.values_list("clock", "share", "since")
    known = {(Clock(clock), share, since) for clock, share, since in told}
    if passed := levels.news(found, known, at):
        _record(ticket, passed)
        _tell(ticket, passed, by)
    when = levels.next_after(found, at)
    steps.change(ticket, look_at=when, changed_at=ticket.changed_at)


def _passings(ticket: Ticket) -> list[Passing]:
    rows = EscalationLevel.objects.filter(priority=ticket.priority)
    return levels.passings(moments.read(ticket), [row.threshold for row in rows])


def _record(ticket: Ticket, passed: list[Passing]) -> None:
    PassedLevel.objects.bulk_create(
        PassedLevel(
            ticket=ticket,
            clock=passing.threshold.clock.value,
            share=passing.threshold.share,
            since=passing.since,
        )
        for passing in passed
    )


def _tell(ticket: Ticket, passed: list[Passing], by: User) -> None:
    """One notice, whatever was passed; the highest level gives it its place."""
    top = max(passed, key=lambda passing: (passing.threshold.level, passing.threshold.share))
    words = _("%(clock)s: %(share)d %% of the time is used.") % {
        "clock": ClockReading.Clock(top.threshold.clock.value).label,
        "share": top.threshold.share,
    }
    bring_up(
        ticket,
        by=by,
        reason=Escalation.Reason.DEADLINE,
        text=words,
        level=top.threshold.level,
        clock=top.threshold.clock.value,
    )
