"""Who calls, and what their token lets them touch on top of what they may."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from knox.auth import TokenAuthentication as KnoxAuthentication
from knox.crypto import hash_token
from rest_framework.exceptions import AuthenticationFailed, MethodNotAllowed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.request import Request

from supportdesk.accounts.models import Token, User

ANY = ""  # the scope of what every valid token may read
USE_NOTED_EVERY = timedelta(minutes=5)  # so that a busy token costs no write per request


class Called(Request):
    """A request behind HasScope: somebody calls, with a token."""

    user: User
    auth: Token


class TokenAuthentication(KnoxAuthentication):
    """One query by the digest. Unknown, expired and disabled look the same from outside."""

    def authenticate_credentials(self, token: bytes) -> tuple[User, Token]:
        # Headers are bytes from anywhere: what is not ASCII is no token of ours.
        digest = hash_token(token.decode("ascii", errors="replace"))
        found = Token.objects.select_related("user__organisation").filter(digest=digest).first()
        now = timezone.now()
        if found is None or not found.user.is_active or (found.expiry and found.expiry <= now):
            raise AuthenticationFailed(_("This token is not valid, or not any more."), "token")
        _note_use(found, now)
        return found.user, found


class HasScope(IsAuthenticated):
    """Closed by default: a door that names no scope for the method refuses it."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not super().has_permission(request, view):
            return False
        if not hasattr(view, str(request.method).lower()):
            raise MethodNotAllowed(str(request.method))
        kind = "scope_to_read" if request.method in SAFE_METHODS else "scope_to_write"
        needed = getattr(view, kind, None)
        assert isinstance(request.auth, Token)
        if needed is None or (needed and needed not in request.auth.scopes):
            text = _("The scopes of this token do not include “%(scope)s”.")
            raise PermissionDenied(text % {"scope": needed}, "scope")
        return True


def _note_use(token: Token, now: datetime) -> None:
    if token.last_used_at is None or token.last_used_at < now - USE_NOTED_EVERY:
        Token.objects.filter(pk=token.pk).update(last_used_at=now)
