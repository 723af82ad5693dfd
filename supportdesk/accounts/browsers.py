"""Browsers that somebody has signed in from: strangers who guess passwords lock out strangers.

Wrong passwords are counted per address. Whoever guesses at an address would so keep its owner out;
a browser that has been signed in before carries a signed mark and is counted by itself.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

NAME = "__Host-known" if settings.SECURE else "known"
SALT = "supportdesk.accounts.browsers"
LASTS = timedelta(days=180)


def mark(response: HttpResponse, email: str) -> None:
    """After signing in. The address stands there as a fingerprint only."""
    response.set_cookie(
        NAME,
        signing.dumps([_fingerprint(email), secrets.token_hex(8)], salt=SALT),
        max_age=LASTS,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )


def known_as(request: HttpRequest, email: str) -> str | None:
    """The browser's own number, if this address was the last to sign in from it."""
    try:
        whose, number = signing.loads(request.COOKIES.get(NAME, ""), salt=SALT, max_age=LASTS)
    except (signing.BadSignature, ValueError):
        return None
    return number if whose == _fingerprint(email) else None


def _fingerprint(email: str) -> str:
    return salted_hmac(SALT, email.strip().lower(), algorithm="sha256").hexdigest()[:32]
