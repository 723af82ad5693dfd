"""How often one person may call: counted per minute, told in every answer."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.cache import caches
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from supportdesk.web.cache import ForgivingCache

WINDOW = 60  # seconds


class PerMinute(BaseThrottle):
    """A counter per person and minute, whatever number of tokens they hold; reads apart from
    writes. With the cache away nobody is refused (docs/decisions/0002).
    """

    def allow_request(self, request: Request, view: Any) -> bool:
        kind = "reads" if request.method in SAFE_METHODS else "writes"
        limit = settings.API_PER_MINUTE[kind]
        minute, passed = divmod(time.time(), WINDOW)
        self.left = WINDOW - passed
        key = f"api:{kind}:{request.user.pk}:{minute:.0f}"
        counters = caches["default"]
        assert isinstance(counters, ForgivingCache)
        used = counters.count(key, seconds=2 * WINDOW)
        request._request.rate = (limit, max(limit - used, 0), self.left)  # type: ignore[attr-defined]
        return used <= limit

    def wait(self) -> float:
        return self.left


def tell(request: Request, answer: Response) -> None:
    """Put the state of the counter into the answer."""
    if rate := getattr(request._request, "rate", None):
        limit, remaining, left = rate
        answer["RateLimit-Limit"] = str(limit)
        answer["RateLimit-Remaining"] = str(remaining)
        answer["RateLimit-Reset"] = f"{left:.0f}"
