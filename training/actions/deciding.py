"""Where a course wants it: who is let in, by hand."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from supportdesk.accounts.models import User
from supportdesk.errors import Invalid, WrongState
from training.actions.seating import Table, claim, record, require_open, seated
from training.models import Enrolment, State


@transaction.atomic
def approve(enrolment: Enrolment, *, by: User) -> list[Enrolment]:
    """Let them in, with the party they came with: seats if all fit, else the waiting list, where
    the time of asking counts.
    """
    table, asked = _claim(enrolment, by, State.BOOKED)
    people = [str(row.person_id) for row in asked]
    party = str(asked[0].party or "")
    table.seats.book_together(people, timezone.now(), party=party, since=asked[0].queued_at)
    table.settle()
    return asked


@transaction.atomic
def decline(enrolment: Enrolment, *, by: User, reason: str) -> list[Enrolment]:
    """Say no to them and their party, and why."""
    if not reason.strip():
        raise Invalid.blank("reason")
    _table, asked = _claim(enrolment, by, State.DECLINED)
    for row in asked:
        row.state, row.reason, row.queued_at = State.DECLINED, reason.strip(), None
        record(row, by=by)
    return asked


def _claim(enrolment: Enrolment, by: User, wanted: State) -> tuple[Table, list[Enrolment]]:
    """The request, as it is under the lock of its session, and those who asked together with it."""
    session = claim(enrolment.session, "enrolment.decide", by=by)
    require_open(session)
    table = seated(session, by=by)
    row = next(one for one in table.rows.values() if one.pk == enrolment.pk)
    if row.state != State.REQUESTED:
        raise WrongState(State(row.state), wanted)
    asked = [one for one in table.rows.values() if one.state == State.REQUESTED]
    return table, [one for one in asked if one is row or (row.party and one.party == row.party)]
