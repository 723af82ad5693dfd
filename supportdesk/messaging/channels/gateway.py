"""SMS and calls, through a gateway of the operator's choice that speaks one small HTTP contract.

The contract is written down in docs/gateway.md: one POST per message, told apart by its
Idempotency-Key, so that a message that comes twice rings once.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings

from supportdesk.messaging.channels import TryLater, Undeliverable, Unreachable

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from supportdesk.messaging.models import Dispatch

SECONDS = 8
lease = timedelta(seconds=30)
LATER = {408, 425, 429}  # of the refusals, those that say nothing about the message


def ready(due: QuerySet[Dispatch], *, urgent: bool) -> QuerySet[Dispatch]:
    return due


def send(dispatch: Dispatch) -> None:
    if not settings.GATEWAY_URL:
        raise Undeliverable("No gateway for SMS and calls is configured.")
    try:
        with _opener.open(_request(dispatch), timeout=SECONDS) as answer:
            status = answer.status
    except urllib.error.HTTPError as error:
        status = error.code
    except OSError as error:
        raise Unreachable(f"The gateway is away ({type(error).__name__}).") from error
    if status >= 500 or status in LATER:
        raise TryLater(f"The gateway answered {status}.")
    if not 200 <= status < 300:
        raise Undeliverable(f"The gateway refuses the message ({status}).")


def _request(dispatch: Dispatch) -> urllib.request.Request:
    told = dispatch.content
    body = {
        "id": str(dispatch.idempotency_key),
        "kind": told["kind"],
        "to": dispatch.address,
        "text": told["text"],
        "language": told.get("language", "de"),
    }
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": str(dispatch.idempotency_key),
        "Authorization": f"Bearer {settings.GATEWAY_TOKEN}",
        "User-Agent": "Support-Desk pager",
    }
    content = json.dumps(body, ensure_ascii=False).encode()
    return urllib.request.Request(settings.GATEWAY_URL, content, headers, method="POST")  # noqa: S310 - the operator's own address


class _Straight(urllib.request.HTTPRedirectHandler):
    """The token must not follow a redirect to somebody else."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


_opener = urllib.request.build_opener(_Straight)
