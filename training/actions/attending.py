"""Who was there: said by the trainer, or by the code of the day."""

from __future__ import annotations

import secrets
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.audit import actions as audit
from supportdesk.errors import Invalid, Refused, WrongState
from supportdesk.messaging import outbox
from training.actions.certifying import certify, withdraw
from training.actions.seating import claim, record, require_open
from training.models import (
    MOST_WRONG_CODES,
    DayCode,
    Enrolment,
    Session,
    SessionState,
    State,
)

SEATED = [State.BOOKED, State.ATTENDED, State.NO_SHOW]


@transaction.atomic
def record_attendance(
    session: Session, *, by: User, there: Collection[int], absent: Collection[int]
) -> list[Enrolment]:
    """Say of people with a seat, by the keys of their enrolments, who came and who did not.

    A slip is put right by saying it again; once the session is over, the certificate follows.
    Raises Refused before the session has begun.
    """
    session = claim(session, "attendance.record", by=by)
    if session.state not in (SessionState.OPEN, SessionState.DONE):
        raise WrongState(SessionState(session.state), SessionState.DONE)
    if session.starts_at > timezone.now():
        raise Refused(_("The session has not begun."))
    rows = session.enrolments.filter(state__in=SEATED, pk__in={*there, *absent})
    changed = []
    for row in rows.select_related("person", "session__course"):
        state = State.ATTENDED if row.pk in there else State.NO_SHOW
        if row.state != state:
            row.state = state
            record(row, by=by)
            if session.state == SessionState.DONE:
                certify(row, by=by) if row.pk in there else withdraw(row, by=by)
            changed.append(row)
    return changed


@transaction.atomic
def show_code(session: Session, *, by: User) -> DayCode:
    """The code of today, to be shown in the room: the same, however often one asks.

    Raises Refused on days on which the session is not held.
    """
    session = claim(session, "attendance.record", by=by)
    require_open(session)
    today = timezone.localdate()
    if not timezone.localdate(session.starts_at) <= today <= timezone.localdate(session.ends_at):
        raise Refused(_("There is a code on the days of the session only."))
    code, is_new = DayCode.objects.get_or_create(session=session, day=today)
    if is_new:
        audit.record("session.code_shown", session, by=by, day=str(today))
    return code


def check_in(enrolment: Enrolment, *, by: User, code: str) -> Enrolment:
    """Say by the code of the day that one is there. A wrong one is kept count of though this call
    then fails; after a few only the trainer can help.

    Raises WrongState without a seat to be used, Invalid for a wrong code, Refused when none is
    shown today or too many were wrong.
    """
    row, refusal = _try(enrolment, by, "".join(code.split()))
    if refusal:
        raise refusal
    return row


@transaction.atomic
def _try(enrolment: Enrolment, by: User, code: str) -> tuple[Enrolment, Invalid | None]:
    access.require(by, "session.enrol")
    own = Enrolment.objects.filter(person=by).select_related("session").get(pk=enrolment.pk)
    session = claim(own.session, "session.enrol", by=by)
    require_open(session)
    row = session.enrolments.select_related("person").get(pk=own.pk)
    if row.state != State.BOOKED:
        raise WrongState(State(row.state), State.ATTENDED)
    if row.wrong_codes >= MOST_WRONG_CODES:
        raise Refused(_("Too many wrong codes. Please talk to the trainer."))
    shown = session.day_codes.filter(day=timezone.localdate()).first()
    if shown is None:
        raise Refused(_("No code is shown today."))
    if not secrets.compare_digest(shown.code.encode(), code.encode()):
        row.wrong_codes += 1
        row.save(update_fields=["wrong_codes"])
        return row, Invalid(_("This is not the code of today."), "code")
    row.state = State.ATTENDED
    record(row, by=by)
    return row, None


@transaction.atomic
def finish_session(session: Session, *, by: User) -> Session:
    """The session is over, and everybody with a seat is accounted for; who waited, waits no more.
    Whoever came gets a certificate.

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
    came = session.enrolments.filter(state=State.ATTENDED)
    for row in came.select_related("person", "session__course"):
        certify(row, by=by)
    audit.record("session.finished", session, by=by)
    outbox.emit("session.finished", session=session.pk)
    return session
