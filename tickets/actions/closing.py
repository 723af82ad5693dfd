"""How a ticket ends, and how it comes back."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supportdesk.accounts.models import User
from supportdesk.errors import Invalid, WrongState
from tickets import moments
from tickets.actions import steps
from tickets.actions.attachments import attach
from tickets.actions.clockwork import wind
from tickets.actions.diagnosis import Finding, conclude
from tickets.actions.escalation import settle
from tickets.models import (
    CLOSING_NOTICE,
    NEXT,
    Escalation,
    HistoryEntry,
    Status,
    Ticket,
)


@transaction.atomic
def resolve(
    ticket: Ticket,
    *,
    by: User,
    answer: str,
    channel: str,
    files: steps.Files = (),
    finding: Finding | None = None,
) -> Ticket:
    """Tell the customer the solution and ask for confirmation; without one it closes by time-out,
    after the calendar days of its priority.

    Demands a verdict: the one that holds, or `finding`, which is given in the same step. Whoever
    resolves a ticket that nobody has yet is in charge of it from then on.
    """
    ticket = steps.claim(ticket, "ticket.resolve", by=by)
    if Status.RESOLVED not in NEXT[Status(ticket.status)]:
        raise WrongState(Status(ticket.status), Status.RESOLVED)
    if finding:
        conclude(ticket, finding, by=by)
    if not ticket.diagnosis_id:
        raise Invalid(_("Please say what the cause was."), "verdict")
    now = timezone.now()
    in_charge = {"assignee": by, "assigned_at": now, "routed_at": ticket.routed_at or now}
    facts = {} if ticket.assignee_id else in_charge
    steps.move(
        ticket,
        Status.RESOLVED,
        resolved_at=now,
        closes_at=now + moments.closes_after(ticket),
        closing_announced_at=None,
        unanswered_since=None,
        **facts,
    )
    settle(ticket.escalations.open(), Escalation.End.DONE)
    message = steps.say(ticket, by=by, text=answer, channel=channel)
    attach(message, files, by=by)
    steps.trace(ticket, HistoryEntry.Kind.RESOLVED, by=by, message=message.pk)
    wind(ticket)
    return ticket


@transaction.atomic
def confirm(ticket: Ticket, *, by: User) -> Ticket:
    """The customer agrees: the ticket is closed."""
    ticket = steps.claim(ticket, "ticket.confirm", by=by)
    if ticket.status != Status.RESOLVED:
        raise WrongState(Status(ticket.status), Status.CLOSED)
    _close(ticket)
    steps.trace(ticket, HistoryEntry.Kind.CONFIRMED, by=by)
    wind(ticket)
    return ticket


@transaction.atomic
def reopen(
    ticket: Ticket, *, by: User, reason: str, channel: str, files: steps.Files = ()
) -> Ticket:
    """Not solved after all: back to whoever was in charge. Closed ones only in REOPEN_WINDOW."""
    ticket = steps.claim(ticket, "ticket.reopen", by=by)
    if ticket.status not in (Status.RESOLVED, Status.CLOSED):
        raise WrongState(Status(ticket.status), Status.OPEN)
    if not ticket.may_reopen(timezone.now()):
        raise WrongState(Status.CLOSED, Status.OPEN)
    message = steps.say(ticket, by=by, text=reason, channel=channel)
    attach(message, files, by=by)
    steps.move(
        ticket,
        Status.OPEN,
        resolved_at=None,
        closes_at=None,
        closing_announced_at=None,
        closed_at=None,
        unanswered_since=message.at,
    )
    steps.trace(ticket, HistoryEntry.Kind.REOPENED, by=by, message=message.pk)
    wind(ticket)
    return ticket


@transaction.atomic
def announce_closing(ticket: Ticket, *, by: User) -> Ticket:
    """Tell the customer that the ticket closes soon. Once per resolution, at least CLOSING_NOTICE
    before it closes: announced late, it closes later.
    """
    ticket = steps.claim(ticket, "ticket.announce_closing", by=by)
    if ticket.status != Status.RESOLVED or ticket.closing_announced_at:
        raise WrongState(Status(ticket.status), Status.CLOSED)
    now = timezone.now()
    closes_at = max(ticket.closes_at or now, now + CLOSING_NOTICE)
    steps.change(ticket, closing_announced_at=now, closes_at=closes_at)
    steps.announce(ticket, "ticket.closing_announced", by=by, closes_at=closes_at.isoformat())
    return ticket


@transaction.atomic
def close(ticket: Ticket, *, by: User) -> Ticket:
    """Close a ticket that stayed resolved until its time, after the customer was told beforehand.

    Asked again under the lock: a ticket that moved on, or is not due yet, refuses.
    """
    ticket = steps.claim(ticket, "ticket.close", by=by)
    due = ticket.closes_at is not None and ticket.closes_at <= timezone.now()
    if ticket.status != Status.RESOLVED or not due or not ticket.closing_announced_at:
        raise WrongState(Status(ticket.status), Status.CLOSED)
    _close(ticket)
    steps.trace(ticket, HistoryEntry.Kind.CLOSED, by=by)
    wind(ticket)
    return ticket


def _close(ticket: Ticket) -> None:
    steps.move(ticket, Status.CLOSED, closed_at=timezone.now(), unanswered_since=None)
