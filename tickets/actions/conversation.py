"""What is said on a ticket, and whose turn it is."""

from __future__ import annotations

from django.db import transaction

from supportdesk.accounts.models import User
from supportdesk.errors import WrongState
from tickets.actions import steps
from tickets.actions.attachments import attach
from tickets.actions.clockwork import wind
from tickets.models import DONE, HistoryEntry, Message, Status, Ticket


@transaction.atomic
def reply(ticket: Ticket, *, by: User, text: str, channel: str, files: steps.Files = ()) -> Message:
    """Say something the customer reads.

    A customer's reply hands the turn back to us; ours answers what was open. On a resolved or
    closed ticket nobody just replies: the customer confirms or reopens (WrongState).
    """
    ticket = steps.claim(ticket, "ticket.reply", by=by)
    if ticket.status in DONE:
        raise WrongState(Status(ticket.status), Status.OPEN)
    message = steps.say(ticket, by=by, text=text, channel=channel)
    attach(message, files, by=by)
    _answered(ticket, message)
    steps.announce(ticket, "ticket.replied", by=by, message=message.pk)
    if not by.is_vendor and ticket.status == Status.WAITING_CUSTOMER:
        _resume(ticket, by=by, reason="")
    wind(ticket)
    return message


@transaction.atomic
def note(ticket: Ticket, *, by: User, text: str, channel: str, files: steps.Files = ()) -> Message:
    """Say something only the vendor reads. It stops no clock and answers nobody."""
    ticket = steps.claim(ticket, "ticket.note", by=by)
    message = steps.say(
        ticket, by=by, text=text, channel=channel, visibility=Message.Visibility.INTERNAL
    )
    attach(message, files, by=by)
    steps.change(ticket)
    steps.announce(ticket, "ticket.noted", by=by, message=message.pk)
    return message


@transaction.atomic
def wait_for_customer(
    ticket: Ticket, *, by: User, question: str, channel: str, files: steps.Files = ()
) -> Ticket:
    """Ask the customer and wait: the next move is theirs, and our clocks rest."""
    ticket = steps.claim(ticket, "ticket.wait_for_customer", by=by)
    steps.move(ticket, Status.WAITING_CUSTOMER, unanswered_since=None)
    message = steps.say(ticket, by=by, text=question, channel=channel)
    attach(message, files, by=by)
    steps.trace(ticket, HistoryEntry.Kind.WAITING, by=by, message=message.pk)
    wind(ticket)
    return ticket


@transaction.atomic
def resume(ticket: Ticket, *, by: User, reason: str = "") -> Ticket:
    """Take the turn back without waiting any longer, from any of the waiting states."""
    ticket = steps.claim(ticket, "ticket.resume", by=by)
    # Done ones come back by reopening, new ones by an assignment: both have rules of their own.
    if ticket.status in [Status.NEW, *DONE]:
        raise WrongState(Status(ticket.status), Status.OPEN)
    _resume(ticket, by=by, reason=reason)
    wind(ticket)
    return ticket


def _resume(ticket: Ticket, *, by: User, reason: str) -> None:
    steps.move(ticket, Status.OPEN)
    steps.trace(ticket, HistoryEntry.Kind.RESUMED, by=by, reason=reason)


def _answered(ticket: Ticket, message: Message) -> None:
    """Ours answers what was open; the customer's first unanswered message starts the wait."""
    if message.author.is_vendor:
        steps.change(ticket, unanswered_since=None)
    else:
        steps.change(ticket, unanswered_since=ticket.unanswered_since or message.at)
