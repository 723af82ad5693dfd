"""The worst case, from its declaration to its review, with one text to all whom it concerns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from oncall import actions as oncall
from oncall.models import Page
from releases.models import Module
from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.audit import actions as audit
from supportdesk.errors import Invalid, Refused, WrongState
from supportdesk.messaging import outbox
from tickets import alarm
from tickets.actions import escalation, steps
from tickets.actions.clockwork import wind
from tickets.models import (
    DONE,
    Escalation,
    FaultTicket,
    FaultUpdate,
    HistoryEntry,
    MajorFault,
    Message,
    Ticket,
)
from tickets.models.escalation import LEVELS

Kind = HistoryEntry.Kind
WORST_CASE = Escalation.Reason.WORST_CASE


@dataclass(frozen=True)
class Outage:
    """What happened, in the words that customers read: none of them is named."""

    title: str
    text: str
    modules: Sequence[Module]


@transaction.atomic
def declare_major_fault(outage: Outage, *, by: User, tickets: Iterable[Ticket] = ()) -> MajorFault:
    """Say that the worst case has happened. People are called once, however many tickets it has;
    each of these is an escalation of the highest level.

    Raises Invalid without title, text or modules, Ticket.DoesNotExist for one `by` cannot see.
    """
    access.require(by, "majorfault.handle")
    for field, given in (("title", outage.title), ("text", outage.text)):
        if not given.strip():
            raise Invalid.blank(field)
    if not outage.modules:
        raise Invalid(_("Please name at least one module."), "modules")
    title = " ".join(outage.title.split())
    fault = MajorFault.objects.create(title=title, text=outage.text, declared_by=by)
    fault.modules.set(outage.modules)
    alarm.on_major_fault(fault)
    for ticket in sorted(tickets, key=lambda one: one.pk):
        row = steps.claim(ticket, "ticket.escalate", by=by)
        _link(fault, row, by=by)
        if row.status not in DONE:
            escalation.bring_up(row, by=by, reason=WORST_CASE, text=title, level=max(LEVELS))
    _told(fault, "fault.declared", by=by)
    return fault


@transaction.atomic
def link_to_fault(fault: MajorFault, *, by: User, ticket: Ticket) -> FaultTicket:
    """Say that a ticket reports this fault: from now on its customer reads all updates there."""
    fault = _claim(fault, "majorfault.link", by=by)
    _must_be_open(fault)
    row = _link(fault, steps.claim(ticket, "majorfault.link", by=by), by=by)
    audit.record("fault.linked", fault, by=by, ticket=ticket.pk)
    return row


@transaction.atomic
def unlink_from_fault(fault: MajorFault, *, by: User, ticket: Ticket) -> None:
    """Say that it reports something else. What was written into it stays there."""
    fault = _claim(fault, "majorfault.link", by=by)
    _must_be_open(fault)
    row = steps.claim(ticket, "majorfault.link", by=by)
    gone, _rows = fault.links.filter(ticket=row).delete()
    if not gone:
        raise Refused(_("This ticket is not linked."))
    steps.change(row)
    steps.trace(row, Kind.OUT_FAULT, by=by, reason=fault.title, fault=fault.pk)
    audit.record("fault.unlinked", fault, by=by, ticket=ticket.pk)


@transaction.atomic
def write_update(fault: MajorFault, *, by: User, text: str) -> FaultUpdate:
    """One text to all: a public message into each unfinished ticket, and a line on the page that
    everybody concerned reads. Confidential tickets are told, too.
    """
    fault = _claim(fault, "majorfault.handle", by=by)
    _must_be_open(fault)
    update = _tell_all(fault, text, by=by)
    _told(fault, "fault.updated", by=by, update=update.pk)
    return update


@transaction.atomic
def end_major_fault(fault: MajorFault, *, by: User, text: str) -> MajorFault:
    """It is over, with the last text to all. Its page ends, and so do the escalations of its
    tickets, decided by these words. It stays on the board until it is reviewed.
    """
    fault = _claim(fault, "majorfault.handle", by=by)
    _must_be_open(fault)
    update = _tell_all(fault, text, by=by)
    raised = Escalation.objects.open().filter(ticket__fault_links__fault=fault, reason=WORST_CASE)
    decided = Escalation.End.DECIDED
    escalation.settle(raised, decided, decision=text, decided_by=by)
    _save(fault, ended_at=timezone.now(), ended_by=by)
    for page in Page.objects.open().filter(alarm.of(fault)):
        oncall.resolve(page, by=User.objects.desk())
    _told(fault, "fault.ended", by=by, update=update.pk)
    return fault


@transaction.atomic
def review_major_fault(fault: MajorFault, *, by: User, review: str, decisions: str) -> MajorFault:
    """Say why it came about and what was decided so that it does not again. Once, after the end."""
    fault = _claim(fault, "majorfault.handle", by=by)
    for field, given in (("review", review), ("decisions", decisions)):
        if not given.strip():
            raise Invalid.blank(field)
    if fault.is_open:
        raise WrongState(fault.state, _("reviewed"))
    if fault.reviewed_at:
        raise WrongState(_("reviewed"), _("reviewed"))
    _save(fault, review=review, decisions=decisions, reviewed_at=timezone.now(), reviewed_by=by)
    _told(fault, "fault.reviewed", by=by)
    return fault


def _link(fault: MajorFault, ticket: Ticket, *, by: User) -> FaultTicket:
    row, new = fault.links.get_or_create(ticket=ticket, defaults={"linked_by": by})
    if not new:
        raise Refused(_("This ticket is linked already."))
    steps.change(ticket)
    steps.trace(ticket, Kind.IN_FAULT, by=by, reason=fault.title, fault=fault.pk)
    return row


def _tell_all(fault: MajorFault, text: str, *, by: User) -> FaultUpdate:
    if not text.strip():
        raise Invalid.blank("text")
    for ticket in _unfinished(fault):
        message = steps.say(ticket, by=by, text=text, channel=Message.Channel.OFFICE)
        steps.change(ticket, unanswered_since=None)
        steps.announce(ticket, "ticket.replied", by=by, message=message.pk)
        wind(ticket)
    return fault.updates.create(by=by, text=text)


def _unfinished(fault: MajorFault) -> Iterable[Ticket]:
    """Locked in one order; visibility is not asked, as with defects."""
    rows = Ticket.objects.filter(fault_links__fault=fault).exclude(status__in=DONE)
    rows = rows.select_related("team__calendar", "organisation").order_by("number")
    return rows.select_for_update(of=("self",), no_key=True)


def _must_be_open(fault: MajorFault) -> None:
    if not fault.is_open:
        raise WrongState(_("ended"), _("open"))


def _claim(fault: MajorFault, verb: str, *, by: User) -> MajorFault:
    access.require(by, verb)
    rows = MajorFault.objects.visible_to(by).select_for_update(of=("self",), no_key=True)
    return rows.get(pk=fault.pk)


def _save(fault: MajorFault, **facts: Any) -> None:
    for name, value in facts.items():
        setattr(fault, name, value)
    fault.save(update_fields=list(facts))


def _told(fault: MajorFault, verb: str, *, by: User, **facts: Any) -> None:
    audit.record(verb, fault, by=by, **facts)
    outbox.emit(verb, fault=fault.pk, by=by.pk, **facts)
