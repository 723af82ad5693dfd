"""What a ticket's state lets one do next, in the words a refused verb would use.

Pages ask here before they show a button; the verbs ask again under the lock.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from supportdesk.accounts.models import User
from supportdesk.errors import WrongState
from tickets.models import DONE, NEXT, Status, Ticket

NOT_WAITING = [Status.NEW, Status.OPEN, *DONE]


def _leading_nowhere(to: Status) -> list[Status]:
    return [now for now in Status if to not in NEXT[now]]


# verb: the states that refuse it, and the state it asks for
REFUSED: dict[str, tuple[list[Status], Status]] = {
    "reply": (DONE, Status.OPEN),
    "take": (DONE, Status.OPEN),
    "assign": (DONE, Status.OPEN),
    "hand_on": (DONE, Status.OPEN),
    "wait_for_customer": (_leading_nowhere(Status.WAITING_CUSTOMER), Status.WAITING_CUSTOMER),
    "resume": (NOT_WAITING, Status.OPEN),
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
