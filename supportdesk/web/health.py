"""What a load balancer asks: does the process live, and can it serve."""

from __future__ import annotations

from threading import Event

from django.contrib.auth.decorators import login_not_required
from django.core.cache import caches
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

MIGRATED = Event()


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
    """503 without the database or with migrations to come. The broker only carries hints: without
    it the desk is slower by seconds, which is "degraded" and still ready.
    """
    database = _database_answers()
    parts = {
        "database": database,
        "migrations": database and _is_migrated(),
        "broker": _broker_answers(),
    }
    usable = parts["database"] and parts["migrations"]
    status = "ok" if all(parts.values()) else "degraded" if usable else "unavailable"
    return JsonResponse({"status": status, **parts}, status=200 if usable else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _is_migrated() -> bool:
    """Whether the schema is as new as this code; once it is, it stays so for this process."""
    if not MIGRATED.is_set():
        try:
            executor = MigrationExecutor(connection)
            pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
        except DatabaseError:
            return False
        if not pending:
            MIGRATED.set()
    return MIGRATED.is_set()


def _broker_answers() -> bool:
    try:
        redis = caches["default"]._cache.get_client()  # type: ignore[attr-defined]  # Django's
        return bool(redis.ping())
    except (RedisError, OSError):
        return False
