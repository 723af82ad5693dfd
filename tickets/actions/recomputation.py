"""Reading the clocks of many tickets again, because what they rest on has changed."""

from __future__ import annotations

import logging

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from supportdesk.accounts import access
from supportdesk.accounts.models import Organisation, User
from supportdesk.messaging import hints
from supportdesk.worktime.arithmetic import Closed
from supportdesk.worktime.models import Calendar
from tickets.actions.clockwork import rewind
from tickets.models import Recomputation, Ticket

logger = logging.getLogger(__name__)
BATCH = 20  # tickets whose rows are locked together: well under a second


@transaction.atomic
def begin_recomputation(
    *, by: User, calendar: Calendar | None = None, organisation: Organisation | None = None
) -> Recomputation:
    """Have the open tickets of a calendar or a customer, or all, read again in the background.

    One that is still on its way for the same begins anew: what it has read is out of date.
    """
    access.require(by, "ticket.rewind")
    rows = Recomputation.objects.open().select_for_update()
    row = rows.filter(calendar=calendar, organisation=organisation).first()
    row = row or Recomputation(calendar=calendar, organisation=organisation)
    row.started_at, row.last, row.done = timezone.now(), 0, 0
    row.total = row.tickets().count()
    row.until = row.tickets().aggregate(until=Max("number"))["until"] or 0
    row.save()
    hints.after_commit("tickets.tasks.recompute_clocks")
    return row


@transaction.atomic
def recompute_some(*, by: User) -> bool:
    """Read the next few tickets of a recomputation; False when none waits.

    A batch and its place in the order are one transaction: killed in between, it is read again by
    whoever comes next. What another worker reads just now is passed over.
    """
    access.require(by, "ticket.rewind")
    row = Recomputation.objects.open().order_by("pk").select_for_update(skip_locked=True).first()
    if row is None:
        return False
    waiting = row.tickets().filter(number__gt=row.last, number__lte=row.until)
    numbers = list(waiting.order_by("number").values_list("number", flat=True)[:BATCH])
    for number in numbers:
        try:
            rewind(Ticket(number=number), by=by)
        except Closed:  # hours that somebody emptied: one ticket does not hold up the others
            logger.error("Ticket %s keeps its clocks: its calendar never opens.", number)
    row.done = min(row.total, row.done + len(numbers))
    row.last = max(numbers, default=row.last)
    if len(numbers) < BATCH:
        row.finished_at = timezone.now()
    row.save(update_fields=["done", "last", "finished_at"])
    return True
