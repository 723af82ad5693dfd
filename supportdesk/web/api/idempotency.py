"""A POST repeated with the same key has the same answer, and happens once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from supportdesk.web.api.tokens import Called
from supportdesk.web.api.wire import JSONRenderer
from supportdesk.web.models import GivenAnswer

HEADER = "Idempotency-Key"
KEY = re.compile(r"[!-~]{1,200}")  # visible ASCII
KEPT_FOR = timedelta(hours=24)


class InProgress(APIException):
    status_code = 409
    default_detail = _("A request with this key is being answered right now.")
    default_code = "in_progress"
    wait = 1


class KeyReused(APIException):
    status_code = 422
    default_detail = _("This key was used for another request.")
    default_code = "key_reused"


def once(request: Called, run: Callable[[], Response]) -> Response:
    """Run, or repeat the answer given before to the same person, key and request.

    Key, change and answer commit together. The lock that says "in progress" belongs to the
    transaction: whatever kills the process frees the key, and nothing half done stays behind.
    Refusals changed nothing, so they are not kept: a repeat is judged anew.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return run()
    if not KEY.fullmatch(key):
        raise ValidationError({HEADER: _("1 to 200 visible ASCII characters.")})
    fingerprint = _fingerprint(request)
    with transaction.atomic():
        _hold(f"{request.user.pk}:{key}")
        given = GivenAnswer.objects.filter(user=request.user, key=key).first()
        if given and given.created_at > timezone.now() - KEPT_FOR:
            return _again(given, fingerprint)
        answer = run()
        facts = {
            "fingerprint": fingerprint,
            "status": answer.status_code,
            "body": JSONRenderer().render(answer.data).decode(),
            "created_at": timezone.now(),
        }
        if given:  # past its time
            given.delete()
        GivenAnswer.objects.create(user=request.user, key=key, **facts)
    return answer


def forget() -> int:
    """Delete answers past their time. Safe to repeat."""
    past = GivenAnswer.objects.filter(created_at__lt=timezone.now() - KEPT_FOR)
    return past.delete()[0]


def _hold(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        if not cursor.fetchone()[0]:
            raise InProgress


def _again(given: GivenAnswer, fingerprint: str) -> Response:
    if given.fingerprint != fingerprint:
        raise KeyReused
    body = orjson.Fragment(given.body) if given.body else None
    return Response(body, given.status, headers={"Idempotency-Replayed": "true"})


def _fingerprint(request: Request) -> str:
    """Of what was asked, not of its bytes: a retry may choose another multipart boundary."""
    asked = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    parts: Any = request.data
    if hasattr(request.data, "lists"):
        parts = {name: [_content(value) for value in all_] for name, all_ in request.data.lists()}
    asked.update(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS))
    return asked.hexdigest()


def _content(value: str | UploadedFile) -> str:
    if isinstance(value, str):
        return value
    digest = hashlib.file_digest(value, "sha256").hexdigest()
    value.seek(0)
    return f"{value.name}:{digest}"
