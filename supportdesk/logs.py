"""What every process writes down: lines of JSON, or readable ones for a developer.

No texts, names, addresses or secrets. Of an address of ours only its pattern is written: links of
invitations and of forgotten passwords are secrets, and searches say what somebody looks for.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import structlog
from django.http import HttpRequest
from structlog.typing import EventDict, Processor, WrappedLogger

# PostgreSQL quotes the offending values there.
VALUES = re.compile(r"^\s*(DETAIL|CONTEXT):.*$", re.MULTILINE)


def setting(*, readable: bool) -> dict[str, Any]:
    """Django's LOGGING. Processes of Celery and gunicorn write the same lines."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "supportdesk.logs.formatter", "readable": readable}},
        "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["out"], "level": "INFO"},
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.request": {"level": "ERROR"},  # the rest stands in the request's own line
            "django.server": {"handlers": [], "level": "ERROR", "propagate": True},
            "celery": {"level": "WARNING"},
            "gunicorn.error": {"handlers": [], "level": "WARNING", "propagate": True},
            "gunicorn.access": {"handlers": [], "level": "WARNING", "propagate": True},
        },
    }


def formatter(*, readable: bool) -> logging.Formatter:
    shown: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if readable:
        shown += [structlog.dev.ConsoleRenderer(colors=False)]
    else:
        shown += [without_values, structlog.processors.JSONRenderer(ensure_ascii=False)]
    return structlog.stdlib.ProcessorFormatter(processors=shown, foreign_pre_chain=SHARED)


def request_id() -> str:
    """Of the request that all this happens because of; empty for what the timetable does."""
    return structlog.contextvars.get_contextvars().get("request_id", "")


@contextmanager
def because_of(number: str, **facts: Any) -> Iterator[None]:
    """What is written down inside bears the number of the request that led to it."""
    known = {"request_id": number, **facts}
    with structlog.contextvars.bound_contextvars(**{k: v for k, v in known.items() if v}):
        yield


def only_pattern(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Django names the full path in its own complaints; they keep the reason and the pattern."""
    record = event.get("_record")
    request = getattr(record, "request", None)
    if record is not None and isinstance(request, HttpRequest):
        status = getattr(record, "status_code", None)
        reason = record.args[0] if record.args and isinstance(record.args, tuple) else ""
        event["event"] = str(reason or (HTTPStatus(status).phrase if status else record.msg))
        event["route"] = route(request)
    return event


def without_values(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    if "exception" in event:
        event["exception"] = VALUES.sub("", event["exception"])
    return event


def route(request: HttpRequest) -> str:
    """The pattern of the address; of one that is none of ours nothing but that."""
    match = request.resolver_match
    return f"/{match.route}" if match else "-"


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    only_pattern,
    structlog.processors.format_exc_info,
]
structlog.configure(
    processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
)
