"""Changes of a plan: somebody steps in, joins, leaves, is away; another plan holds for a while."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from django.utils.translation import gettext as _

from oncall.actions.materialising import lock, rebuild
from oncall.models import Change, Instead, Schedule
from oncall.spans import Span
from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.audit import actions as audit
from supportdesk.errors import Invalid, Refused, WrongState


@dataclass(frozen=True)
class Wish:
    """A change as it is asked for. `instead` are the shifts of a temporary plan."""

    kind: Change.Kind
    span: Span
    person: User | None = None
    stand_in: User | None = None
    rank: int = 0
    reason: str = ""
    instead: Sequence[tuple[User, Span]] = field(default=())


class Contradiction(Refused):
    """Another change about the same person at the same time stands."""

    code = "contradiction"


@transaction.atomic
def change_plan(schedule: Schedule, wish: Wish, *, by: User) -> Change:
    """Enter a change; the duties are as changed when this commits.

    Raises Invalid for one that says too little or lies in the past, Contradiction beside another
    about the same person at the same time.
    """
    access.require(by, "roster.plan")
    _check(wish)
    schedule = lock(schedule)
    change = Change(
        schedule=schedule,
        kind=wish.kind,
        during=DateTimeTZRange(*wish.span),
        person=wish.person,
        stand_in=wish.stand_in,
        rank=wish.rank,
        reason=wish.reason.strip(),
        written_by=by,
    )
    save(change)
    Instead.objects.bulk_create(
        Instead(change=change, person=person, during=DateTimeTZRange(*span))
        for person, span in wish.instead
    )
    audit.record("roster.changed", change, by=by, kind=change.kind, person=change.person_id)
    rebuild(schedule)
    return change


@transaction.atomic
def withdraw_change(change: Change, *, by: User) -> Change:
    """Take a change back; what it did up to now stays done."""
    access.require(by, "roster.plan")
    schedule = lock(change.schedule)
    change = Change.objects.visible_to(by).select_for_update(of=("self",)).get(pk=change.pk)
    if change.withdrawn_at is not None:
        raise WrongState(_("withdrawn"), _("withdrawn"))
    if change.span.end <= timezone.now():
        raise Refused(_("This change is over; what has been stays as it was."))
    change.withdrawn_at = timezone.now()
    change.save(update_fields=["withdrawn_at"])
    audit.record("roster.withdrawn", change, by=by)
    rebuild(schedule)
    return change


def save(change: Change) -> None:
    """Insert, with the database's refusal of a contradiction in words."""
    try:
        with transaction.atomic():
            change.save()
    except IntegrityError as error:
        if "at_a_time" not in str(error):
            raise
        raise Contradiction(
            _("There already is a change about this person at this time. Withdraw it first.")
        ) from error


def _check(wish: Wish) -> None:
    if wish.kind == Change.Kind.SWAP:
        raise Invalid(_("Swaps are offered by whoever is on duty."))
    if wish.span.start >= wish.span.end:
        raise Invalid(_("The end lies before the beginning."), "ends")
    if wish.span.end <= timezone.now():
        raise Invalid(_("This time is over."), "ends")
    temporary = wish.kind == Change.Kind.TEMPORARY
    if not temporary and wish.person is None:
        raise Invalid(_("Please choose somebody."), "person")
    if wish.kind == Change.Kind.REPLACE and wish.stand_in is None:
        raise Invalid(_("Please choose who steps in."), "stand_in")
    if wish.person and wish.person == wish.stand_in:
        raise Invalid(_("Nobody steps in for themselves."), "stand_in")
    people = [wish.person, wish.stand_in, *(person for person, _span in wish.instead)]
    for person in filter(None, people):
        require_fit(person)


def require_fit(person: User) -> None:
    if not person.is_active or not access.may(person, "duty.swap"):
        raise Invalid(_("%(name)s cannot be on call.") % {"name": person})
