"""From a ticket to a course, where the cause was that somebody did not know."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from supportdesk.accounts.models import User
from supportdesk.errors import Refused
from tickets.actions import steps
from tickets.models import Ticket, Verdict
from training.actions import propose_course as propose
from training.models import Course, Proposal


@transaction.atomic
def propose_course(ticket: Ticket, *, by: User, course: Course) -> Proposal:
    """Propose a course on the topic of a handling error to whoever reported it.

    Raises Refused for another cause, a course on another topic, and the second time.
    """
    ticket = steps.claim(ticket, "ticket.propose_course", by=by)
    found = ticket.diagnosis
    if found is None or found.verdict != Verdict.HANDLING_ERROR or found.topic is None:
        raise Refused(_("A course is proposed where the cause is a handling error."))
    if not found.topic.courses.filter(pk=course.pk, is_active=True).exists():
        raise Refused(_("This course is about something else."))
    person = ticket.caller or ticket.opened_by
    return propose(course, ticket.organisation, person, by=by, ticket=ticket.number)
