"""Second factors: who must have one, and who does."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AnonymousUser

from supportdesk.accounts.models import User

# Recovery codes stand in for one of these and are no factor of their own.
KINDS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def must_have(user: User | AnonymousUser) -> bool:
    """Whoever may enter the back office, where that is demanded."""
    return bool(settings.REQUIRE_STAFF_MFA and user.is_authenticated and user.is_staff)


def has(user: User | AnonymousUser) -> bool:
    if not user.is_authenticated:
        return False
    return Authenticator.objects.filter(user=user, type__in=KINDS).exists()
