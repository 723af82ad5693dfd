"""Arrivals by hour of the day: when the tickets of the period came, local time."""

from __future__ import annotations

from collections import Counter

from django.utils.translation import gettext as _

from tickets.arrivals import Arrivals
from tickets.figures.tables import Line, Table, percent


def table(found: Arrivals) -> Table:
    by_hour: Counter[int] = Counter()
    for (_day, hour), n in found.counts.items():
        by_hour[hour] += n
    lines = [
        Line(f"{hour}–{hour + 1}", [by_hour[hour]], percent(by_hour[hour], found.total))
        for hour in found.hours
    ]
    heads = [_("Hour"), _("Tickets"), _("Share, %")]
    return Table("hours", _("Arrivals by hour of the day"), heads, lines)
