"""What lies in the inboxes of those everybody meets in the demo: the notices of the last days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from demo import cast
from supportdesk.accounts.models import User
from supportdesk.messaging import about, letters
from supportdesk.messaging.models import Notice
from tickets import mail
from tickets.models import HistoryEntry, Ticket

LATELY = timedelta(days=12)
MOST, UNREAD = 12, 3  # of one person
# A step of a ticket's history: what a person may switch off, and the letter that goes with it.
TO_CUSTOMERS = {
    "routed": ("ticket.assigned", "in_work"),
    "waiting": ("ticket.replied", "waiting"),
    "resolved": ("ticket.resolved", "resolved"),
}
TO_SPECIALISTS = {
    "routed": ("ticket.assigned", "assigned"),
    "reopened": ("ticket.reopened", "reopened"),
    "confirmed": ("ticket.resolved", "confirmed"),
}


def write(now: datetime) -> int:
    """Through no letter: nobody gets mail for what happened before the desk was opened."""
    people = User.objects.filter(email__in=[email for email, _role in cast.LOGINS])
    notices = [notice for person in people for notice in _of(person, now)]
    Notice.objects.bulk_create(notices)
    return len(notices)


def _of(person: User, now: datetime) -> Iterator[Notice]:
    told = TO_SPECIALISTS if person.is_vendor else TO_CUSTOMERS
    mine = Q(assignee=person) if person.is_vendor else Q(opened_by=person) | Q(caller=person)
    tickets = Ticket.objects.visible_to(person).filter(mine)
    steps = HistoryEntry.objects.filter(ticket__in=tickets, kind__in=told, at__gte=now - LATELY)
    latest = steps.select_related("ticket", "by").order_by("-at", "-pk")[:MOST]
    for n, step in enumerate(latest):
        read_at = None if n < UNREAD else min(now, step.at + timedelta(minutes=40))
        yield _notice(person, step, read_at, *told[step.kind])


def _notice(
    person: User, step: HistoryEntry, read_at: datetime | None, event: str, letter: str
) -> Notice:
    ticket = step.ticket
    words: dict[str, Any] = {"ticket": ticket, "reader": person, "actor": step.by}
    return Notice(
        user=person,
        event=event,
        title=letters.subject(f"ticket/{letter}", person.language, words)[:250],
        url=mail.address(ticket, person),
        **about.facts(ticket),
        dedupe_key=f"ticket.{letter}:{ticket.pk}:{step.pk}:{person.pk}",
        created_at=step.at,
        read_at=read_at,
    )
