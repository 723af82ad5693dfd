"""Who knocks: people with a session, people with a token, and those with neither."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from supportdesk.accounts.models import Scope, Token
from tests.web.world import World

CUSTOMERS = ["alice", "carol", "paul", "mallory", "ended"]
STAFF = ["sam", "lea", "dev", "rita", "tom", "ada", "audrey"]
# Sets of people that a table may name in a column; the rows are Alpina's.
AUDIENCES = {
    "strangers": ["anonymous", "disabled", "token", "cookie", "expired"],
    "alpina": ["alice", "carol"],
    "insiders": ["alice", "carol", "paul"],  # paul: a provider with a mandate
    "outsiders": ["mallory", "ended"],  # another insurer; a provider whose mandate ended today
    "customers": CUSTOMERS,
    "staff": STAFF,
    "agents": ["sam", "lea"],
    "readers": ["dev", "rita", "tom", "ada", "audrey"],
    "everybody": [*CUSTOMERS, *STAFF],
}
# Each door lets people in by its own key; the other door's key opens nothing.
PAGES = ["anonymous", "disabled", "token", *CUSTOMERS, *STAFF]
API = ["anonymous", "disabled", "cookie", "expired", "narrow", *CUSTOMERS, *STAFF]
DOORS = {"pages": PAGES, "api": API}


class Visitor:
    """A client whose requests leave nothing behind, neither in the database nor in its cookies."""

    def __init__(self, headers: dict[str, str], session: str = "") -> None:
        self.client = Client(raise_request_exception=False, headers=headers)
        self.session = session

    def ask(self, method: str, path: str, data: Any = None, **more: Any) -> HttpResponse:
        self.client.cookies = SimpleCookie()
        if self.session:
            self.client.cookies[settings.SESSION_COOKIE_NAME] = self.session
        call: Callable[..., Any] = getattr(self.client, method.lower())
        with transaction.atomic():
            answer = call(path, {} if data is None else data, **more)
            transaction.set_rollback(True)
        return answer


def visitors(world: World) -> dict[str, dict[str, Visitor]]:
    """By door and name."""
    return {
        "pages": {name: _with_session(world, name) for name in PAGES},
        "api": {name: _with_token(world, name) for name in API},
    }


def _with_session(world: World, name: str) -> Visitor:
    if name == "anonymous":
        return Visitor({})
    if name == "token":
        return _with_token(world, "alice")
    client = Client()
    client.force_login(world.people[name])
    return Visitor({}, client.cookies[settings.SESSION_COOKIE_NAME].value)


def _with_token(world: World, name: str) -> Visitor:
    if name == "anonymous":
        return Visitor({})
    if name == "cookie":
        return _with_session(world, "alice")
    owner = world.people[{"narrow": "alice", "expired": "alice"}.get(name, name)]
    scopes = [Scope.WEBHOOKS] if name == "narrow" else list(Scope.values)
    expiry = timedelta(seconds=-1) if name == "expired" else None
    _token, secret = Token.objects.create(user=owner, name=name, scopes=scopes, expiry=expiry)
    return Visitor({"Authorization": f"Token {secret}", "Accept-Language": "en"})
