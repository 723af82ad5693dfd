"""Courses proposed to customers, so that the next such ticket need not come."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from supportdesk.accounts import access
from supportdesk.accounts.models import Organisation, User
from supportdesk.audit import actions as audit
from supportdesk.errors import Refused
from supportdesk.messaging import outbox
from training.models import Course, Proposal


@transaction.atomic
def propose_course(
    course: Course, organisation: Organisation, person: User, *, by: User, ticket: int
) -> Proposal:
    """Propose a course to whoever met the difficulty; `ticket` is its number.

    Raises Refused where it has been proposed for this ticket already.
    """
    access.require(by, "course.propose")
    key = {"course": course, "ticket": ticket}
    facts = {"organisation": organisation, "person": person, "proposed_by": by}
    row, is_new = Proposal.objects.get_or_create(**key, defaults=facts)
    if not is_new:
        raise Refused(_("This course is proposed already."))
    audit.record("course.proposed", row, by=by, course=course.pk, ticket=ticket)
    outbox.emit("course.proposed", proposal=row.pk)
    return row
