"""What somebody was writing. A draft is its author's alone: no right, no audit, no event."""

from __future__ import annotations

from collections.abc import Mapping

from supportdesk.accounts.models import User
from tickets.models import Draft, Ticket

MOST_CHARACTERS = 50_000  # of one field; longer texts are refused when they are sent


def keep_draft(
    content: Mapping[str, str], *, by: User, ticket: Ticket | None = None
) -> Draft | None:
    """Remember it until it is sent or emptied; the latest wins. Safe to repeat."""
    # PostgreSQL's JSON knows no NUL. A form refuses one when the text is sent, and says so.
    clean = {name: text.replace("\x00", "")[:MOST_CHARACTERS] for name, text in content.items()}
    if not any(text.strip() for text in clean.values()):
        drop_draft(by=by, ticket=ticket)
        return None
    draft, _created = Draft.objects.update_or_create(
        author=by, ticket=ticket, defaults={"content": clean}
    )
    return draft


def drop_draft(*, by: User, ticket: Ticket | None = None) -> None:
    Draft.objects.filter(author=by, ticket=ticket).delete()
