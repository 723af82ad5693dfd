"""What every verb on a ticket does: claim the row, move it by NEXT, leave its trace."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.audit import actions as audit
from supportdesk.errors import Invalid, WrongState
from supportdesk.messaging import outbox
from tickets.models import NEXT, HistoryEntry, Message, Status, Ticket

Files = Sequence[UploadedFile]
# What verbs ask of a ticket, the clocks' terms before all.
BASIS = ["assignee", "team__calendar", "organisation", "module"]


def claim(ticket: Ticket, verb: str, *, by: User) -> Ticket:
    """Check the right, then lock the row as it is now, if `by` can see it at all.

    Raises NotAllowed, or Ticket.DoesNotExist for a row that is not theirs to see. The lock is
    NO KEY: rows that point at the ticket may be written meanwhile.
    """
    access.require(by, verb)
    rows = Ticket.objects.visible_to(by).select_for_update(of=("self",), no_key=True)
    return rows.select_related(*BASIS).get(pk=ticket.pk)


def move(ticket: Ticket, to: Status, **facts: Any) -> None:
    """Change the status along NEXT, or raise WrongState naming both states.

    Where work goes on, no package is waited for any more, and its date is no promise.
    """
    now = Status(ticket.status)
    if to not in NEXT[now]:
        raise WrongState(now, to)
    if to == Status.OPEN:
        facts = {"promised_at": None, "package": None, **facts}
    change(ticket, status=to, **facts)


def change(ticket: Ticket, **facts: Any) -> None:
    """Save these facts and no others, so that verbs on different columns do not undo each other."""
    facts.setdefault("changed_at", timezone.now())
    for name, value in facts.items():
        setattr(ticket, name, value)
    ticket.save(update_fields=list(facts))


def say(
    ticket: Ticket,
    *,
    by: User,
    text: str,
    channel: str,
    visibility: str = Message.Visibility.PUBLIC,
    at: datetime | None = None,
) -> Message:
    """Add a message. Blank text is Invalid: nobody is served by an empty line."""
    if not text.strip():
        raise Invalid.blank("text")
    at = at or timezone.now()
    return ticket.messages.create(
        author=by, at=at, text=text, channel=channel, visibility=visibility
    )


def trace(ticket: Ticket, kind: HistoryEntry.Kind, *, by: User, **facts: Any) -> None:
    """Write the step into the ticket's history, the audit record and the outbox, all at once.

    `facts` go to the audit entry, `message` and `escalation` also to the event, which names the
    step as well; `reason`, `public` go to the history, and so do both priorities of a change.
    """
    reason, public = facts.pop("reason", ""), facts.pop("public", True)
    graded = {name: facts[name] for name in ("priority", "priority_before") if name in facts}
    entry = ticket.history.create(
        kind=kind,
        by=by,
        status=ticket.status,
        assignee_id=ticket.assignee_id,
        team_id=ticket.team_id,
        reason=reason,
        public=public,
        **graded,
    )
    announce(ticket, f"ticket.{kind.value}", by=by, step=entry.pk, **facts)


def announce(ticket: Ticket, verb: str, *, by: User, **facts: Any) -> None:
    """Audit line and event of a verb that leaves no step in the ticket's life, e.g. a reply."""
    audit.record(verb, ticket, by=by, **facts)
    body = {name: facts[name] for name in ("message", "step", "escalation") if name in facts}
    outbox.emit(verb, ticket=ticket.pk, by=by.pk, **body)
