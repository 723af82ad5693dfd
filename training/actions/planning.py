"""Sessions as the trainers plan them: written, opened for booking, moved, cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from supportdesk.accounts import access
from supportdesk.accounts.access import Role
from supportdesk.accounts.models import User
from supportdesk.audit import actions as audit
from supportdesk.errors import Invalid, Refused, WrongState
from supportdesk.messaging import outbox
from supportdesk.worktime.models import Absence
from training.actions.seating import claim, record
from training.models import (
    ENDED,
    SESSION_NEXT,
    Course,
    Session,
    SessionState,
    State,
)


@dataclass(frozen=True)
class Plan:
    """When, where and by whom a course is held, and how its seats are given."""

    starts_at: datetime
    ends_at: datetime
    capacity: int
    minimum: int = 1
    title: str = ""
    place: str = ""
    link: str = ""
    language: str = "de"
    trainers: Sequence[User] = ()
    waitlist_open: bool = True
    auto_promote: bool = True
    offer_hours: int = 48
    overtaking: int = 0
    booking_until: datetime | None = None

    def columns(self) -> dict[str, Any]:
        apart = ("starts_at", "ends_at", "trainers")
        found = {name: value for name, value in vars(self).items() if name not in apart}
        return {**found, "during": DateTimeTZRange(self.starts_at, self.ends_at)}


TOLD = {"during", "place", "title"}  # what people with a place hear of


@transaction.atomic
def plan_session(course: Course, plan: Plan, *, by: User) -> Session:
    """Write a session down. Customers see it once it is published.

    Raises Invalid for a plan that cannot be: no time, no place, a trainer who is elsewhere or away.
    """
    access.require(by, "session.plan")
    _can_be(plan)
    session = Session.objects.create(course=course, **plan.columns())
    _give(session, plan)
    audit.record("session.planned", session, by=by, course=course.pk)
    return session


@transaction.atomic
def change_session(session: Session, plan: Plan, *, by: User) -> Session:
    """Plan it anew. Everybody with a place hears of another time, place or title.

    Seats are changed by `set_capacity` alone, so the plan's are passed over.
    """
    session = claim(session, "session.plan", by=by)
    if session.state not in (SessionState.DRAFT, SessionState.OPEN):
        raise WrongState(SessionState(session.state), SessionState.OPEN)
    _can_be(plan)
    wanted = {name: value for name, value in plan.columns().items() if name != "capacity"}
    changed = {name for name, value in wanted.items() if getattr(session, name) != value}
    for name in changed:
        setattr(session, name, wanted[name])
    session.save(update_fields=sorted(changed))
    _give(session, plan)
    audit.record("session.changed", session, by=by, changed=sorted(changed))
    if session.state == SessionState.OPEN and changed & TOLD:
        _tell(session, changed & TOLD)
    return session


@transaction.atomic
def publish_session(session: Session, *, by: User) -> Session:
    """Open it for booking."""
    session = claim(session, "session.plan", by=by)
    if session.starts_at <= timezone.now():
        raise Refused(_("It lies in the past."))
    _move(session, SessionState.OPEN, by=by)
    audit.record("session.published", session, by=by)
    outbox.emit("session.published", session=session.pk)
    return session


@transaction.atomic
def cancel_session(session: Session, *, by: User, reason: str) -> Session:
    """It is not held. Whoever had a place or waited for one is told, with other sessions to choose;
    its trainers are free again. Raises Refused once somebody's attendance is recorded.
    """
    if not reason.strip():
        raise Invalid.blank("reason")
    session = claim(session, "session.plan", by=by)
    if session.enrolments.filter(state__in=[State.ATTENDED, State.NO_SHOW]).exists():
        raise Refused(_("It is being held: somebody's attendance is recorded."))
    _move(session, SessionState.CANCELLED, by=by, cancelled_because=reason.strip())
    for row in session.enrolments.exclude(state__in=ENDED).select_related("person"):
        row.state, row.offer_until, row.reason = State.CANCELLED, None, reason.strip()
        record(row, by=by)
    trainers = list(session.assignments.values_list("trainer", flat=True))
    session.assignments.all().delete()
    audit.record("session.cancelled", session, by=by, reason=reason.strip(), trainers=trainers)
    outbox.emit("session.cancelled", session=session.pk)
    session.refresh_from_db(fields=["taken"])
    return session


def _tell(session: Session, changed: set[str]) -> None:
    """Calendars take up another time or place only from a message that counts higher."""
    rows = session.enrolments.living()
    if changed & {"during", "place"}:
        rows.filter(is_invited=True).update(sequence=F("sequence") + 1)
    outbox.emit(
        "session.changed",
        session=session.pk,
        changed=sorted(changed),
        people=list(rows.values_list("pk", flat=True)),
        at=timezone.now().isoformat(),
    )


def _move(session: Session, to: SessionState, *, by: User, **facts: Any) -> None:
    now = SessionState(session.state)
    if to not in SESSION_NEXT[now]:
        raise WrongState(now, to)
    facts["state"] = to
    for name, value in facts.items():
        setattr(session, name, value)
    session.save(update_fields=list(facts))


def _can_be(plan: Plan) -> None:
    if plan.ends_at <= plan.starts_at:
        raise Invalid(_("It must end after it begins."), "ends_at")
    if plan.booking_until and plan.booking_until > plan.starts_at:
        raise Invalid(_("Booking ends before the session begins."), "booking_until")
    if not plan.place.strip() and not plan.link.strip():
        raise Invalid(_("Say where it is: a place, or a link."), "place")
    if plan.minimum > plan.capacity:
        raise Invalid(_("More people than seats are wanted."), "minimum")
    for trainer in plan.trainers:
        if not trainer.is_active or not trainer.is_any(Role.TRAINER, Role.AGENT, Role.LEAD):
            raise Invalid(_("%(name)s gives no trainings.") % {"name": trainer.name}, "trainers")


def _give(session: Session, plan: Plan) -> None:
    """The trainers of the plan, unless one of them is away or elsewhere."""
    first, last = (timezone.localdate(at) for at in (plan.starts_at, plan.ends_at))
    days = DateRange(first, last, "[]")
    away = Absence.objects.filter(person__in=plan.trainers, during__overlap=days)
    for absence in away.select_related("person"):
        words = _("%(name)s is away on these days.")
        raise Invalid(words % {"name": absence.person.name}, "trainers")
    wanted = {trainer.pk for trainer in plan.trainers}
    session.assignments.exclude(trainer__in=wanted).delete()
    for trainer in plan.trainers:
        try:
            with transaction.atomic():
                session.assignments.get_or_create(trainer=trainer)
        except IntegrityError as error:
            if "no_trainer_is_in_two_places" not in str(error):
                raise
            words = _("%(name)s gives another session at that time.")
            raise Invalid(words % {"name": trainer.name}, "trainers") from error
