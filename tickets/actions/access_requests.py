"""How we come into a customer's system: asked, approved by the customer, used, ended, logged."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from django.utils.translation import gettext as _

from releases.models import System
from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.audit import actions as audit
from supportdesk.errors import Invalid, NotAllowed, Refused, WrongState
from supportdesk.messaging import outbox
from tickets.actions import steps
from tickets.models import DONE, AccessEntry, AccessRequest, Status, Ticket
from tickets.models.access_request import NEXT, Phase

State, Kind = AccessRequest.State, AccessEntry.Kind
LONGEST = timedelta(days=14)  # whoever needs longer asks again, and is seen to


@transaction.atomic
def ask_access(
    ticket: Ticket,
    *,
    by: User,
    system: System,
    purpose: str,
    starts_at: datetime,
    ends_at: datetime,
) -> AccessRequest:
    """Ask the customer for access to one system of theirs. An extension is a new request.

    Raises WrongState for a ticket that is done, Invalid for a foreign system, no purpose or a
    window that is over, empty or longer than LONGEST; Refused while the same question is open.
    """
    ticket = steps.claim(ticket, "ticket.ask_access", by=by)
    if ticket.status in DONE:
        raise WrongState(Status(ticket.status), Status.OPEN)
    if system.organisation_id != ticket.organisation_id:
        raise Invalid(_("Choose a system of this customer."), "system")
    if not purpose.strip():
        raise Invalid.blank("purpose")
    _fits(starts_at, ends_at)
    if ticket.access_requests.filter(state=State.ASKED, system=system, asked_by=by).exists():
        raise Refused(_("You have asked for this system already; the customer decides."))
    row = ticket.access_requests.create(
        system=system, asked_by=by, purpose=purpose, during=DateTimeTZRange(starts_at, ends_at)
    )
    _log(row, Kind.ASKED, by=by, text=purpose)
    return row


@transaction.atomic
def approve_access(request: AccessRequest, *, by: User, answer: str = "") -> AccessRequest:
    """Open it within its window: by a coordinator of the customer, never by whoever asked.

    Raises Refused where the window is over already.
    """
    row = _claim(request, "access.decide", by)
    _customer(by, "access.decide")
    if AccessRequest.objects.in_phase().get(pk=row.pk).phase == Phase.LAPSED:
        raise Refused(_("The window is over. Please have it asked for again."))
    _move(row, State.APPROVED, decided_by=by, answer=answer)
    _log(row, Kind.APPROVED, by=by, text=answer)
    return row


@transaction.atomic
def decline_access(request: AccessRequest, *, by: User, answer: str) -> AccessRequest:
    """Say no, and why."""
    row = _claim(request, "access.decide", by)
    _customer(by, "access.decide")
    if not answer.strip():
        raise Invalid.blank("answer")
    _move(row, State.DECLINED, decided_by=by, answer=answer)
    _log(row, Kind.DECLINED, by=by, text=answer)
    return row


@transaction.atomic
def withdraw_access(request: AccessRequest, *, by: User) -> AccessRequest:
    """Take the question back: by whoever asked."""
    row = _claim(request, "access.use", by)
    _asker(row, by)
    _move(row, State.WITHDRAWN)
    _log(row, Kind.WITHDRAWN, by=by)
    return row


@transaction.atomic
def begin_use(request: AccessRequest, *, by: User) -> AccessEntry:
    """Say that one goes in now: whoever asked, while it is open by the database's clock.

    Raises Refused outside its window and during a use that has not ended.
    """
    row = _claim(request, "access.use", by)
    _asker(row, by)
    if row.ticket.status in DONE:
        raise WrongState(Status(row.ticket.status), Status.OPEN)
    if in_use(row):
        raise Refused(_("You are in already. Say first what you did there."))
    try:
        with transaction.atomic():
            return _log(row, Kind.BEGUN, by=by)
    except IntegrityError as error:
        if "only while it is open" not in str(error):
            raise
    phase = Phase(AccessRequest.objects.in_phase().get(pk=row.pk).phase)
    raise WrongState(phase, Phase.OPEN)


@transaction.atomic
def end_use(request: AccessRequest, *, by: User, done: str) -> AccessEntry:
    """Say what one did there. Possible after the window too: what happened is always written."""
    row = _claim(request, "access.use", by)
    _asker(row, by)
    if not done.strip():
        raise Invalid.blank("done")
    if not in_use(row):
        raise Refused(_("No use has begun."))
    return _log(row, Kind.DONE, by=by, text=done)


@transaction.atomic
def end_access(request: AccessRequest, *, by: User) -> AccessRequest:
    """Give it back before its window is over: by whoever asked, out of the system again."""
    row = _claim(request, "access.use", by)
    _asker(row, by)
    if in_use(row):
        raise Refused(_("You are in still. Say first what you did there."))
    _move(row, State.ENDED, ended_by=by)
    _log(row, Kind.ENDED, by=by)
    return row


@transaction.atomic
def revoke_access(request: AccessRequest, *, by: User, answer: str = "") -> AccessRequest:
    """Shut it at once: by a coordinator of the customer, in the middle of a use, too."""
    row = _claim(request, "access.revoke", by)
    _customer(by, "access.revoke")
    _move(row, State.ENDED, ended_by=by)
    _log(row, Kind.REVOKED, by=by, text=answer)
    return row


def in_use(request: AccessRequest) -> bool:
    """Whether a use has begun and nobody has said yet what was done."""
    last = request.log.filter(kind__in=[Kind.BEGUN, Kind.DONE]).last()
    return last is not None and last.kind == Kind.BEGUN


def _claim(request: AccessRequest, right: str, by: User) -> AccessRequest:
    """The request as it is now. Its lock alone orders approval, use and revocation."""
    access.require(by, right)
    rows = AccessRequest.objects.visible_to(by).select_for_update(of=("self",))
    return rows.select_related("ticket").get(pk=request.pk)


def _customer(by: User, right: str) -> None:
    if by.is_vendor:
        raise NotAllowed(right)


def _asker(row: AccessRequest, by: User) -> None:
    if row.asked_by_id != by.pk:
        raise NotAllowed("access.use")


def _move(row: AccessRequest, to: str, **facts: Any) -> None:
    now = State(row.state)
    if to not in NEXT.get(now, set()):
        raise WrongState(now, State(to))
    facts["state"] = to
    for name, value in facts.items():
        setattr(row, name, value)
    row.save(update_fields=list(facts))


def _log(row: AccessRequest, kind: str, *, by: User, text: str = "") -> AccessEntry:
    """The line of the log, the audit entry and the event of one step."""
    entry = row.log.create(kind=kind, by=by, text=text)
    audit.record(f"access.{kind}", row, by=by, ticket=row.ticket_id, entry=entry.pk)
    outbox.emit(f"access.{kind}", ticket=row.ticket_id, by=by.pk, entry=entry.pk)
    return entry


def _fits(starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= max(starts_at, timezone.now()):
        raise Invalid(_("The end must lie in the future, and after the beginning."), "ends_at")
    if ends_at - starts_at > LONGEST:
        words = _("At most %(days)d days; for longer, ask again.") % {"days": LONGEST.days}
        raise Invalid(words, "ends_at")
