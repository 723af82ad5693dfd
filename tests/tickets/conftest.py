"""What the tests of incoming mail stand on: a mailbox for support, one for escalations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from supportdesk.accounts.models import User
from tickets import actions
from tickets.models import Mailbox, RawMail

ADDRESS = "support@desk.example"


@pytest.fixture
def reply_address(settings: Any) -> None:
    settings.MAIL_REPLY_ADDRESS = ADDRESS


@pytest.fixture
def support(module: Any) -> Mailbox:
    return Mailbox.objects.create(code="support", address=ADDRESS, module=module)


@pytest.fixture
def urgent(module: Any) -> Mailbox:
    return Mailbox.objects.create(
        code="urgent",
        address="eskalation@desk.example",
        module=module,
        purpose=Mailbox.Purpose.ESCALATION,
    )


@pytest.fixture
def arrive(desk: User, support: Mailbox) -> Callable[..., RawMail]:
    """A mail comes in and is sorted."""

    def arrive(raw: bytes, mailbox: Mailbox = support) -> RawMail:
        row = actions.receive(raw, by=desk, mailbox=mailbox)
        while actions.sort_next(by=desk):
            pass
        row.refresh_from_db()
        return row

    return arrive
