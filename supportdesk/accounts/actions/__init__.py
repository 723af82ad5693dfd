"""The verbs of people: every change, one function each; doors call `actions.invite(...)`."""

from supportdesk.accounts.actions.invitations import (
    accept_invitation,
    invite,
    resend_invitation,
    withdraw_invitation,
)

__all__ = [
    "accept_invitation",
    "invite",
    "resend_invitation",
    "withdraw_invitation",
]
