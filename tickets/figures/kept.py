"""Clocks kept: of the promises that have ended, how many in time; per priority, per customer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db.models import Sum
from django.utils.translation import gettext as _

from tickets.figures.tables import Line, Table, percent
from tickets.models import ClockReading, Priority
from tickets.models.ticket import TicketQuerySet

Counted = tuple[int, str, str, int, int]  # priority, customer, clock, ended, missed


def counted(tickets: TicketQuerySet) -> list[Counted]:
    """One query over the tickets of the period."""
    rows = tickets.order_by().filter(clocks__ended__gt=0)
    groups = rows.values_list("priority", "organisation__name", "clocks__clock")
    return list(groups.annotate(Sum("clocks__ended"), Sum("clocks__missed")))


def tables(found: Iterable[Counted], *, by_customer: bool) -> list[Table]:
    order = list(ClockReading.Clock.values)
    found = sorted(found, key=lambda row: (row[0], order.index(row[2]), row[1]))
    heads = [_("Promises"), _("Late"), _("In time, %")]
    by_clock = _lines((f"{p} · {_clock(clock)}", n, m) for p, _o, clock, n, m in found)
    priorities = _lines((str(Priority(p).label), n, m) for p, _o, _c, n, m in found)
    shown = [
        Table("kept", _("Kept, by priority"), [_("Priority"), *heads], priorities),
        Table("clocks", _("Kept, by clock"), [_("Priority and clock"), *heads], by_clock),
    ]
    if by_customer:
        customers = _lines((customer, n, m) for _p, customer, _c, n, m in found)
        customers.sort(key=lambda line: (line.share, line.name))
        shown.append(Table("customers", _("Kept, by customer"), [_("Customer"), *heads], customers))
    return shown


def _clock(value: str) -> str:
    return str(ClockReading.Clock(value).label)


def _lines(parts: Iterable[tuple[str, int, int]]) -> list[Line]:
    ended: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for name, n, late in parts:
        ended[name] += n
        missed[name] += late
    return [
        Line(name, [n, missed[name]], percent(n - missed[name], n)) for name, n in ended.items()
    ]
