"""When tickets come: how many on which weekday at which hour, local time."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay

from tickets.models.ticket import TicketQuerySet

WEEKDAYS = range(1, 8)
RAMP = 5  # the strongest of the six colours


@dataclass(frozen=True)
class Arrivals:
    counts: dict[tuple[int, int], int]  # (ISO weekday, hour) -> tickets

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def hours(self) -> range:
        """The hours worth drawing: from the first to the last in which anything came."""
        seen = [hour for _day, hour in self.counts]
        return range(min(seen), max(seen) + 1) if seen else range(0)

    @property
    def peak(self) -> tuple[int, int] | None:
        return max(self.counts, key=self.counts.__getitem__, default=None)

    def at(self, weekday: int, hour: int) -> int:
        return self.counts.get((weekday, hour), 0)

    def shade(self, weekday: int, hour: int) -> int:
        """0 for nothing, else 1 to RAMP by the share of the busiest hour."""
        count = self.at(weekday, hour)
        busiest = max(self.counts.values(), default=1)
        return -(-count * RAMP // busiest) if count else 0


def of(tickets: TicketQuerySet) -> Arrivals:
    rows = (
        tickets.order_by()
        .values(day=ExtractIsoWeekDay("opened_at"), hour=ExtractHour("opened_at"))
        .annotate(n=Count("pk"))
    )
    return Arrivals({(row["day"], row["hour"]): row["n"] for row in rows})
