"""The line each request leaves in the log, and the number that ties to it what it led to."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from supportdesk import logs

Handler = Callable[[HttpRequest], HttpResponse]
REQUEST_ID = "X-Request-ID"
GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
log = structlog.get_logger("supportdesk.request")


class RequestLineMiddleware:
    """One line per request. Its number goes along with events and dispatches, and to the caller."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started, number = time.perf_counter(), _request_id(request)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=number)
        try:
            response = self.get_response(request)
            response[REQUEST_ID] = number
            facts = _facts(request, response)
            took = round(1000 * (time.perf_counter() - started))
            say = log.debug if request.path.startswith("/health/") else log.info
            say("request", ms=took, **facts)
        finally:
            structlog.contextvars.clear_contextvars()
        return response


def _request_id(request: HttpRequest) -> str:
    given = request.headers.get(REQUEST_ID, "") if settings.TRUST_REQUEST_ID else ""
    if GIVEN_ID.fullmatch(given):
        return given
    return f"{random.getrandbits(128):032x}"


def _facts(request: HttpRequest, response: HttpResponse) -> dict[str, object]:
    """Who by number only, and only where somebody has asked already: this costs no query."""
    facts: dict[str, object] = {
        "method": request.method,
        "route": logs.route(request),
        "status": response.status_code,
    }
    user = getattr(request, "user", None)
    if isinstance(user, SimpleLazyObject):
        user = getattr(request, "_cached_user", None)
    if user is not None and user.pk:
        facts["user"] = user.pk
    if request.resolver_match and (ticket := request.resolver_match.kwargs.get("number")):
        facts["ticket"] = int(ticket)
    return facts
