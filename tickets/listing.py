"""Lists of tickets: found by filters and words, sorted, and paged by where the last page ended.

Pages are cut by the sort key, not by counting rows, so the thousandth costs what the first does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.fields.tuple_lookups import (
    Tuple,
    TupleGreaterThan,
    TupleLessThan,
)
from django.utils.translation import gettext_lazy as _

from supportdesk.accounts.models import User
from tickets.models import DONE, Status, Ticket
from tickets.models.ticket import TicketQuerySet

PAGE = 25
LARGEST_NUMBER = 2**63 - 1


class View(models.TextChoices):
    """Saved views, as tabs above the list."""

    OPEN = "open", _("Open")
    YOURS = "yours", _("Waiting for you")
    MINE = "mine", _("Opened by me")
    DONE = "done", _("Resolved and closed")
    ALL = "all", _("All")


class Order(models.TextChoices):
    NEWEST = "newest", _("Newest first")
    OLDEST = "oldest", _("Oldest first")
    CHANGED = "changed", _("Last change first")
    PRIORITY = "priority", _("Priority first")
    DUE = "due", _("Next promise first")


# What each order sorts by, and whether downwards. The number makes every key unique.
KEYS: dict[str, tuple[str | None, bool]] = {
    Order.NEWEST: (None, True),
    Order.OLDEST: (None, False),
    Order.CHANGED: ("changed_at", True),
    Order.PRIORITY: ("priority", False),
    Order.DUE: ("due_by", False),
}


MOMENTS = {"changed_at", "due_by"}


def viewed(rows: TicketQuerySet, view: str, reader: User) -> TicketQuerySet:
    if view == View.YOURS:
        return rows.filter(status__in=[Status.WAITING_CUSTOMER, Status.RESOLVED])
    if view == View.MINE:
        return rows.filter(Q(opened_by=reader) | Q(caller=reader))
    if view == View.DONE:
        return rows.filter(status__in=DONE)
    return rows if view == View.ALL else rows.unresolved()


@dataclass(frozen=True)
class Page:
    """One page of a list, with the cursors that lead on and back; empty where nothing is."""

    rows: list[Ticket]
    after: str = ""
    before: str = ""


def page(
    rows: TicketQuerySet, order: str, *, after: str = "", before: str = "", size: int = PAGE
) -> Page:
    """The page after one cursor or before the other. A senseless cursor means the first page."""
    name, downwards = KEYS[order]
    if name == "due_by":
        rows = rows.with_due_by()
    mark = _parsed(before or after, name)
    backwards = bool(before) and mark is not None
    down = downwards != backwards
    if mark is not None:
        rows = rows.filter(_beyond(name, mark, down))
    keys = [*([name] if name else []), "number"]
    rows = rows.order_by(*[f"-{key}" if down else key for key in keys])
    found = list(rows[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Page([])
    onwards = backwards or more
    back = more if backwards else mark is not None
    return Page(
        found,
        after=_cursor(found[-1], name) if onwards else "",
        before=_cursor(found[0], name) if back else "",
    )


def _beyond(name: str | None, mark: tuple[Any, int], down: bool) -> Any:
    value, number = mark
    if name is None:
        return Q(number__lt=number) if down else Q(number__gt=number)
    # A row comparison is one range of the index; the same condition spelt with OR is not.
    compare = TupleLessThan if down else TupleGreaterThan
    return compare(Tuple(F(name), F("number")), (value, number))


def _cursor(ticket: Ticket, name: str | None) -> str:
    if name is None:
        return str(ticket.number)
    value = getattr(ticket, name)
    return f"{value.isoformat() if isinstance(value, datetime) else value}~{ticket.number}"


def _parsed(cursor: str, name: str | None) -> tuple[Any, int] | None:
    value, _mark, number = cursor.rpartition("~")
    try:
        parsed = int(number)
        if name is None:
            key: Any = int(value) if value else None
        elif name in MOMENTS:
            key = datetime.fromisoformat(value)
        else:
            key = int(value)
    except ValueError:
        return None
    sane = abs(parsed) <= LARGEST_NUMBER and (key is None if name is None else _is_sane(key))
    return (key, parsed) if sane else None


def _is_sane(key: Any) -> bool:
    if not isinstance(key, datetime):
        return abs(key) < 2**15
    # Near the ends of the calendar other zones fall off it; nothing happened in those years.
    return key.tzinfo is not None and MINYEAR < key.year < MAXYEAR
