"""What systems hear, customers' of tickets and development's of defects: that something happened,
never what was written.
"""

from __future__ import annotations

from django.db.models import Exists, QuerySet

from supportdesk.accounts.models import Webhook
from supportdesk.messaging import dispatch
from supportdesk.messaging.models import Endpoint
from tickets.models import Defect, MajorFault, Ticket

# Events inside the house, and what they are called outside. Notes and searches for somebody are
# nobody's business but ours; who has it is told when there is somebody.
TOLD = {
    "ticket.opened": "ticket.opened",
    "ticket.routed": "ticket.assigned",
    "ticket.assigned": "ticket.assigned",
    "ticket.taken": "ticket.assigned",
    "ticket.handed_on": "ticket.handed_on",
    "ticket.taken_away": "ticket.handed_on",
    "ticket.replied": "ticket.replied",
    "ticket.waiting": "ticket.waiting",
    "ticket.resumed": "ticket.resumed",
    "ticket.to_dev": "ticket.in_development",
    "ticket.fixed": "ticket.waiting_for_delivery",
    "ticket.returned": "ticket.resumed",
    "ticket.delivered": "ticket.waiting",
    "ticket.promised": "ticket.waiting_for_delivery",
    "ticket.recalled": "ticket.resumed",
    "ticket.unlinked": "ticket.resumed",
    "ticket.resolved": "ticket.resolved",
    "ticket.confirmed": "ticket.closed",
    "ticket.closed": "ticket.closed",
    "ticket.reopened": "ticket.reopened",
    "ticket.regraded": "ticket.priority_changed",
    "ticket.objected": "ticket.objected",
    "ticket.ruled": "ticket.objection_decided",
    "ticket.escalated": "ticket.escalated",
    "ticket.decided": "ticket.escalation_decided",
}
# The same of access to their systems, which names no step of the ticket.
OF_ACCESS = [
    "access.asked",
    "access.approved",
    "access.declined",
    "access.withdrawn",
    "access.begun",
    "access.done",
    "access.ended",
    "access.revoked",
]
# Of the worst case, those whom it concerns hear with or without a ticket.
OF_FAULTS = ["fault.declared", "fault.updated", "fault.ended"]
# Of defects the vendor's own systems hear: behind one stand customers who must not see each other.
OF_DEFECTS = [
    "defect.reported",
    "defect.accepted",
    "defect.fixed",
    "defect.rejected",
    "defect.commented",
]
# Of these only what the customer's own people brought up: what worries us is ours.
THEIR_OWN = {"ticket.escalated", "ticket.decided"}


def tell(ticket: Ticket, event: str, occasion: object) -> None:
    """Once per system and occasion. Whoever hears it reads the rest with a token of their own."""
    if ticket.confidential:
        return  # a system has no name that could stand among its readers
    body = {
        "number": ticket.number,
        "organisation": ticket.organisation.code,
        "status": ticket.status,
        "priority": ticket.priority,
    }
    hearing = Webhook.objects.hearing_of(ticket.organisation).filter(endpoint__is_active=True)
    for webhook in hearing.select_related("endpoint"):
        key = f"{event}:{ticket.pk}:{occasion}"
        dispatch.webhook(webhook.endpoint, TOLD.get(event, event), body, key=key, subject=ticket)


def heard_by(endpoint: Endpoint) -> QuerySet[Ticket]:
    """Asked again when a message goes out: mandates end, tickets become confidential."""
    return Ticket.objects.filter(
        confidential=False, organisation__in=Webhook.objects.organisations_heard(endpoint)
    )


def tell_of_fault(fault: MajorFault, event: str, occasion: object) -> None:
    """The systems of everybody concerned. They read the rest with a token of their own."""
    for webhook in Webhook.objects.filter(endpoint__is_active=True).select_related("endpoint"):
        if faults_heard_by(webhook.endpoint).filter(pk=fault.pk).exists():
            key = f"{event}:{fault.pk}:{occasion}"
            dispatch.webhook(webhook.endpoint, event, {"fault": fault.pk}, key=key, subject=fault)


def faults_heard_by(endpoint: Endpoint) -> QuerySet[MajorFault]:
    return MajorFault.objects.heard_of_by(Webhook.objects.organisations_heard(endpoint))


def tell_of_defect(defect: Defect, event: str, occasion: object, **facts: object) -> None:
    """Development's tracker, which reads the rest and answers with a token of its own."""
    body = {
        "number": defect.number,
        "module": defect.module.code,
        "state": defect.state,
        "tracker_key": defect.tracker_key,
        **facts,
    }
    hearing = Webhook.objects.of_the_vendor().filter(endpoint__is_active=True)
    for webhook in hearing.select_related("endpoint"):
        key = f"{event}:{defect.pk}:{occasion}"
        dispatch.webhook(webhook.endpoint, event, body, key=key, subject=defect)


def defects_heard_by(endpoint: Endpoint) -> QuerySet[Defect]:
    ours = Webhook.objects.of_the_vendor().filter(endpoint=endpoint)
    return Defect.objects.filter(Exists(ours))
