"""The sweep over promises that run out and tickets that grow old: one ticket per transaction, each
level told once.
"""

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
from tickets.models import (
    DONE,
    AgeLimit,
    ClockReading,
    Escalation,
    EscalationLevel,
    HistoryEntry,
    PassedLevel,
    Ticket,
)


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
        _take_away(ticket, passed, by)
    old_at = _age(ticket, at, by)
    when = min(filter(None, [levels.next_after(found, at), old_at]), default=None)
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
    bring_up(
        ticket,
        by=by,
        reason=Escalation.Reason.DEADLINE,
        text=_words(top),
        level=top.threshold.level,
        clock=top.threshold.clock.value,
    )


def _words(passing: Passing) -> str:
    return _("%(clock)s: %(share)d %% of the time is used.") % {
        "clock": ClockReading.Clock(passing.threshold.clock.value).label,
        "share": passing.threshold.share,
    }


def _take_away(ticket: Ticket, passed: list[Passing], by: User) -> None:
    """Whoever was silent loses the ticket. Like one that is handed on it is routed again, and
    stays theirs until somebody is found, so that it never hangs in the air; what looks for
    somebody already is nobody's silence any more.
    """
    if ticket.assigned_at is None or ticket.seeks_somebody:
        return
    if silent := levels.taking_away(passed, ticket.assigned_at):
        steps.change(ticket, routed_at=None)
        steps.trace(ticket, HistoryEntry.Kind.TAKEN_AWAY, by=by, reason=_words(silent))


def _age(ticket: Ticket, at: datetime, by: User) -> datetime | None:
    """Bring it before a lead for its age, once; else say when it will be old enough."""
    limit = AgeLimit.objects.filter(priority=ticket.priority).first()
    if limit is None or ticket.diagnosis_id or ticket.status in DONE:
        return None
    old_at = limit.reached_at(ticket.opened_at)
    if old_at > at:
        return old_at
    if not ticket.escalations.filter(reason=Escalation.Reason.AGE).exists():
        words = _("Open for %(days)d days, and nobody knows the cause.") % {"days": limit.days}
        bring_up(ticket, by=by, reason=Escalation.Reason.AGE, text=words, level=limit.level)
    return None
