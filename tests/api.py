"""Calling the API as somebody, with a token of theirs."""

from __future__ import annotations

from typing import Any

from django.test import Client

from supportdesk.accounts.models import Scope, Token, User

ALL = list(Scope.values)
JSON = "application/json"


def calling_as(user: User, *, scopes: list[str] = ALL) -> Client:
    """A client that sends the user's fresh token and asks for English."""
    _token, secret = Token.objects.create(user=user, name="test", scopes=scopes)
    headers = {"Authorization": f"Token {secret}", "Accept-Language": "en"}
    return ApiClient(headers=headers)


class ApiClient(Client):
    """Writes JSON unless told otherwise."""

    def post(self, path: str, data: Any = None, content_type: str = JSON, **rest: Any) -> Any:
        return super().post(path, {} if data is None else data, content_type, **rest)
