"""Who was there."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supportdesk.accounts.models import User
from supportdesk.audit import actions as audit
from supportdesk.errors import Refused, WrongState
from supportdesk.messaging import outbox
from training.actions.seating import claim, record
from training.models import Enrolment, Session, SessionState, State

SEATED = [State.BOOKED, State.ATTENDED, State.NO_SHOW]


@transaction.atomic
def record_attendance(
    session: Session, *, by: User, there: Collection[int], absent: Collection[int]
) -> list[Enrolment]:
    """Say of people with a seat, by the keys of their enrolments, who came and who did not.

    A slip is put right by saying it again. Raises Refused before the session has begun.
    """
    session = claim(session, "attendance.record", by=by)
    if session.state not in (SessionState.OPEN, SessionState.DONE):
        raise WrongState(SessionState(session.state), SessionState.DONE)
    if session.starts_at > timezone.now():
        raise Refused(_("The session has not begun."))
    rows = session.enrolments.filter(state__in=SEATED, pk__in={*there, *absent})
    changed = []
    for row in rows.select_related("person"):
        state = State.ATTENDED if row.pk in there else State.NO_SHOW
        if row.state != state:
            row.state = state
            record(row, by=by)
            changed.append(row)
    return changed


@transaction.atomic
def finish_session(session: Session, *, by: User) -> Session:
    """The session is over, and everybody with a seat is accounted for; who waited, waits no more.

    Raises Refused before its end, or while somebody's attendance is open.
    """
    session = claim(session, "attendance.record", by=by)
    if session.state != SessionState.OPEN:
        raise WrongState(SessionState(session.state), SessionState.DONE)
    if session.ends_at > timezone.now():
        raise Refused(_("The session is not over yet."))
    if session.enrolments.filter(state=State.BOOKED).exists():
        raise Refused(_("Please say of everybody with a seat whether they came."))
    for row in session.enrolments.filter(state__in=[State.REQUESTED, State.WAITING, State.OFFERED]):
        row.state, row.offer_until = State.CANCELLED, None
        record(row, by=by)
    session.state = SessionState.DONE
    session.save(update_fields=["state"])
    audit.record("session.finished", session, by=by)
    outbox.emit("session.finished", session=session.pk)
    return session
