"""Swaps: a duty is offered, a colleague takes it, and it stays theirs when the shift moves."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from oncall import planned
from oncall.actions.changes import require_fit, save
from oncall.actions.materialising import lock, rebuild
from oncall.models import Change, Duty
from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.audit import actions as audit
from supportdesk.errors import NotAllowed, Refused, WrongState
from supportdesk.messaging import outbox


@transaction.atomic
def offer_swap(duty: Duty, *, by: User, reason: str = "") -> Change:
    """Ask for somebody to take this duty. Until somebody does, it stays as it is.

    Only one's own duty, before it begins; a lead may offer anybody's.
    """
    access.require(by, "duty.swap")
    schedule = lock(duty.schedule)
    duty = Duty.objects.visible_to(by).select_related("person").get(pk=duty.pk)
    if duty.person_id != by.pk and not access.may(by, "roster.plan"):
        raise NotAllowed("duty.swap")
    _require_ahead(duty.span.start > timezone.now())
    rotation, turn = planned.turn_of(schedule, duty.person_id, duty.span) or (None, None)
    swap = Change(
        schedule=schedule,
        kind=Change.Kind.SWAP,
        during=duty.during,
        person=duty.person,
        rotation=rotation,
        turn=turn,
        reason=reason.strip(),
        written_by=by,
    )
    save(swap)
    audit.record("duty.offered", swap, by=by, duty=duty.pk)
    outbox.emit("duty.offered", swap=swap.pk)
    return swap


@transaction.atomic
def take_swap(swap: Change, *, by: User) -> Change:
    """The duty becomes one's own. Refused once taken, withdrawn or begun."""
    access.require(by, "duty.swap")
    schedule = lock(swap.schedule)
    swap = _claim(swap, by=by)
    if swap.stand_in_id is not None:
        raise WrongState(_("taken"), _("taken"))
    if swap.person_id == by.pk:
        raise Refused(_("This duty is yours already."))
    _require_ahead(swap.span.start > timezone.now())
    require_fit(by)
    if Duty.objects.filter(schedule=schedule, person=by).within(swap.span).exists():
        raise Refused(_("You are on duty yourself at this time."))
    swap.stand_in = by
    swap.save(update_fields=["stand_in"])
    audit.record("duty.taken", swap, by=by)
    outbox.emit("duty.taken", swap=swap.pk, by=by.pk)
    rebuild(schedule)
    return swap


@transaction.atomic
def withdraw_swap(swap: Change, *, by: User) -> Change:
    """Take an offer back that nobody has taken; one that is taken only a lead undoes."""
    access.require(by, "duty.swap")
    schedule = lock(swap.schedule)
    swap = _claim(swap, by=by)
    plans = access.may(by, "roster.plan")
    if swap.person_id != by.pk and not plans:
        raise NotAllowed("duty.swap")
    if swap.stand_in_id is not None and not plans:
        raise WrongState(_("taken"), _("withdrawn"))
    swap.withdrawn_at = timezone.now()
    swap.save(update_fields=["withdrawn_at"])
    audit.record("duty.withdrawn", swap, by=by)
    rebuild(schedule)
    return swap


def _claim(swap: Change, *, by: User) -> Change:
    rows = Change.objects.visible_to(by).filter(kind=Change.Kind.SWAP)
    swap = rows.select_for_update(of=("self",)).get(pk=swap.pk)
    if swap.withdrawn_at is not None:
        raise WrongState(_("withdrawn"), _("taken"))
    return swap


def _require_ahead(ahead: bool) -> None:
    if not ahead:
        raise Refused(_("This duty has begun."))
