"""How it was: said once by each who took part."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.audit import actions as audit
from supportdesk.errors import Refused, WrongState
from training.models import Enrolment, Feedback, State


@transaction.atomic
def give_feedback(
    enrolment: Enrolment, *, by: User, points: Mapping[str, int], text: str = ""
) -> Feedback:
    """Answer all questions about a session one took part in, each with one to five points.

    Raises WrongState for who was not there, Refused before its end and the second time. The
    record says that somebody answered, not what.
    """
    row = claim_feedback(enrolment, by=by)
    feedback = Feedback.objects.create(enrolment=row, **points, text=text.strip())
    audit.record("session.rated", row.session, by=by)
    return feedback


def claim_feedback(enrolment: Enrolment, *, by: User) -> Enrolment:
    """One's own place, under its lock, if something may be said about it now."""
    access.require(by, "session.enrol")
    own = Enrolment.objects.filter(person=by).select_for_update(of=("self",), no_key=True)
    row = own.select_related("session__course").get(pk=enrolment.pk)
    if row.state != State.ATTENDED:
        raise WrongState(State(row.state), State.ATTENDED)
    if row.session.ends_at > timezone.now():
        raise Refused(_("The session is not over yet."))
    if Feedback.objects.filter(enrolment=row).exists():
        raise Refused(_("You have told us already. Thank you."))
    return row
