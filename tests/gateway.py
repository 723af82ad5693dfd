"""A gateway for SMS and calls as docs/gateway.md describes it, obedient to the test."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest


@dataclass
class Gateway:
    """Rings once per Idempotency-Key. Answers with `status`, or with that of the number called."""

    url: str = ""
    token: str = "between-the-two-of-us"
    status: int = 202
    moods: dict[str, int] = field(default_factory=dict)
    requests: list[dict[str, Any]] = field(default_factory=list)
    rung: dict[str, dict[str, Any]] = field(default_factory=dict)

    def take(self, headers: Any, body: bytes) -> int:
        if headers["Authorization"] != f"Bearer {self.token}":
            return 401
        message = json.loads(body)
        self.requests.append(message)
        status = self.moods.get(message["to"], self.status)
        if status < 300:
            self.rung.setdefault(headers["Idempotency-Key"], message)
        return status


def open_gateway() -> tuple[Gateway, ThreadingHTTPServer]:
    gateway = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(gateway.take(self.headers, body))
            self.send_header("Location", gateway.url)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    gateway.url = f"http://127.0.0.1:{server.server_port}/messages"
    return gateway, server


@pytest.fixture
def gateway(settings: Any) -> Iterator[Gateway]:
    gateway, server = open_gateway()
    settings.GATEWAY_URL, settings.GATEWAY_TOKEN = gateway.url, gateway.token
    yield gateway
    server.shutdown()
    server.server_close()
