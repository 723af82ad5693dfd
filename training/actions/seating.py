"""Between the rows of a session and the rule of its seats: read, decided, written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _

from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.audit import actions as audit
from supportdesk.errors import Refused, WrongState
from supportdesk.messaging import outbox
from training.models import HOLDING, NEXT, Enrolment, Session, SessionState, State
from training.seats import Place, Seats


@dataclass
class Table:
    """A session under its lock, with everybody who has ever had something with it."""

    session: Session
    by: User
    rows: dict[str, Enrolment]
    seats: Seats
    newcomers: dict[str, User] = field(default_factory=dict)

    def settle(self) -> list[Enrolment]:
        """Write what the rule decided, each change with its line and its event.

        Seats given back come first: the database counts with every row.
        """
        changed = [place for place in self.seats.places.values() if self._differs(place)]
        changed.sort(key=lambda place: place.state in HOLDING)
        return [self._write(place) for place in changed]

    def _differs(self, place: Place) -> bool:
        row = self.rows.get(place.person)
        return row is None or row.state != place.state

    def _write(self, place: Place) -> Enrolment:
        row = self.rows.get(place.person) or new_row(self.session, self.newcomers[place.person])
        if row.pk and State(place.state) not in NEXT[State(row.state)]:
            raise WrongState(State(row.state), State(place.state))
        row.state, row.priority = place.state, place.priority
        row.queued_at, row.offer_until = place.queued_at, place.offer_until
        row.party = UUID(place.party) if place.party else None
        if place.person in self.newcomers:
            row.booked_by, row.reason, row.was_late = self.by, "", False
        record(row, by=self.by)
        return row


def new_row(session: Session, person: User) -> Enrolment:
    """Of a customer: nobody else takes part."""
    assert person.organisation is not None
    return Enrolment(session=session, person=person, organisation=person.organisation)


def record(row: Enrolment, *, by: User) -> None:
    """Keep the row in its new state, with its line, its event, and its calendar message counted."""
    row.turn += 1
    in_calendar = row.state == State.BOOKED or (row.state == State.CANCELLED and row.is_invited)
    if in_calendar:
        row.sequence = 0 if row.sequence is None else row.sequence + 1
        row.is_invited = row.state == State.BOOKED
    row.save()
    audit.record(f"enrolment.{row.state}", row, by=by, session=row.session_id, person=row.person_id)
    sequence = row.sequence if in_calendar else None
    outbox.emit(f"enrolment.{row.state}", enrolment=row.pk, turn=row.turn, sequence=sequence)


def claim(session: Session, right: str, *, by: User) -> Session:
    """The session as it is now. Its lock orders all that is booked, offered and given back."""
    access.require(by, right)
    rows = Session.objects.visible_to(by).select_for_update(of=("self",), no_key=True)
    return rows.select_related("course").get(pk=session.pk)


def seated(session: Session, *, by: User) -> Table:
    """What the rule needs to know of a claimed session."""
    rows = {str(row.person_id): row for row in session.enrolments.select_related("person")}
    for row in rows.values():
        row.session = session
    return Table(session, by, rows, seats_of(session, rows.values()))


def seats_of(session: Session, rows: Iterable[Enrolment]) -> Seats:
    return Seats(
        capacity=session.capacity,
        waitlist_open=session.waitlist_open,
        auto_promote=session.auto_promote,
        offer_hours=session.offer_hours,
        booking_until=session.closes_at,
        overtaking=session.overtaking,
        places={str(row.person_id): _place(row) for row in rows},
    )


def require_open(session: Session) -> None:
    if session.state != SessionState.OPEN:
        raise WrongState(SessionState(session.state), SessionState.OPEN)


def require_to_come(begun: bool) -> None:
    if begun:
        raise Refused(_("The session has begun. Please talk to the trainers."))


def _place(row: Enrolment) -> Place:
    return Place(
        str(row.person_id),
        row.state,  # type: ignore[arg-type]  # the same words
        row.priority,
        row.queued_at,
        row.offer_until,
        str(row.party or ""),
    )
