"""The verbs of people: every change, one function each; doors call `actions.invite(...)`."""

from supportdesk.accounts.actions.invitations import (
    accept_invitation,
    invite,
    resend_invitation,
    withdraw_invitation,
)
from supportdesk.accounts.actions.people import disable_user, enable_user, grant_roles
from supportdesk.accounts.actions.profile import (
    change_preferences,
    change_profile,
    change_quiet,
)
from supportdesk.accounts.actions.safety import (
    ask_for_password,
    come_in,
    note_change,
    reset_mfa,
)
from supportdesk.accounts.actions.sessions import end_other_sessions, end_session
from supportdesk.accounts.actions.tokens import create_token, revoke_token
from supportdesk.accounts.actions.webhooks import (
    change_webhook,
    create_webhook,
    delete_webhook,
    ping_webhook,
    rotate_secret,
    switch_webhook,
)

__all__ = [
    "accept_invitation",
    "ask_for_password",
    "change_preferences",
    "change_profile",
    "change_quiet",
    "change_webhook",
    "come_in",
    "create_token",
    "create_webhook",
    "delete_webhook",
    "disable_user",
    "enable_user",
    "end_other_sessions",
    "end_session",
    "grant_roles",
    "invite",
    "note_change",
    "ping_webhook",
    "resend_invitation",
    "reset_mfa",
    "revoke_token",
    "rotate_secret",
    "switch_webhook",
    "withdraw_invitation",
]
