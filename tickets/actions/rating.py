"""What the customer says once a ticket is closed."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supportdesk.accounts.models import User
from supportdesk.audit import actions as audit
from supportdesk.errors import Invalid, NotAllowed, Refused, WrongState
from tickets.actions import steps
from tickets.models import Rating, Status, Ticket
from tickets.models.rating import CHANGEABLE


@transaction.atomic
def rate(ticket: Ticket, *, by: User, score: int, comment: str = "") -> Rating:
    """Say how content one is, from 1 to 5. Said again within CHANGEABLE of the first time, it
    replaces what was said; the comment may stay empty.

    Raises NotAllowed for anybody but those the ticket is for, WrongState unless it is closed,
    Refused when it is too late to change.
    """
    ticket = steps.claim(ticket, "ticket.rate", by=by)
    if by.pk not in (ticket.opened_by_id, ticket.caller_id):
        raise NotAllowed("ticket.rate")
    if ticket.status != Status.CLOSED:
        raise WrongState(Status(ticket.status), Status.CLOSED)
    if score not in Rating.Score.values:
        raise Invalid(_("Choose one of the five."), "score")
    row, new = Rating.objects.get_or_create(
        ticket=ticket, person=by, defaults={"score": score, "comment": comment.strip()}
    )
    if not new:
        if timezone.now() > row.at + CHANGEABLE:
            raise Refused(_("Your answer is kept; it can be changed for two weeks only."))
        row.score, row.comment = score, comment.strip()
        row.save(update_fields=["score", "comment"])
    audit.record("ticket.rated", ticket, by=by, score=score)
    return row
