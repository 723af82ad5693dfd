"""What news of packages and systems does to the tickets that wait for a correction.

Each ticket follows in a transaction of its own: nobody's reply waits for a hundred others. The verb
looks at what is, so it does no harm to call it once too often.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from releases.models import Package, System
from supportdesk.accounts.models import User
from supportdesk.messaging import outbox
from supportdesk.messaging.outbox import reacts_to
from tickets import actions
from tickets.models import Status, Ticket
from tickets.models.ticket import TicketQuerySet


@reacts_to("ticket.fixed", "ticket.to_follow")
def follow_its_correction(ticket: int, **_more: Any) -> None:
    """Also right after it began to wait: what happened meanwhile was not known then."""
    actions.follow_correction(Ticket.objects.get(pk=ticket), by=User.objects.desk())


@reacts_to("package.delivered")
def look_at_tickets_of_those_who_have_it(organisations: list[int], **_more: Any) -> None:
    _follow(Ticket.objects.awaiting().filter(organisation__in=organisations))


@reacts_to("package.planned", "package.replanned", "package.released")
def look_at_tickets_of_the_line(package: int, **_more: Any) -> None:
    _follow(_on_line(Package.objects.get(pk=package).line_id))


@reacts_to("package.withdrawn")
def look_at_tickets_that_lose_it(package: int, **_more: Any) -> None:
    """Also at those it has solved, until they are closed."""
    _follow(_on_line(Package.objects.get(pk=package).line_id))
    _follow(Ticket.objects.filter(status=Status.RESOLVED, package=package))


@reacts_to("validity.assessed")
def look_at_tickets_of_the_correction(correction: int, **_more: Any) -> None:
    mended = Q(diagnosis__correction=correction) | Q(diagnosis__defect__correction=correction)
    _follow(Ticket.objects.awaiting().filter(mended))


@reacts_to("system.reported")
def look_at_tickets_of_the_system(system: int, **_more: Any) -> None:
    owner = System.objects.get(pk=system).organisation_id
    _follow(Ticket.objects.awaiting().filter(organisation=owner))


def _on_line(line: int) -> TicketQuerySet:
    """Of those who run it."""
    running = System.objects.running().filter(installed__line=line)
    return Ticket.objects.awaiting().filter(organisation__in=running.values("organisation"))


def _follow(tickets: TicketQuerySet) -> None:
    for number in tickets.order_by("number").values_list("number", flat=True):
        outbox.emit("ticket.to_follow", ticket=number)
