"""What is measured: calls of the desk, each beside the same rows at the limit."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import orjson
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db.models import F, FloatField, Value
from django.db.models.functions import Abs

from supportdesk.accounts.models import Scope, Token, User
from tickets.models import Message, SearchStem, SearchWord, Ticket


@dataclass(frozen=True)
class Call:
    """One request, made anew for every round."""

    path: str
    headers: dict[str, str]
    body: Callable[[], dict[str, Any]] | None = None


@dataclass(frozen=True)
class Probe:
    name: str
    desk: Call
    limit: Call
    target: float | None = None  # times the limit


def all_of_them(customer: User, specialist: User) -> list[Probe]:
    portal, office = _signed_in(customer), _signed_in(specialist)
    api = _token(customer)
    ticket = _talked_about(customer)
    theirs = _limit("/list", organisation=customer.organisation_id)
    return [
        Probe("open a ticket (API)", _opening(api, ticket), _bare_opening(customer, ticket), 6),
        Probe(
            "list (API)",
            Call("/api/v1/tickets/", api),
            _limit("/api", organisation=customer.organisation_id),
            6,
        ),
        Probe("list (portal)", Call("/tickets/", portal), theirs),
        Probe("start page (portal)", Call("/", portal), theirs),
        Probe(
            "ticket page (portal)",
            Call(f"/tickets/{ticket.number}/", portal),
            _limit("/page", number=ticket.number),
        ),
        Probe(
            "work list (office)",
            Call("/office/tickets/ticket/", office),
            _limit("/work", assignee=specialist.pk),
        ),
        Probe(
            "all tickets (office)",
            Call("/office/tickets/ticket/?list=all", office),
            _limit("/work", assignee=specialist.pk),
        ),
        _search(office),
    ]


def _search(office: dict[str, str]) -> Probe:
    """A word that occurs in one ticket of 200."""
    wanted = SearchStem.objects.get(stem="").tickets / 200
    by_distance = Abs(F("tickets") - Value(wanted), output_field=FloatField())
    known = SearchStem.objects.filter(stem__in=SearchWord.objects.values("stem"))
    stem = known.order_by(by_distance, "stem")[0].stem
    word = SearchWord.objects.filter(stem=stem).order_by("word")[0].word
    return Probe(
        "search (office)",
        Call(f"/office/tickets/ticket/search/?{urlencode({'q': word})}", office),
        _limit("/search", stem=f"'{stem}'"),
        3,
    )


def _talked_about(customer: User) -> Ticket:
    """A ticket with some messages, as most pages show one."""
    rows = Ticket.objects.visible_to(customer).unresolved()
    ticket = max(rows, key=lambda row: Message.objects.filter(ticket=row).count())
    assert ticket is not None
    return ticket


def _opening(headers: dict[str, str], ticket: Ticket) -> Call:
    facts = {"module": ticket.module.code, "customer_priority": 3, **_words(ticket)}
    return Call("/api/v1/tickets/", headers, lambda: facts)


def _bare_opening(customer: User, ticket: Ticket) -> Call:
    facts = {
        "organisation": customer.organisation_id,
        "person": customer.pk,
        "module": ticket.module_id,
        "team": ticket.module.team_id,
        "priority": 3,
        **_words(ticket),
    }
    return Call("/open", {}, lambda: {**facts, "key": uuid.uuid4().hex})


def _words(ticket: Ticket) -> dict[str, str]:
    return {"subject": ticket.subject, "text": ticket.messages.all()[0].text}


def _limit(path: str, **asked: Any) -> Call:
    return Call(f"{path}?{urlencode(asked)}", {})


def _token(person: User) -> dict[str, str]:
    _row, secret = Token.objects.create(user=person, name="bench", scopes=list(Scope.values))
    return {"Authorization": f"Token {secret}"}


def _signed_in(person: User) -> dict[str, str]:
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session.session_key}"}


def encoded(call: Call) -> tuple[bytes | None, dict[str, str]]:
    """Body and headers of one round; a POST has a key of its own each time."""
    if call.body is None:
        return None, call.headers
    more = {"Content-Type": "application/json", "Idempotency-Key": uuid.uuid4().hex}
    return orjson.dumps(call.body()), {**call.headers, **more}
