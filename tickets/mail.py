"""Who is told what about a ticket, and in which letter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from supportdesk.accounts.access import Role
from supportdesk.accounts.models import User
from supportdesk.messaging import notices
from supportdesk.messaging.models import Dispatch
from tickets import rating_page, reply_address
from tickets.models import REOPEN_WINDOW, Attachment, HistoryEntry, Message, Ticket

DAY = timedelta(days=1)
MOST_RECEIPTS = 10


@dataclass(frozen=True)
class Letter:
    """One occasion to write. `key` names it, so that a repeated reaction tells nobody twice."""

    name: str  # its templates: mail/ticket/<name>.*
    event: str  # what a person switches off in their profile
    ticket: Ticket
    actor: User
    key: object
    message: Message | None = None
    attachment: Attachment | None = None
    step: HistoryEntry | None = None
    asks: bool = False  # how content the reader is

    def to(self, people: Iterable[User]) -> None:
        """Write to those who may read the ticket at this moment, but never to whoever acted."""
        for reader in people:
            if reader.pk != self.actor.pk and _may_read(reader, self.ticket):
                self._write(reader)

    def _write(self, reader: User) -> None:
        url = address(self.ticket, reader)
        closed_at = self.ticket.closed_at
        notices.tell(
            reader,
            self.event,
            f"ticket/{self.name}",
            key=f"ticket.{self.name}:{self.ticket.pk}:{self.key}",
            url=url,
            subject=self.ticket,
            headers=reply_address.headers(self.ticket, reader),
            ticket=self.ticket,
            reader=reader,
            actor=self.actor,
            text=self._words(reader),
            files=self._files(),
            attachment=self.attachment,
            step=self.step,
            link=settings.BASE_URL.rstrip("/") + url,
            rating=rating_page.links(self.ticket, reader) if self.asks else [],
            reopens_until=closed_at + REOPEN_WINDOW if closed_at else None,
        )

    def _files(self) -> list[tuple[Attachment, str]]:
        """What came with public words: as links, which ask who opens them."""
        if self.ticket.confidential or self.message is None or not self.message.is_public:
            return []
        base = settings.BASE_URL.rstrip("/")
        rows = self.message.attachments.all()
        return [(row, base + reverse("attachment", args=[row.pk])) for row in rows]

    def _words(self, reader: User) -> str:
        """Public words go along, and to colleagues what the desk itself says; a confidential
        ticket keeps them.
        """
        if self.ticket.confidential:
            return ""
        if self.step is not None:
            ours = reader.is_vendor and self.actor.is_any(Role.SYSTEM)
            return self.step.reason if self.step.public or ours else ""
        return self.message.own_words if self.message and self.message.is_public else ""


def customers(ticket: Ticket) -> list[User]:
    """Whom the ticket is for: opener, caller, and colleagues who wrote on it."""
    wrote = ticket.messages.filter(visibility=Message.Visibility.PUBLIC).values("author")
    return _theirs(ticket, Q(pk__in=[ticket.opened_by_id, ticket.caller_id]) | Q(pk__in=wrote))


def owners(ticket: Ticket) -> list[User]:
    """Only those the ticket is for by name."""
    return _theirs(ticket, Q(pk__in=[ticket.opened_by_id, ticket.caller_id]))


def _theirs(ticket: Ticket, which: Q) -> list[User]:
    """Those of the customer who may still read it. Where nobody is left, because the desk entered
    it for nobody in particular or a mandate ended, the coordinators of the organisation.
    """
    people = User.objects.filter(which, organisation__isnull=False)
    coordinators = User.objects.active().holding(Role.COORDINATOR)
    return [person for person in people if _may_read(person, ticket)] or list(
        coordinators.filter(organisation=ticket.organisation)
    )


def in_charge(ticket: Ticket) -> list[User]:
    """The specialist; where nobody can be reached there, the team's leads. Never nobody."""
    if ticket.assignee and ticket.assignee.is_active:
        return [ticket.assignee]
    return leads(ticket)


def leads(ticket: Ticket) -> list[User]:
    """The team's leads, or all where it has none."""
    everybody = User.objects.active().holding(Role.LEAD)
    return list(everybody.filter(team=ticket.team)) or list(everybody)


def was_answered_often(person: User) -> bool:
    """Whether they had their fill of receipts today (RFC 3834 wants a limit per address)."""
    day = Dispatch.objects.filter(recipient=person, created_at__gte=timezone.now() - DAY)
    return day.filter(dedupe_key__startswith="ticket.received:").count() >= MOST_RECEIPTS


def watchers(ticket: Ticket) -> list[User]:
    """Who asked to hear what becomes of an open escalation."""
    watched = ticket.escalations.open().values("watchers")
    return list(User.objects.active().filter(pk__in=watched))


def address(ticket: Ticket, reader: User) -> str:
    """Where this reader finds the ticket: the workbench or the portal."""
    if reader.is_vendor:
        return reverse("admin:tickets_ticket_change", args=[ticket.pk])
    return reverse("ticket", args=[ticket.pk])


def _may_read(reader: User, ticket: Ticket) -> bool:
    """Asked when the letter is written: mandates end, people leave."""
    return Ticket.objects.visible_to(reader).filter(pk=ticket.pk).exists()
