"""What a load balancer asks: does the process live, and can it serve."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.cache import caches
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError


@login_not_required
@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """The process answers. Nothing else is asked, so that a slow database restarts nobody."""
    return JsonResponse({"status": "ok"})


@login_not_required
@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """503 without the database. The broker is named but not needed: it only carries hints."""
    database = _database_answers()
    answer = {"database": database, "broker": _broker_answers()}
    return JsonResponse(answer, status=200 if database else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _broker_answers() -> bool:
    try:
        return bool(caches["default"]._cache.get_client().ping())
    except (RedisError, OSError):
        return False
