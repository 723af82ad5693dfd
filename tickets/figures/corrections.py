"""What corrections have to do with tickets: those they spared, and those they were missed in."""

from __future__ import annotations

from datetime import date

from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from supportdesk.accounts.models import CustomerRows
from tickets.figures.tables import Line, Table, percent
from tickets.models.ticket import TicketQuerySet

MOST = 20  # corrections the table names
Months = list[tuple[date, int]]
Missed = list[tuple[int, str, int, int]]  # number, symptom, tickets, customers


def by_month(prevented: CustomerRows) -> Months:
    """One query over the prevented tickets of the period."""
    rows = prevented.order_by().annotate(month=TruncMonth("on")).values_list("month")
    return list(rows.annotate(n=Count("pk")).order_by("month"))


def prevented_table(found: Months) -> Table:
    """The bar is the share of the best month."""
    best = max((n for _month, n in found), default=0)
    lines = [Line(date_format(month, "F Y"), [n], percent(n, best)) for month, n in found]
    heads = [_("Month"), _("Tickets"), _("Of the best month, %")]
    return Table("prevented", _("Tickets a known correction has spared"), heads, lines)


def missed(tickets: TicketQuerySet) -> Missed:
    """One query over the tickets of the period: the correction each lacked, the commonest first."""
    lacking = tickets.order_by().filter(diagnosis__correction__isnull=False)
    rows = lacking.values_list("diagnosis__correction", "diagnosis__correction__symptom")
    counts = rows.annotate(n=Count("pk"), customers=Count("organisation", distinct=True))
    return list(counts.order_by("-n", "-diagnosis__correction")[:MOST])


def missed_table(found: Missed) -> Table:
    most = max((row[2] for row in found), default=0)
    lines = [
        Line(f"K-{number} {symptom}", [n, customers], percent(n, most))
        for number, symptom, n, customers in found
    ]
    heads = [_("Correction"), _("Tickets"), _("Customers"), _("Of the commonest, %")]
    return Table("missed", _("Corrections most missed"), heads, lines)
