"""What the portal's pages of every app share."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from supportdesk.accounts.models import User


class SignedIn(HttpRequest):
    """A request behind LoginRequiredMiddleware: somebody is signed in."""

    user: User
    htmx: Any
