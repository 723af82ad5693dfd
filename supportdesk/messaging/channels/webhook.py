"""Webhooks: one signed POST to the address the name resolved to, without redirects."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from supportdesk.messaging import endpoints, guard, signing
from supportdesk.messaging.channels import TryLater, Undeliverable
from supportdesk.messaging.guard import Target
from supportdesk.messaging.models import Endpoint

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from supportdesk.messaging.models import Dispatch

lease = timedelta(minutes=1)
SECONDS = 10  # for the whole call, however slowly the other side drips
MOST_BYTES = 64 * 1024  # of the answer, which is read only to be polite
TLS = ssl.create_default_context()


def ready(due: QuerySet[Dispatch], *, urgent: bool) -> QuerySet[Dispatch]:
    """One call at a time per endpoint, none while it is paused: slow ones hold up no others."""
    return due.exclude(endpoint__in=Endpoint.objects.busy())


def send(dispatch: Dispatch) -> None:
    endpoint = dispatch.endpoint
    if endpoint is None or not endpoint.is_active:
        raise Undeliverable("The endpoint is switched off.")
    try:
        status = _post(guard.resolve(endpoint.url), *_signed(dispatch, endpoint))
    except guard.Forbidden as error:
        raise Undeliverable("The address is not public.") from error
    except (OSError, http.client.HTTPException) as error:
        endpoints.failed(endpoint)
        raise TryLater(f"No answer ({type(error).__name__}).") from error
    if not 200 <= status < 300:
        endpoints.failed(endpoint, gone=status == 410)
        raise TryLater(f"The answer was {status}.")
    endpoints.worked(endpoint)


def _signed(dispatch: Dispatch, endpoint: Endpoint) -> tuple[bytes, dict[str, str]]:
    told, now = dispatch.content, timezone.now()
    message_id = str(dispatch.idempotency_key)
    content = {
        "id": message_id,
        "type": told["event"],
        "timestamp": told["at"],
        "data": told["body"],
    }
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    headers = signing.headers(endpoint.secrets(now), message_id, int(now.timestamp()), body)
    return body, headers


def _post(target: Target, body: bytes, headers: dict[str, str]) -> int:
    connection = _Pinned(target)
    headers = {
        "Host": target.host_header,
        "Content-Type": "application/json",
        "User-Agent": "Support-Desk webhook",
        **headers,
    }
    try:
        connection.connect()
        with _cut_off(connection.sock):
            connection.request("POST", target.path, body, headers)
            answer = connection.getresponse()
            answer.read(MOST_BYTES)
            return answer.status
    finally:
        connection.close()


@contextmanager
def _cut_off(sock: Any) -> Iterator[None]:
    """A time-out per read does not end an answer that comes byte by byte; this does."""
    timer = threading.Timer(SECONDS, sock.shutdown, [socket.SHUT_RDWR])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


class _Pinned(http.client.HTTPConnection):
    """Connects to the checked address; certificate and Host header are those of the name."""

    def __init__(self, target: Target) -> None:
        super().__init__(target.host, target.port, timeout=SECONDS / 2)
        self.target = target

    def connect(self) -> None:
        address = (self.target.address, self.target.port)
        self.sock = socket.create_connection(address, timeout=self.timeout)
        if self.target.secure:
            self.sock = TLS.wrap_socket(self.sock, server_hostname=self.target.host)
