"""A fault on its way through development, and what becomes of the tickets that hang on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from releases.actions import note_interest
from releases.models import Correction, Line, Module
from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.audit import actions as audit
from supportdesk.errors import Invalid, Refused, WrongState
from supportdesk.messaging import outbox
from tickets.actions import steps
from tickets.actions.assignment import put_in_charge
from tickets.actions.clockwork import wind
from tickets.actions.waiting import await_package
from tickets.models import (
    DONE,
    Defect,
    DefectComment,
    DefectState,
    HistoryEntry,
    Message,
    Status,
    Ticket,
)
from tickets.models.defect import DEFECT_NEXT

Kind = HistoryEntry.Kind


@dataclass(frozen=True)
class Fault:
    """What development needs to know of a defect that nobody has reported yet."""

    title: str
    steps: str
    line: Line | None = None
    level: int | None = None


@transaction.atomic
def report_defect(module: Module, *, by: User, fault: Fault) -> Defect:
    """Report a fault to the development area in charge of the module."""
    access.require(by, "defect.report")
    if not fault.title.strip():
        raise Invalid(_("Please give the defect a title."), "defect_title")
    if not fault.steps.strip():
        raise Invalid(_("Please say how it can be reproduced."), "defect_steps")
    if (fault.line is None) != (fault.level is None):
        raise Invalid(_("A support package belongs to a line, and a line needs one."), "level")
    defect = Defect.objects.create(
        module=module,
        area=module.development_area,
        title=" ".join(fault.title.split()),
        steps=fault.steps,
        line=fault.line,
        level=fault.level,
        reported_by=by,
    )
    _told(defect, "defect.reported", by=by)
    return defect


@transaction.atomic
def accept_defect(defect: Defect, *, by: User, tracker_key: str = "") -> Defect:
    """Development takes it on, under a number of its own where it has one."""
    defect = _claim(defect, "defect.accept", by=by)
    _move(defect, DefectState.ACCEPTED, tracker_key=tracker_key.strip() or defect.tracker_key)
    _told(defect, "defect.accepted", by=by, tracker_key=defect.tracker_key)
    return defect


@transaction.atomic
def fix_defect(
    defect: Defect, *, by: User, correction: Correction, promised_on: date | None = None
) -> Defect:
    """It is mended by this correction: its tickets wait for delivery, by the end of that day.

    Who reads of it hears the day, not who else waits. Raises Invalid for another module's
    correction and for a day that has passed.
    """
    defect = _claim(defect, "defect.fix", by=by)
    if correction.module_id != defect.module_id:
        raise Invalid(_("This correction belongs to another module."), "correction")
    if promised_on and promised_on < timezone.localdate():
        raise Invalid(_("This day has passed."), "promised_on")
    facts = {"correction": correction, "promised_on": promised_on}
    _move(defect, DefectState.FIXED, ended_at=timezone.now(), **facts)
    for ticket in _behind(defect):
        note_interest(correction, ticket.organisation, ticket.number, open=True)
        if ticket.status == Status.WAITING_DEVELOPMENT:
            await_package(ticket, correction, by=by, on=promised_on, defect=defect.pk)
    _told(defect, "defect.fixed", by=by, correction=correction.pk)
    return defect


@transaction.atomic
def reject_defect(defect: Defect, *, by: User, reason: str) -> Defect:
    """It is none, or will not be fixed: its tickets go back to their specialists.

    The reason is for colleagues; they find the words for the customers.
    """
    defect = _claim(defect, "defect.reject", by=by)
    if not reason.strip():
        raise Invalid.blank("reason")
    _move(defect, DefectState.REJECTED, reason=reason, ended_at=timezone.now())
    for ticket in _waiting(defect):
        steps.move(ticket, Status.OPEN)
        steps.trace(ticket, Kind.RETURNED, by=by, defect=defect.pk)
        wind(ticket)
    _told(defect, "defect.rejected", by=by)
    return defect


@transaction.atomic
def comment_on_defect(defect: Defect, *, by: User, text: str) -> DefectComment:
    """Say something between support and development."""
    defect = _claim(defect, "defect.comment", by=by)
    if not text.strip():
        raise Invalid.blank("text")
    row = defect.comments.create(by=by, text=text)
    _save(defect)
    _told(defect, "defect.commented", by=by, comment=row.pk)
    return row


@transaction.atomic
def inform_all(defect: Defect, *, by: User, text: str) -> list[Ticket]:
    """One public message into each ticket that waits on the defect. No customer reads of another.

    Confidential ones are informed too: who writes sees how many, not which.
    """
    defect = _claim(defect, "defect.inform", by=by)
    if not text.strip():
        raise Invalid.blank("text")
    tickets = list(_behind(defect))
    if not tickets:
        raise Refused(_("No ticket waits on this defect."))
    for ticket in tickets:
        message = steps.say(ticket, by=by, text=text, channel=Message.Channel.OFFICE)
        steps.change(ticket, unanswered_since=None)
        steps.announce(ticket, "ticket.replied", by=by, message=message.pk)
        wind(ticket)
    _told(defect, "defect.informed", by=by, tickets=len(tickets))
    return tickets


def hand_over(ticket: Ticket, defect: Defect, *, by: User) -> None:
    """The ticket waits for development, or for delivery where the fault is mended already. Inside
    a verb that holds it.
    """
    if defect.state == DefectState.REJECTED:
        raise WrongState(DefectState(defect.state), _("open"))
    if ticket.status == Status.NEW:
        put_in_charge(ticket, by)
        steps.trace(ticket, Kind.TAKEN, by=by)
    if ticket.status == Status.WAITING_CUSTOMER:
        steps.move(ticket, Status.OPEN)
        steps.trace(ticket, Kind.RESUMED, by=by)
    if ticket.status == Status.OPEN:
        steps.move(ticket, Status.WAITING_DEVELOPMENT)
        steps.trace(ticket, Kind.TO_DEV, by=by, defect=defect.pk)
        wind(ticket)
    if defect.correction and ticket.status == Status.WAITING_DEVELOPMENT:
        on = defect.promised_on
        await_package(ticket, defect.correction, by=by, on=on, defect=defect.pk)


def take_back(ticket: Ticket, *, by: User) -> None:
    """Its cause is another one: development is not waited for any more. Inside a verb."""
    if ticket.status == Status.WAITING_DEVELOPMENT or ticket.is_awaiting:
        steps.move(ticket, Status.OPEN)
        steps.trace(ticket, Kind.RETURNED, by=by)
        wind(ticket)


def _behind(defect: Defect) -> Iterable[Ticket]:
    """All unfinished tickets of the defect, locked in one order; visibility is not asked."""
    rows = Ticket.objects.behind(defect).exclude(status__in=DONE).order_by("number")
    rows = rows.select_related("team__calendar", "organisation")
    return rows.select_for_update(of=("self",), no_key=True)


def _waiting(defect: Defect) -> list[Ticket]:
    waits = (Status.WAITING_DEVELOPMENT, Status.WAITING_DELIVERY)
    return [ticket for ticket in _behind(defect) if ticket.status in waits]


def _claim(defect: Defect, verb: str, *, by: User) -> Defect:
    access.require(by, verb)
    rows = Defect.objects.visible_to(by).select_for_update(of=("self",), no_key=True)
    return rows.get(pk=defect.pk)


def _move(defect: Defect, to: DefectState, **facts: Any) -> None:
    now = DefectState(defect.state)
    if to not in DEFECT_NEXT[now]:
        raise WrongState(now, to)
    _save(defect, state=to, **facts)


def _save(defect: Defect, **facts: Any) -> None:
    facts["changed_at"] = timezone.now()
    for name, value in facts.items():
        setattr(defect, name, value)
    defect.save(update_fields=list(facts))


def _told(defect: Defect, verb: str, *, by: User, **facts: Any) -> None:
    audit.record(verb, defect, by=by, **facts)
    outbox.emit(verb, defect=defect.pk, by=by.pk, **facts)
