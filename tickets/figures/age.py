"""The age of what is open: how long tickets have waited for their end, whenever they came."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from tickets.figures.tables import Line, Table, percent
from tickets.models.ticket import TicketQuerySet

DAYS = [1, 3, 7, 30, 90]  # the steps of the table, in calendar days


def counted(tickets: TicketQuerySet, at: datetime) -> list[int]:
    """How many are younger than each step, and how many are older than all: one query."""
    edges = [at, *(at - timedelta(days=n) for n in DAYS), None]
    steps = {
        f"step_{n}": Count("pk", filter=_between(older, younger))
        for n, (younger, older) in enumerate(pairwise(edges))
    }
    found = tickets.unresolved().order_by().aggregate(**steps)
    return [found[name] for name in steps]


def table(counts: list[int]) -> Table:
    total = sum(counts)
    names = [_("up to %(n)d days") % {"n": n} for n in DAYS]
    names = [_("up to one day"), *names[1:], _("longer")]
    lines = [Line(name, [n], percent(n, total)) for name, n in zip(names, counts, strict=True)]
    heads = [_("Open for"), _("Tickets"), _("Share, %")]
    return Table("age", _("Age of what is open today"), heads, lines)


def _between(older: datetime | None, younger: datetime | None) -> Q:
    found = Q(opened_at__lte=younger)
    return found & Q(opened_at__gt=older) if older else found
