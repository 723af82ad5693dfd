"""What somebody was writing. A draft is its author's alone: no right, no audit, no event."""

from __future__ import annotations

from typing import Any

from supportdesk.accounts.models import User
from tickets.models import Draft, Ticket


def keep_draft(content: dict[str, Any], *, by: User, ticket: Ticket | None = None) -> Draft | None:
    """Remember it until it is sent or emptied; the latest wins. Safe to repeat."""
    if not any(content.values()):
        drop_draft(by=by, ticket=ticket)
        return None
    facts = {"content": content}
    draft, _created = Draft.objects.update_or_create(author=by, ticket=ticket, defaults=facts)
    return draft


def drop_draft(*, by: User, ticket: Ticket | None = None) -> None:
    Draft.objects.filter(author=by, ticket=ticket).delete()
