"""A template with the facts of one ticket in it: what the reply field starts from."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from supportdesk.accounts.models import Language, User
from tickets import placeholders
from tickets.models import ReplyTemplate, Ticket


def values(ticket: Ticket, *, by: User, language: str) -> dict[str, str]:
    """One for each placeholder there is."""
    person = _customer(ticket)
    with translation.override(language):
        return {
            "agent": by.name,
            "customer": person.name if person else ticket.organisation.name,
            "link": settings.BASE_URL.rstrip("/") + reverse("ticket", args=[ticket.pk]),
            "module": ticket.module.name,
            "number": str(ticket.number),
            "organisation": ticket.organisation.name,
            "priority": ticket.get_priority_display(),
            "subject": ticket.subject,
        }


def language_of(ticket: Ticket) -> str:
    """Of whom the ticket is for; German where the desk entered it for nobody in particular."""
    person = _customer(ticket)
    return str(person.language) if person else Language.GERMAN


def filled(template: ReplyTemplate, ticket: Ticket, *, by: User, language: str = "") -> str:
    language = language or language_of(ticket)
    text = template.english if language == Language.ENGLISH else template.german
    return placeholders.fill(text, values(ticket, by=by, language=language))


def _customer(ticket: Ticket) -> User | None:
    person = ticket.caller or ticket.opened_by
    return None if person.is_vendor else person
