"""Who is in charge of a ticket."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supportdesk.accounts.access import Role
from supportdesk.accounts.models import Team, User
from supportdesk.errors import Invalid, Refused, WrongState
from tickets.actions import steps
from tickets.actions.clockwork import wind
from tickets.models import DONE, HistoryEntry, Status, Ticket


@transaction.atomic
def assign(ticket: Ticket, *, by: User, to: User, reason: str = "") -> Ticket:
    """Put a specialist in charge. The first assignment opens a new ticket."""
    ticket = steps.claim(ticket, "ticket.assign", by=by)
    put_in_charge(ticket, to)
    steps.trace(ticket, HistoryEntry.Kind.ASSIGNED, by=by, reason=reason, to=to.pk)
    return ticket


@transaction.atomic
def take(ticket: Ticket, *, by: User) -> Ticket:
    """Take charge oneself. Taking what one already has is refused, so a second click says so."""
    ticket = steps.claim(ticket, "ticket.take", by=by)
    if ticket.assignee_id == by.pk:
        raise Refused(_("You are already in charge of this ticket."))
    put_in_charge(ticket, by)
    steps.trace(ticket, HistoryEntry.Kind.TAKEN, by=by)
    return ticket


@transaction.atomic
def hand_on(ticket: Ticket, *, by: User, team: Team, reason: str, to: User | None = None) -> Ticket:
    """Give the ticket to another team, or to a person of it; without a person it is routed again.

    The reason is for colleagues: customers see that the ticket moved, not why.
    """
    ticket = steps.claim(ticket, "ticket.hand_on", by=by)
    _refuse_done(ticket)
    if not reason.strip():
        raise Invalid.blank("reason")
    if to is not None and to.team_id != team.pk:
        raise Invalid(_("This person belongs to another team."), "to")
    if to is None:
        # Routing looks for somebody of the new team; until then the former person stays in charge,
        # so that a ticket in work never hangs in the air.
        steps.change(ticket, team=team, routed_at=None)
    else:
        put_in_charge(ticket, to, team=team)
    steps.trace(ticket, HistoryEntry.Kind.HANDED_ON, by=by, reason=reason, public=False)
    wind(ticket)  # the other team may have other hours
    return ticket


def put_in_charge(ticket: Ticket, person: User, **facts: Any) -> None:
    """Set the assignee on a claimed ticket; a new one opens. Routing uses this too."""
    _refuse_done(ticket)
    if not person.is_active or not person.is_any(Role.AGENT, Role.LEAD):
        raise Invalid(_("Only specialists can be in charge of a ticket."), "to")
    now = timezone.now()
    # Whoever is put in charge by hand needs no routing any more.
    facts = {"assignee": person, "assigned_at": now, "routed_at": ticket.routed_at or now, **facts}
    if ticket.status == Status.NEW:
        steps.move(ticket, Status.OPEN, **facts)
    else:
        steps.change(ticket, **facts)


def _refuse_done(ticket: Ticket) -> None:
    if ticket.status in DONE:
        raise WrongState(Status(ticket.status), Status.OPEN)
