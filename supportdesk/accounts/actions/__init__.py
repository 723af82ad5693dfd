"""The verbs of people: every change, one function each; doors call `actions.invite(...)`."""

from supportdesk.accounts.actions.invitations import (
    accept_invitation,
    invite,
    resend_invitation,
    withdraw_invitation,
)
from supportdesk.accounts.actions.people import disable_user, enable_user, grant_roles
from supportdesk.accounts.actions.sessions import end_other_sessions, end_session

__all__ = [
    "accept_invitation",
    "disable_user",
    "enable_user",
    "end_other_sessions",
    "end_session",
    "grant_roles",
    "invite",
    "resend_invitation",
    "withdraw_invitation",
]
