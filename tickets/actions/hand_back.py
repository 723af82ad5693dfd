"""How a ticket goes back to levels 1 and 2: with a reason, and with what they should check."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from supportdesk.accounts.models import User
from supportdesk.errors import Invalid
from tickets.actions import steps
from tickets.actions.clockwork import wind
from tickets.models import CheckPoint, HandBack, HistoryEntry, Status, Ticket


@transaction.atomic
def hand_back(
    ticket: Ticket, *, by: User, reason: str, missing: Collection[CheckPoint], channel: str
) -> HandBack:
    """Ask for what levels 1 and 2 should have checked, wait for it, and count it.

    The customer reads the reason and the points as one message; our clocks rest meanwhile.
    Raises Invalid without a reason or a point, or for points of another module, WrongState
    where nobody can wait for the customer.
    """
    ticket = steps.claim(ticket, "ticket.hand_back", by=by)
    if not reason.strip():
        raise Invalid.blank("reason")
    points = list(CheckPoint.objects.asked_of(ticket.module).filter(pk__in=[p.pk for p in missing]))
    if not points or len(points) != len(missing):
        raise Invalid(_("Choose what should have been checked."), "missing")
    steps.move(ticket, Status.WAITING_CUSTOMER, unanswered_since=None)
    text = _in_words(ticket, reason, points)
    message = steps.say(ticket, by=by, text=text, channel=channel)
    row = ticket.hand_backs.create(at=timezone.now(), by=by, reason=reason.strip())
    row.missing.set(points)
    facts = {"hand_back": row.pk, "points": len(points)}
    steps.trace(ticket, HistoryEntry.Kind.WAITING, by=by, message=message.pk, **facts)
    wind(ticket)
    return row


def _in_words(ticket: Ticket, reason: str, points: list[CheckPoint]) -> str:
    """In the language of whoever sent it: they are the ones to check."""
    with translation.override((ticket.caller or ticket.opened_by).language):
        asked = _("Please check and tell us:")
    return "\n".join([reason.strip(), "", asked, *[f"- {point}" for point in points]])
