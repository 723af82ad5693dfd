"""Arrivals by hour and by weekday: when the tickets of the period came, local time."""

from __future__ import annotations

from collections import Counter

from django.utils.dates import WEEKDAYS
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


def by_weekday(found: Arrivals) -> Table:
    by_day: Counter[int] = Counter()
    for (day, _hour), n in found.counts.items():
        by_day[day] += n
    lines = [
        Line(str(name), [by_day[day + 1]], percent(by_day[day + 1], found.total))
        for day, name in WEEKDAYS.items()
    ]
    heads = [_("Weekday"), _("Tickets"), _("Share, %")]
    return Table("weekdays", _("Arrivals by weekday"), heads, lines if found.counts else [])
