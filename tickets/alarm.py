"""When a ticket calls people: at night and on critical days, in the very transaction of the change.

An urgent ticket that nobody is paged for cannot exist, as long as there is a policy for tickets.
"""

from __future__ import annotations

import logging

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from oncall import actions as oncall
from oncall.models import Page, Policy
from supportdesk.accounts.models import User
from supportdesk.worktime import calendars
from supportdesk.worktime.arithmetic import is_open
from tickets import critical
from tickets.models import Escalation, MajorFault, Priority, Ticket
from tickets.models.escalation import LEVELS

logger = logging.getLogger(__name__)


def on_priority(ticket: Ticket) -> Page | None:
    """A standstill out of the team's hours or on a critical day. Inside the verb that made it."""
    if ticket.priority != Priority.STANDSTILL or not _nobody_looks(ticket):
        return None
    return _page(ticket)


def on_escalation(ticket: Ticket, escalation: Escalation) -> Page | None:
    """The worst case at any hour; the highest level when leads do not read their mail.

    A major fault has called people already, once for all its tickets.
    """
    if escalation.reason == Escalation.Reason.WORST_CASE:
        known = MajorFault.objects.open().filter(links__ticket=ticket).exists()
        return None if known else _page(ticket)
    if escalation.level == max(LEVELS) and _nobody_looks(ticket):
        return _page(ticket)
    return None


def on_major_fault(fault: MajorFault) -> Page | None:
    """At any hour, once for all its tickets."""
    url = reverse("admin:tickets_majorfault_change", args=[fault.pk])
    return _call(f"fault:{fault.pk}", fault.title, fault, url)


def of(row: Ticket | MajorFault) -> Q:
    """The pages about it, open or not."""
    return Q(about_type=row._meta.label_lower, about_id=row.pk)


def _nobody_looks(ticket: Ticket) -> bool:
    now = timezone.now()
    if not is_open(calendars.of(ticket.team.calendar), now):
        return True
    return bool(critical.names(now, module=ticket.module, organisation=ticket.organisation))


def _page(ticket: Ticket) -> Page | None:
    # Pages are read by all colleagues, and by whoever looks over a shoulder at three in the night.
    title = f"#{ticket.pk}" if ticket.confidential else f"#{ticket.pk} {ticket.subject}"
    url = reverse("admin:tickets_ticket_change", args=[ticket.pk])
    return _call(f"ticket:{ticket.pk}", title, ticket, url)


def _call(key: str, title: str, subject: Ticket | MajorFault, url: str) -> Page | None:
    policy = Policy.objects.filter(is_default=True).first()
    if policy is None:
        logger.error("%s should call somebody, but no policy is for tickets", key)
        return None
    desk = User.objects.desk()
    return oncall.open_page(key, title, by=desk, policy=policy, subject=subject, url=url)
