"""The ways out of the house. Each sends one dispatch, or says whether trying again makes sense."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from supportdesk.messaging.models import Dispatch


class Channel(Protocol):
    """`lease` must outlast the slowest `send`, or messages go out twice.

    `ready` leaves out what would only hold up others.
    """

    lease: timedelta

    def ready(self, due: QuerySet[Dispatch], *, urgent: bool) -> QuerySet[Dispatch]: ...

    def send(self, dispatch: Dispatch) -> None: ...


class Undeliverable(Exception):
    """Trying again cannot help. The text is stored and shown to staff."""


class TryLater(Exception):
    """This one failed; another may do better."""


class Unreachable(TryLater):
    """The other side is away: the next message would fail as well."""
