"""Free seats to those who wait: at once, by hand, when an offer has run out."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supportdesk.accounts.models import User
from supportdesk.audit import actions as audit
from supportdesk.errors import Invalid
from training.actions.seating import claim, require_open, seated
from training.models import Enrolment, Session


@transaction.atomic
def offer_seats(session: Session, *, by: User) -> list[Enrolment]:
    """Offer every free seat to the waiting list, in its order."""
    session = claim(session, "session.plan", by=by)
    require_open(session)
    table = seated(session, by=by)
    table.seats.promote(timezone.now())
    return table.settle()


@transaction.atomic
def expire_offers(session: Session, *, by: User) -> list[Enrolment]:
    """End the offers whose time has passed, and offer their seats to the next in line."""
    session = claim(session, "offer.expire", by=by)
    table = seated(session, by=by)
    table.seats.expire(timezone.now())
    return table.settle()


@transaction.atomic
def set_capacity(session: Session, capacity: int, *, by: User) -> Session:
    """More seats serve the waiting list. Nobody loses a seat that is booked or offered: fewer than
    those are refused as Invalid.
    """
    session = claim(session, "session.plan", by=by)
    require_open(session)
    table, before = seated(session, by=by), session.capacity
    if not table.seats.set_capacity(capacity, timezone.now()):
        words = _("%(taken)d seats are booked or offered; nobody loses theirs.")
        raise Invalid(words % {"taken": table.seats.taken}, "capacity")
    session.capacity = capacity
    session.save(update_fields=["capacity"])
    audit.record("session.resized", session, by=by, before=before, now=capacity)
    table.settle()
    session.refresh_from_db(fields=["taken"])
    return session
