"""Booking and giving back: for oneself, for colleagues, under a mandate."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.errors import Invalid, NotAllowed, Refused, WrongState
from training.actions.seating import (
    Table,
    claim,
    new_row,
    record,
    require_open,
    require_to_come,
    seated,
)
from training.models import ENDED, Enrolment, Session, State, booked_for

MOST = 30  # people of one booking


@transaction.atomic
def enrol(session: Session, people: Sequence[User], *, by: User) -> list[Enrolment]:
    """Book for all of these people, or for none: seats where all fit, else the waiting list.

    Whoever has a place already keeps it. Where the course wants approval, a place is asked for.
    Raises NotAllowed for people one does not book for, WrongState unless the session is open,
    Refused once it has begun, Invalid for nobody or too many.
    """
    session = claim(session, "session.enrol", by=by)
    require_open(session)
    now = timezone.now()
    require_to_come(session.starts_at <= now)
    if not 0 < len(people) <= MOST:
        raise Invalid(_("Choose one to %(most)d people.") % {"most": MOST}, "people")
    _may_book(people, by)
    table = seated(session, by=by)
    new = [one for one in people if not _takes_part(table, one)]
    party = str(uuid.uuid4()) if len(new) > 1 else ""
    table.newcomers = {str(one.pk): one for one in new}
    if session.course.wants_approval and not by.is_vendor:
        _ask(table, party)
    else:
        table.seats.book_together(list(table.newcomers), now, party=party)
        table.settle()
    rows = session.enrolments.filter(person__in=people).select_related("person", "organisation")
    return list(rows.order_by("person__name"))


@transaction.atomic
def cancel(enrolment: Enrolment, *, by: User, reason: str = "") -> Enrolment:
    """Give the place back; in the same transaction the next in line is offered it.

    Raises WrongState for a place that is none any more, Refused once the session has begun.
    """
    table, row = _claim(enrolment, by)
    now, session = timezone.now(), table.session
    require_to_come(session.starts_at <= now)
    if row.state == State.REQUESTED:
        row.state, row.reason = State.CANCELLED, reason
        record(row, by=by)
        return row
    had_seat = row.state == State.BOOKED
    if not table.seats.cancel(str(row.person_id), now):
        raise WrongState(State(row.state), State.CANCELLED)
    row.reason = reason
    row.was_late = had_seat and now > session.course.free_until(session.starts_at)
    table.settle()
    return row


@transaction.atomic
def accept_offer(enrolment: Enrolment, *, by: User) -> Enrolment:
    """Take the seat that is offered; a party takes its seats together.

    Raises WrongState without an offer, Refused when its time has passed.
    """
    table, row = _claim(enrolment, by)
    if not table.seats.accept(str(row.person_id), timezone.now()):
        if row.state == State.OFFERED:
            raise Refused(_("The time of this offer has passed; the next in line gets the seat."))
        raise WrongState(State(row.state), State.BOOKED)
    table.settle()
    return row


@transaction.atomic
def refuse_offer(enrolment: Enrolment, *, by: User) -> Enrolment:
    """Give the offer back at once, so that the next one need not wait for it to run out."""
    table, row = _claim(enrolment, by)
    if not table.seats.refuse(str(row.person_id), timezone.now()):
        raise WrongState(State(row.state), State.REFUSED)
    table.settle()
    return row


def _claim(enrolment: Enrolment, by: User) -> tuple[Table, Enrolment]:
    """The row as it is under the lock of its session, if `by` can see it at all."""
    access.require(by, "session.enrol")
    seen = Enrolment.objects.visible_to(by).select_related("session").get(pk=enrolment.pk)
    session = claim(seen.session, "session.enrol", by=by)
    require_open(session)
    table = seated(session, by=by)
    return table, table.rows[str(seen.person_id)]


def _may_book(people: Sequence[User], by: User) -> None:
    """Oneself, people of organisations one books for; trainers anybody who is a customer."""
    within = set() if by.is_vendor else set(booked_for(by))
    for one in people:
        ours = by.is_vendor or one == by or one.organisation_id in within
        if one.organisation_id is None or not one.is_active or not ours:
            raise NotAllowed("session.enrol")


def _takes_part(table: Table, person: User) -> bool:
    row = table.rows.get(str(person.pk))
    return row is not None and row.state not in ENDED


def _ask(table: Table, party: str) -> None:
    """No seat is held for a request; it keeps its turn, though."""
    now = timezone.now()
    for key, person in table.newcomers.items():
        row = table.rows.get(key) or new_row(table.session, person)
        row.state, row.queued_at, row.booked_by = State.REQUESTED, now, table.by
        row.party = uuid.UUID(party) if party else None
        row.reason, row.was_late = "", False
        record(row, by=table.by)
