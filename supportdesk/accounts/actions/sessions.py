"""Where somebody is signed in, and how that ends."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.db import transaction

from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.audit import actions as audit


@transaction.atomic
def end_session(session: UserSession, *, by: User) -> None:
    """Sign out one of one's own browsers."""
    access.require(by, "session.end")
    session = UserSession.objects.select_for_update().get(pk=session.pk, user=by)
    session.end()
    audit.record("session.ended", by, by=by, sessions=1)


@transaction.atomic
def end_other_sessions(*, by: User, but: str) -> int:
    """Sign out everywhere, except in the browser whose session key is `but`."""
    access.require(by, "session.end")
    ended = end_all(by, but=but)
    audit.record("session.ended", by, by=by, sessions=ended)
    return ended


def end_all(person: User, *, but: str | None = None) -> int:
    """Inside a verb that has asked for the right. How many ended."""
    sessions = UserSession.objects.filter(user=person).exclude(session_key=but or "")
    ended = [session.end() for session in sessions.select_for_update()]
    return len(ended)
