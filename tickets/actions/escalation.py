"""How a ticket reaches somebody who decides: raised, assessed, decided, withdrawn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supportdesk.accounts import access
from supportdesk.accounts.access import Role
from supportdesk.accounts.models import User
from supportdesk.errors import Invalid, NotAllowed, Refused, WrongState
from tickets import alarm, possible
from tickets.actions import steps
from tickets.models import DONE, Escalation, HistoryEntry, Status, Ticket
from tickets.models.escalation import LEVELS, THEIRS

Kind = HistoryEntry.Kind


@transaction.atomic
def escalate(
    ticket: Ticket,
    *,
    by: User,
    reason: str,
    text: str = "",
    level: int = 1,
    clock: str = "",
) -> Escalation:
    """Bring a ticket before a lead. One is open per reason: raised again, its level rises.

    Customers (opener, caller, coordinators) do it once, in words, for no reason but their own.
    Raises NotAllowed, Invalid without words or for no level, WrongState for a ticket that is done,
    Refused for a customer's second one.
    """
    ticket = steps.claim(ticket, "ticket.escalate", by=by)
    if not by.is_vendor and (
        reason != Escalation.Reason.CUSTOMER or not possible.may_object(ticket, by)
    ):
        raise NotAllowed("ticket.escalate")
    if not by.is_vendor and (refusal := possible.why_no_escalation(ticket)):
        raise Refused(refusal)
    if ticket.status in DONE:
        raise WrongState(Status(ticket.status), Status.OPEN)
    if not text.strip() and not by.is_any(Role.SYSTEM):
        raise Invalid.blank("text")
    return bring_up(ticket, by=by, reason=reason, text=text, level=level, clock=clock)


def bring_up(
    ticket: Ticket, *, by: User, reason: str, text: str, level: int = 1, clock: str = ""
) -> Escalation:
    """The open escalation for this reason, new or raised. Inside a verb that holds the ticket."""
    if level not in LEVELS:
        raise Invalid(_("Choose one of the three levels."), "level")
    row = ticket.escalations.open().filter(reason=reason).first()
    if row is None:
        row = ticket.escalations.create(
            reason=reason, clock=clock, level=level, text=text, raised_by=by
        )
    elif level > row.level or text.strip():
        _save(row, level=max(level, row.level), text="\n\n".join(filter(None, [row.text, text])))
    else:
        return row
    public = reason in THEIRS
    if public:  # what customers do not read is no change to them, and must not sort their list
        steps.change(ticket)
    if reason != Escalation.Reason.OBJECTION:  # which leaves a step of its own
        facts = {"level": row.level, "because": str(reason)}
        steps.trace(ticket, Kind.ESCALATED, by=by, reason=text, public=public, **facts)
    alarm.on_escalation(ticket, row)
    return row


@transaction.atomic
def assess(escalation: Escalation, *, by: User, stands_back: bool, why: str) -> Escalation:
    """Say whether other work must stand back for this, and why. May be said anew until decided."""
    row, ticket = _claim(escalation, by)
    if not why.strip():
        raise Invalid.blank("why")
    _save(row, stands_back=stands_back, assessment=why, assessed_by=by)
    steps.trace(ticket, Kind.ASSESSED, by=by, reason=why, public=False, stands_back=stands_back)
    return row


@transaction.atomic
def set_level(escalation: Escalation, *, by: User, level: int, why: str) -> Escalation:
    """Put it on another level, up or down, with the reason."""
    row, ticket = _claim(escalation, by)
    if not why.strip():
        raise Invalid.blank("why")
    if level not in LEVELS or level == row.level:
        raise Invalid(_("Choose another of the three levels."), "level")
    _save(row, level=level)
    facts = {"level": level, "because": row.reason}
    steps.trace(ticket, Kind.ESCALATED, by=by, reason=why, public=False, **facts)
    return row


@transaction.atomic
def decide(escalation: Escalation, *, by: User, decision: str) -> Escalation:
    """Decide, which ends it. Told to whoever is in charge, to the watchers, and to the customer
    where the customer has raised it; `told` keeps whom.

    Raises Refused for an objection, which is decided with the priority, and before it was assessed.
    """
    row, ticket = _claim(escalation, by)
    if row.reason == Escalation.Reason.OBJECTION:
        raise Refused(_("An objection is decided together with the priority."))
    if row.stands_back is None:
        raise Refused(_("Please assess first whether other work must stand back."))
    if not decision.strip():
        raise Invalid.blank("decision")
    _finish(row, Escalation.End.DECIDED, decision=decision, decided_by=by)
    public = row.reason in THEIRS
    if public:
        steps.change(ticket)
    steps.trace(ticket, Kind.DECIDED, by=by, reason=decision, public=public, escalation=row.pk)
    return row


@transaction.atomic
def withdraw(escalation: Escalation, *, by: User) -> Escalation:
    """Take back what the customer has raised: by its author or a coordinator."""
    ticket = steps.claim(escalation.ticket, "ticket.escalate", by=by)
    row = _open(escalation, by)
    mine = row.raised_by_id == by.pk or (by.is_any(Role.COORDINATOR) and not by.is_vendor)
    if row.reason == Escalation.Reason.OBJECTION or not mine:
        raise NotAllowed("escalation.withdraw")
    _finish(row, Escalation.End.WITHDRAWN)
    steps.trace(ticket, Kind.WITHDRAWN, by=by, public=row.reason in THEIRS)
    return row


@transaction.atomic
def watch(escalation: Escalation, *, by: User, on: bool) -> Escalation:
    """Be told, or not any more, what becomes of it."""
    access.require(by, "escalation.watch")
    row = _open(escalation, by)
    (row.watchers.add if on else row.watchers.remove)(by)
    return row


def settle(escalations: Iterable[Escalation], end: Escalation.End, **facts: Any) -> None:
    """End these without a decision of their own. Inside a verb that holds the ticket."""
    for row in escalations:
        _finish(row, end, **facts)


def _claim(escalation: Escalation, by: User) -> tuple[Escalation, Ticket]:
    access.require(by, "escalation.handle")
    ticket = steps.claim(escalation.ticket, "ticket.escalate", by=by)
    return _open(escalation, by), ticket


def _open(escalation: Escalation, by: User) -> Escalation:
    rows = Escalation.objects.visible_to(by).select_for_update(of=("self",))
    row = rows.get(pk=escalation.pk)
    if not row.is_open:
        raise WrongState(row.get_end_display(), _("open"))
    return row


def _finish(row: Escalation, end: Escalation.End, **facts: Any) -> None:
    _save(row, ended_at=timezone.now(), end=end, **facts)


def _save(row: Escalation, **facts: Any) -> None:
    for name, value in facts.items():
        setattr(row, name, value)
    row.save(update_fields=list(facts))
