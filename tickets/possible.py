"""What a ticket's state lets one do next, in the words a refused verb would use.

Pages ask here before they show a button; the verbs ask again under the lock.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from supportdesk.accounts.access import Role
from supportdesk.accounts.models import User
from supportdesk.errors import WrongState
from tickets.models import DONE, NEXT, Escalation, HistoryEntry, Objection, Status, Ticket

NOT_WAITING = [Status.NEW, Status.OPEN, *DONE]


def _leading_nowhere(to: Status) -> list[Status]:
    return [now for now in Status if to not in NEXT[now]]


# verb: the states that refuse it, and the state it asks for
REFUSED: dict[str, tuple[list[Status], Status]] = {
    "reply": (DONE, Status.OPEN),
    "take": (DONE, Status.OPEN),
    "assign": (DONE, Status.OPEN),
    "hand_on": (DONE, Status.OPEN),
    "change_priority": (DONE, Status.OPEN),
    "ask_access": (DONE, Status.OPEN),
    "escalate": (DONE, Status.OPEN),
    "wait_for_customer": (_leading_nowhere(Status.WAITING_CUSTOMER), Status.WAITING_CUSTOMER),
    "hand_back": (_leading_nowhere(Status.WAITING_CUSTOMER), Status.WAITING_CUSTOMER),
    "resume": (NOT_WAITING, Status.OPEN),
    "diagnose": ([Status.CLOSED], Status.OPEN),
    "withdraw_verdict": (DONE, Status.OPEN),
    "link_correction": (DONE, Status.WAITING_DELIVERY),
    "resolve": (_leading_nowhere(Status.RESOLVED), Status.RESOLVED),
    "confirm": ([status for status in Status if status != Status.RESOLVED], Status.CLOSED),
    "reopen": ([status for status in Status if status not in DONE], Status.OPEN),
}


def why_not(verb: str, ticket: Ticket, *, by: User, at: datetime) -> str:
    """Empty when the state allows the verb. Rights are another question: access.may."""
    now = Status(ticket.status)
    refused_in, wanted = REFUSED.get(verb, ([], now))
    if verb == "take" and ticket.assignee_id == by.pk:
        return _("You are already in charge of this ticket.")
    if now in refused_in:
        return str(WrongState(now, wanted))
    if verb == "reopen" and not ticket.may_reopen(at):
        return str(WrongState(now, wanted))
    return ""


def may_object(ticket: Ticket, by: User) -> bool:
    """Whose objection to the priority it would be: the opener's, the caller's, a coordinator's."""
    return by.pk in (ticket.opened_by_id, ticket.caller_id) or by.is_any(Role.COORDINATOR)


def why_no_objection(ticket: Ticket) -> str:
    """Empty when the ticket allows an objection to its priority. At most two queries."""
    if ticket.status in DONE:
        return str(WrongState(Status(ticket.status), Status.OPEN))
    objection = Objection.objects.filter(ticket=ticket).first()
    if objection is not None and objection.is_open:
        return _("There is an objection already: a lead decides on it.")
    if objection is not None:
        return _("A lead has decided on an objection. This decision is final.")
    if not ticket.history.filter(kind=HistoryEntry.Kind.REGRADED).exists():
        return _("We have not changed your priority, so there is nothing to object to.")
    return ""


def why_no_escalation(ticket: Ticket) -> str:
    """Empty when a customer may escalate the ticket now. At most one query."""
    if ticket.status in DONE:
        return str(WrongState(Status(ticket.status), Status.OPEN))
    if ticket.escalations.open().filter(reason=Escalation.Reason.CUSTOMER).exists():
        return _("It is escalated already: a lead decides.")
    return ""
