"""Every error as a problem (RFC 9457): one shape, for machines and for the reader."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import (
    ObjectDoesNotExist,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, serializers
from rest_framework.response import Response

from supportdesk.errors import Invalid, Refused
from supportdesk.web.api.wire import TooLarge

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:supportdesk:problem:"
log = logging.getLogger("django.request")


class ProblemErrorOut(serializers.Serializer):
    field = serializers.CharField(help_text="Empty where the input as a whole is meant.")
    code = serializers.CharField()
    message = serializers.CharField()


class ProblemOut(serializers.Serializer):
    type = serializers.CharField(help_text=f"{TYPE}<code>")
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="Stable; decide by this one.")
    detail = serializers.CharField(help_text="For people, in the language asked for.")
    errors = ProblemErrorOut(  # type: ignore[assignment]  # a field, though serializers have errors
        many=True, help_text="What is wrong with the input, field by field."
    )

    class Meta:
        ref_name = "Problem"


class NotNow(exceptions.APIException):
    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_detail = _("The desk cannot answer right now. Please try again in a moment.")
    default_code = "not_now"
    wait = 5


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's exception handler. In development unknown errors keep their debug page."""
    if isinstance(error, Refused):
        return _refused(error)
    if isinstance(error, Http404 | ObjectDoesNotExist):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    elif isinstance(error, RequestDataTooBig):
        error = TooLarge()
    elif isinstance(error, SuspiciousOperation):  # e.g. more files than anybody sends
        error = exceptions.ParseError()
    if isinstance(error, OperationalError | InterfaceError):  # away, or a lock that took too long
        log.error("The database does not answer: %s", type(error.__cause__ or error).__name__)
        error = NotNow()
    if isinstance(error, exceptions.APIException):
        return _known(error)
    return None if settings.DEBUG else _unknown(error, context)


def problem(
    status: int, code: str, detail: str, *, title: str = "", errors: list[dict] | None = None
) -> Response:
    body = {
        "type": TYPE + code,
        "title": title or HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "errors": errors or [],
    }
    return Response(body, status, content_type=MEDIA_TYPE)


def _refused(error: Refused) -> Response:
    status, errors = error.status, []
    if isinstance(error, Invalid):
        status = HTTPStatus.BAD_REQUEST  # 422 is the pages' word, and that of reused keys
        errors = [{"field": error.field or "", "code": error.code, "message": str(error)}]
    return problem(status, error.code, str(error), title=str(error.title), errors=errors)


def _known(error: exceptions.APIException) -> Response:
    if isinstance(error, exceptions.ValidationError):
        errors = list(_flat(error.get_full_details()))
        answer = problem(error.status_code, "invalid", errors[0]["message"], errors=errors)
    else:
        answer = problem(error.status_code, str(error.get_codes()), str(error.detail))
    if challenge := getattr(error, "auth_header", None):
        answer["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        answer["Retry-After"] = f"{wait:.0f}"
    return answer


def _flat(details: Any, field: str = "") -> Iterator[dict[str, str]]:
    """Nested errors as one list; the path to a field is written with dots."""
    if isinstance(details, list):
        for message in details:
            yield from _flat(message, field)
    elif isinstance(details.get("message"), str):  # a field of that name would hold a list
        code = details["code"] or "invalid"  # Django's forms may give none
        yield {"field": field, "code": code, "message": str(details["message"])}
    else:
        for name, part in details.items():
            path = [field, "" if name == "non_field_errors" else str(name)]
            yield from _flat(part, ".".join(filter(None, path)))


def _unknown(error: Exception, context: dict[str, Any]) -> Response:
    """Our own fault. Logged and signalled as Django does it; nothing of it is told outside."""
    request = context["request"]
    got_request_exception.send(sender=None, request=request)
    log.error("Internal Server Error: %s", request.path, exc_info=error)
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "error", "Something broke on our side.")
