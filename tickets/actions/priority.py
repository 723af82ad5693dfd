"""How urgent a ticket is: changed by us with a reason, objected to once, decided by a lead."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.errors import Invalid, NotAllowed, Refused, WrongState
from tickets import alarm, possible
from tickets.actions import steps
from tickets.actions.clockwork import wind
from tickets.actions.escalation import bring_up, settle
from tickets.models import DONE, Escalation, HistoryEntry, Objection, Priority, Status, Ticket


@transaction.atomic
def change_priority(ticket: Ticket, *, by: User, priority: int, reason: str) -> Ticket:
    """Set another priority than holds now; the customer's own stays beside it and reads why.

    Raises Invalid without a reason, WrongState for a ticket that is done, Refused without a change,
    while an objection waits for its decision, and afterwards to anybody but a lead.
    """
    ticket = steps.claim(ticket, "ticket.change_priority", by=by)
    _refuse_done(ticket)
    _respect_the_objection(ticket, by)
    if not reason.strip():
        raise Invalid.blank("reason")
    if priority == ticket.priority:
        raise Refused(_("This priority holds already."))
    _set(ticket, priority, HistoryEntry.Kind.REGRADED, by=by, reason=reason)
    return ticket


@transaction.atomic
def object_to_priority(ticket: Ticket, *, by: User, text: str) -> Ticket:
    """Say that the priority we set is wrong: once per ticket, by its opener or a coordinator.

    A lead decides. Raises NotAllowed for anybody else, Refused where we changed nothing or where
    somebody objected before; the database refuses the second of two at the same moment.
    """
    ticket = steps.claim(ticket, "ticket.object", by=by)
    if not possible.may_object(ticket, by):
        raise NotAllowed("ticket.object")
    _refuse_done(ticket)
    if refusal := possible.why_no_objection(ticket):
        raise Refused(refusal)
    if not text.strip():
        raise Invalid.blank("text")
    now = timezone.now()
    Objection.objects.create(ticket=ticket, by=by, at=now, text=text, priority=ticket.priority)
    steps.change(ticket)
    bring_up(ticket, by=by, reason=Escalation.Reason.OBJECTION, text=text)
    steps.trace(ticket, HistoryEntry.Kind.OBJECTED, by=by, reason=text)
    return ticket


@transaction.atomic
def decide_objection(ticket: Ticket, *, by: User, priority: int, text: str) -> Ticket:
    """Keep or change the priority for good, and say why to everybody.

    Raises Refused where nothing waits for a decision, Invalid for none of the four or no words.
    """
    ticket = steps.claim(ticket, "objection.decide", by=by)
    objection = Objection.objects.open().filter(ticket=ticket).first()
    if objection is None:
        raise Refused(_("No objection waits for a decision here."))
    if not text.strip():
        raise Invalid.blank("text")
    _among_the_four(priority)
    objection.decided_by, objection.decided_at = by, timezone.now()
    objection.decision, objection.priority_after = text, priority
    objection.save(update_fields=["decided_by", "decided_at", "decision", "priority_after"])
    raised = ticket.escalations.open().filter(reason=Escalation.Reason.OBJECTION)
    settle(raised, Escalation.End.DECIDED, decision=text, decided_by=by)
    _set(ticket, priority, HistoryEntry.Kind.RULED, by=by, reason=text)
    return ticket


def _respect_the_objection(ticket: Ticket, by: User) -> None:
    objection = Objection.objects.filter(ticket=ticket).first()
    if objection is None:
        return
    if objection.is_open:
        raise Refused(_("The customer has objected: a lead decides on the priority."))
    if not access.may(by, "objection.decide"):
        raise Refused(_("A lead has decided on an objection. This decision is final."))


def _set(ticket: Ticket, priority: int, kind: HistoryEntry.Kind, *, by: User, reason: str) -> None:
    """The step names both priorities where it changed something; the clocks follow."""
    _among_the_four(priority)
    before, facts = ticket.priority, {}
    if priority != before:
        facts = {"priority_before": before, "priority": priority}
    steps.change(ticket, priority=priority)
    steps.trace(ticket, kind, by=by, reason=reason, **facts)
    wind(ticket)
    if priority != before:
        alarm.on_priority(ticket)


def _among_the_four(priority: int) -> None:
    if priority not in Priority.values:
        raise Invalid(_("Choose one of the four priorities."), "priority")


def _refuse_done(ticket: Ticket) -> None:
    if ticket.status in DONE:
        raise WrongState(Status(ticket.status), Status.OPEN)
