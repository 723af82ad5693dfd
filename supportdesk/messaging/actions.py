"""Verbs on what did not arrive: try it again, or know that it came back."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.audit import actions as audit
from supportdesk.errors import Refused, WrongState
from supportdesk.messaging import hints
from supportdesk.messaging.models import Dispatch, Event


@transaction.atomic
def retry_event(event: Event, *, by: User) -> Event:
    """Answer a dead event again, with all its attempts before it."""
    access.require(by, "event.retry")
    event = Event.objects.select_for_update(no_key=True).get(pk=event.pk)
    if event.dead_at is None:
        raise WrongState(_("done") if event.done_at else _("waiting"), _("waiting"))
    event.dead_at, event.attempts, event.due_at = None, 0, Now()
    event.save(update_fields=["dead_at", "attempts", "due_at"])
    audit.record("event.retried", event, by=by)
    hints.after_commit("supportdesk.messaging.tasks.react")
    return event


@transaction.atomic
def retry_dispatch(dispatch: Dispatch, *, by: User) -> Dispatch:
    """Send again what did not arrive, under the same key: whoever has it already can tell.

    A letter goes to the address its reader has by now: most come back because that was wrong.
    """
    access.require(by, "dispatch.retry")
    dispatch = Dispatch.objects.select_for_update(no_key=True).get(pk=dispatch.pk)
    waiting = Dispatch.State.WAITING
    if dispatch.state != Dispatch.State.DEAD and dispatch.returned_at is None:
        raise WrongState(Dispatch.State(dispatch.state), waiting)
    if dispatch.is_forgotten:
        raise Refused(_("Its words were a secret and are gone. Please invite the person again."))
    if dispatch.recipient and not dispatch.urgent:  # a call goes where its policy says
        dispatch.address = dispatch.recipient.email
    dispatch.state, dispatch.attempts, dispatch.due_at = waiting, 0, Now()
    dispatch.returned_at = dispatch.sent_at = None
    dispatch.save(
        update_fields=["state", "attempts", "due_at", "address", "returned_at", "sent_at"]
    )
    audit.record("dispatch.retried", dispatch, by=by)
    hints.after_commit(*hints.to_send(urgent=dispatch.urgent))
    return dispatch


@transaction.atomic
def record_return(dispatch: Dispatch, *, by: User, diagnosis: str) -> bool:
    """A mail server gave a sent letter back for good. False when that is known already."""
    access.require(by, "dispatch.return")
    dispatch = Dispatch.objects.select_for_update(no_key=True).get(pk=dispatch.pk)
    if dispatch.returned_at is not None:
        return False
    dispatch.returned_at, dispatch.error = Now(), diagnosis[:500]
    dispatch.save(update_fields=["returned_at", "error"])
    audit.record("dispatch.returned", dispatch, by=by)
    return True
