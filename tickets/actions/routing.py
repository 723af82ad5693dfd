"""Routing as a verb: look for somebody, and say why it is them."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from supportdesk.accounts import access
from supportdesk.accounts.models import Team, User
from supportdesk.errors import WrongState
from tickets import routing, situation
from tickets.actions import steps
from tickets.actions.assignment import put_in_charge
from tickets.models import HistoryEntry, RoutingDecision, Status, Ticket


@transaction.atomic
def route(ticket: Ticket, *, by: User) -> RoutingDecision:
    """Find a specialist for a ticket that waits for one; nobody suitable is an answer too.

    The decision is kept with all it rested on. Raises WrongState for a ticket that somebody has
    already, or that is done.

    Decisions of one team happen one after the other, so that each sees the load that the one
    before has made: its row is locked for that, always before the ticket's.
    """
    access.require(by, "ticket.route")
    Team.objects.select_for_update(no_key=True).get(pk=ticket.team_id)
    ticket = steps.claim(ticket, "ticket.route", by=by)
    if not ticket.seeks_somebody:
        raise WrongState(Status(ticket.status), HistoryEntry.Kind.ROUTED)
    now = timezone.now()
    seen = situation.read(ticket, at=now)
    answer = routing.decide(seen)
    if answer.chosen is None and (known := _known_reason(ticket, answer.reason)):
        steps.change(ticket, routed_at=now, changed_at=ticket.changed_at)
        return known
    decision = RoutingDecision.objects.create(
        ticket=ticket,
        at=now,
        team=ticket.team,
        chosen_id=answer.chosen,
        rule_version=routing.RULE_VERSION,
        reason=answer.reason,
        situation=seen.as_json(),
        decision=answer.as_json(),
    )
    _follow(ticket, decision, by=by)
    return decision


def _known_reason(ticket: Ticket, reason: str) -> RoutingDecision | None:
    """The last decision, if it said the same: tried again in vain is no news and no new row."""
    if ticket.routed_at is None:
        return None
    last = ticket.routing_decisions.first()
    return last if last and (last.reason, last.team_id) == (reason, ticket.team_id) else None


def _follow(ticket: Ticket, decision: RoutingDecision, *, by: User) -> None:
    """Do as decided. Who had a handed-on ticket keeps it until somebody is found."""
    if decision.chosen:
        put_in_charge(ticket, decision.chosen, routed_at=decision.at)
        steps.trace(ticket, HistoryEntry.Kind.ROUTED, by=by, to=decision.chosen_id)
        return
    steps.change(ticket, routed_at=decision.at)
    steps.trace(ticket, HistoryEntry.Kind.UNROUTED, by=by, reason=decision.reason, public=False)
