"""Organisations, mandates, teams, people, invitations and tokens."""

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
]
