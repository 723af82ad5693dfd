"""Causes: what the tickets that were opened in the period turned out to be."""

from __future__ import annotations

from django.db.models import Count
from django.utils.translation import gettext as _

from tickets.figures.tables import Line, Table, percent
from tickets.models import Verdict
from tickets.models.ticket import TicketQuerySet


def counted(tickets: TicketQuerySet) -> list[tuple[str, int]]:
    """One query over the tickets of the period: the verdict that holds, the most frequent first."""
    rows = tickets.order_by().filter(diagnosis__isnull=False)
    return list(rows.values_list("diagnosis__verdict").annotate(n=Count("pk")).order_by("-n"))


def table(found: list[tuple[str, int]]) -> Table:
    total = sum(n for _verdict, n in found)
    lines = [Line(str(Verdict(name).label), [n], percent(n, total)) for name, n in found]
    heads = [_("Cause"), _("Tickets"), _("Share, %")]
    return Table("causes", _("Causes"), heads, lines)
