"""What was said on a ticket and what happened to it, in one order, as far as a reader may know."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from operator import attrgetter
from typing import Protocol

from supportdesk.accounts.models import User
from tickets.models import Attachment, HistoryEntry, Ticket


class Moment(Protocol):
    """A message or a history entry; templates tell them apart by `kind`."""

    at: datetime


def of(ticket: Ticket, *, reader: User) -> list[Moment]:
    """Three queries, whatever the length. Each message carries its `files`, and each of these the
    reason why this reader does not get it as `withheld`.

    Steps that a message tells by itself (asking back, resolving) stand right behind it.
    """
    messages = list(
        ticket.messages.readable_by(reader).select_related("author", "author__organisation")
    )
    history = ticket.history.readable_by(reader).select_related("by", "assignee", "team")
    files = defaultdict(list)
    for file in Attachment.objects.filter(ticket=ticket).readable_by(reader):
        file.withheld = file.withheld_from(reader)  # type: ignore[attr-defined]
        files[file.message_id].append(file)
    for message in messages:
        message.files = files[message.pk]  # type: ignore[attr-defined]
    # Sorting is stable: a message comes before the step written with it.
    return sorted([*messages, *history], key=attrgetter("at"))


def last_step(ticket: Ticket) -> HistoryEntry | None:
    """Who moved the ticket last: what a refused verb names."""
    return ticket.history.select_related("by").order_by("-at", "-pk").first()
