"""Whether whoever is on duty next can be reached, and the address of their calendar."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from oncall.models import Duty, Feed
from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.audit import actions as audit
from supportdesk.errors import NotAllowed, WrongState
from supportdesk.messaging import outbox
from supportdesk.secret_address import new_secret

REMINDED_BEFORE = timedelta(hours=24)
ANSWERED_BEFORE = timedelta(hours=2)  # without an answer by then the fallback hears of it
TIME_TO_ANSWER = timedelta(minutes=30)  # also where a duty came at short notice


@transaction.atomic
def remind(duty: Duty, *, by: User) -> Duty:
    """Ask whether they can be reached. Once per duty."""
    access.require(by, "duty.remind")
    duty = _claim(duty, by=by)
    if duty.reminded_at is not None:
        raise WrongState(_("reminded"), _("reminded"))
    duty.reminded_at = timezone.now()
    duty.save(update_fields=["reminded_at"])
    audit.record("duty.reminded", duty, by=by)
    outbox.emit("duty.reminded", duty=duty.pk)
    return duty


@transaction.atomic
def confirm_reachable(duty: Duty, *, by: User) -> Duty:
    """ "I am reachable", said by whoever is on duty and nobody else."""
    access.require(by, "duty.confirm")
    duty = _claim(duty, by=by)
    if duty.person_id != by.pk:
        raise NotAllowed("duty.confirm")
    if duty.confirmed_at is not None:
        raise WrongState(_("confirmed"), _("confirmed"))
    duty.confirmed_at = timezone.now()
    duty.save(update_fields=["confirmed_at"])
    audit.record("duty.confirmed", duty, by=by)
    outbox.emit("duty.confirmed", duty=duty.pk)
    return duty


@transaction.atomic
def tell_fallback(duty: Duty, *, by: User) -> Duty:
    """Nobody has answered: somebody else hears of it. Once per duty."""
    access.require(by, "duty.remind")
    duty = _claim(duty, by=by)
    if duty.confirmed_at is not None or duty.fallback_told_at is not None:
        raise WrongState(_("settled"), _("unconfirmed"))
    duty.fallback_told_at = timezone.now()
    duty.save(update_fields=["fallback_told_at"])
    audit.record("duty.unconfirmed", duty, by=by)
    outbox.emit("duty.unconfirmed", duty=duty.pk)
    return duty


@transaction.atomic
def open_feed(*, by: User) -> str:
    """A new secret address of one's own duties, said once; the old one is dead."""
    access.require(by, "duty.confirm")
    secret, digest = new_secret()
    Feed.objects.filter(person=by).delete()
    feed = Feed.objects.create(person=by, digest=digest)
    audit.record("feed.opened", feed, by=by)
    return secret


@transaction.atomic
def close_feed(*, by: User) -> None:
    """The address opens nothing any more."""
    access.require(by, "duty.confirm")
    feed = Feed.objects.select_for_update().filter(person=by).first()
    if feed is None:
        raise WrongState(_("closed"), _("closed"))
    audit.record("feed.closed", feed, by=by)
    feed.delete()


def _claim(duty: Duty, *, by: User) -> Duty:
    rows = Duty.objects.visible_to(by).select_for_update(of=("self",), no_key=True)
    return rows.select_related("person", "schedule").get(pk=duty.pk)
