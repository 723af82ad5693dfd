"""A mail server and a receiver of webhooks, both real and both obedient to the test."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller

from supportdesk.messaging.models import Endpoint


@dataclass
class MailServer:
    """Answers DATA and RCPT as told; "" after DATA means the line is cut."""

    after_data: str = "250 taken"
    after_rcpt: str = "250 fine"
    taken: list[EmailMessage] = field(default_factory=list)

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        envelope.rcpt_tos.append(address)
        return self.after_rcpt

    async def handle_DATA(self, server, session, envelope) -> str:
        self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        if not self.after_data:
            server.transport.abort()
        return self.after_data or "451 never heard"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.fixture
def mail_server(settings) -> Iterator[MailServer]:
    handler = MailServer()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = controller.port
    settings.EMAIL_TIMEOUT = 2
    yield handler
    controller.stop()


@pytest.fixture
def endpoint(db, receiver) -> Endpoint:
    return Endpoint.objects.create(url=receiver.url)
