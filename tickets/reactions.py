"""What else happens when something happened to a ticket: somebody is found for it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from supportdesk.accounts.models import User
from supportdesk.errors import WrongState
from supportdesk.messaging.outbox import reacts_to
from tickets import actions
from tickets.models import Ticket


@reacts_to("ticket.opened", "ticket.handed_on")
def find_somebody(ticket: int, **_more: Any) -> None:
    """Unless somebody took it meanwhile, or it was handed on to a person."""
    row = Ticket.objects.to_route().filter(pk=ticket).first()
    if row is not None:
        with suppress(WrongState):
            actions.route(row, by=User.objects.desk())
