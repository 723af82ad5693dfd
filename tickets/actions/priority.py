"""How urgent a ticket is: changed by us with a reason, objected to once, decided by a lead."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.errors import Invalid, NotAllowed, Refused, WrongState
from tickets import alarm, impact, possible, proposal
from tickets.actions import steps
from tickets.actions.clockwork import wind
from tickets.actions.escalation import bring_up, settle
from tickets.models import (
    DONE,
    Escalation,
    HistoryEntry,
    Impact,
    Objection,
    Priority,
    Status,
    Ticket,
)


@dataclass(frozen=True)
class Standstill:
    """What we must know before we call a ticket one, unless its customer has said it already."""

    contact_name: str = ""
    contact_phone: str = ""
    no_workaround: bool = False


NOT_SAID = Standstill()


@transaction.atomic
def change_priority(
    ticket: Ticket, *, by: User, priority: int, reason: str, standstill: Standstill = NOT_SAID
) -> Ticket:
    """Set another priority than holds now; the customer's own stays beside it and reads why.

    Raises Invalid without a reason, and for a standstill that nobody can be reached about or that
    has a workaround; WrongState for a ticket that is done; Refused without a change, while an
    objection waits for its decision, and afterwards to anybody but a lead.
    """
    ticket = steps.claim(ticket, "ticket.change_priority", by=by)
    _refuse_done(ticket)
    _respect_the_objection(ticket, by)
    if not reason.strip():
        raise Invalid.blank("reason")
    if priority == ticket.priority:
        raise Refused(_("This priority holds already."))
    _ask_what_a_standstill_needs(ticket, priority, standstill)
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
def decide_objection(
    ticket: Ticket, *, by: User, priority: int, text: str, standstill: Standstill = NOT_SAID
) -> Ticket:
    """Keep or change the priority for good, and say why to everybody.

    Raises Refused where nothing waits for a decision, Invalid for none of the four or no words, and
    for a standstill as `change_priority` does.
    """
    ticket = steps.claim(ticket, "objection.decide", by=by)
    objection = Objection.objects.open().filter(ticket=ticket).first()
    if objection is None:
        raise Refused(_("No objection waits for a decision here."))
    if not text.strip():
        raise Invalid.blank("text")
    _among_the_four(priority)
    _ask_what_a_standstill_needs(ticket, priority, standstill)
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


def _ask_what_a_standstill_needs(ticket: Ticket, priority: int, said: Standstill) -> None:
    """The same as of a customer who reports one: nothing helps, and somebody can be reached.

    Whom to call is kept beside the customer's answers, which stay as they were given.
    """
    if priority != Priority.STANDSTILL or ticket.priority == Priority.STANDSTILL:
        return
    told = Impact.objects.filter(ticket=ticket).first() or Impact(ticket=ticket)
    name = said.contact_name.strip() or told.contact_name
    phone = said.contact_phone.strip() or told.contact_phone
    workaround = impact.Workaround.NONE if said.no_workaround else told.workaround
    answers = impact.Answers(workaround=workaround)
    for field in impact.missing(priority, answers, name, phone):
        named = "no_workaround" if field == "workaround" else field
        raise Invalid(str(proposal.MISSING[field]), named)
    contact = {"contact_name": name, "contact_phone": phone}
    Impact.objects.update_or_create(ticket=ticket, defaults=contact)


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
