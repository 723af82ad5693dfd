"""Organisations, mandates, teams, people, invitations, tokens and webhooks."""

from supportdesk.accounts.models.invitation import Invitation
from supportdesk.accounts.models.organisation import (
    CustomerRows,
    FederalState,
    Mandate,
    Organisation,
    Service,
)
from supportdesk.accounts.models.token import Scope, Token
from supportdesk.accounts.models.user import Language, Team, User
from supportdesk.accounts.models.webhook import Webhook

__all__ = [
    "CustomerRows",
    "FederalState",
    "Invitation",
    "Language",
    "Mandate",
    "Organisation",
    "Scope",
    "Service",
    "Team",
    "Token",
    "User",
    "Webhook",
]
