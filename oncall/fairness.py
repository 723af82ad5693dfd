"""How heavy the duties of each person are: nights, weekends and holidays, weighed.

Pure. A night counts with more than two hours between 23:00 and 6:00 (§ 2 (3) and (4) ArbZG), a day
of the weekend or a holiday with any hour on duty; all on the local wall clock. Weights are ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from oncall.rota import DAY, Person
from oncall.spans import Span, merged
from supportdesk.worktime.arithmetic import resolve

NIGHT, WEEKEND_DAY, HOLIDAY = 1, 2, 3  # points
DARK_FROM, DARK_UNTIL, MORE_THAN = time(23), time(6), timedelta(hours=2)


@dataclass(frozen=True)
class Load:
    """A holiday on a weekend counts as the holiday alone."""

    person: Person
    nights: int = 0
    weekend_days: int = 0
    holidays: int = 0

    @property
    def points(self) -> int:
        weekend = self.weekend_days * WEEKEND_DAY
        return self.nights * NIGHT + weekend + self.holidays * HOLIDAY


def loads(
    duties: Iterable[tuple[Person, Span]], zone: ZoneInfo, is_holiday: Callable[[date], bool]
) -> list[Load]:
    """One per person, the heaviest first."""
    spans: dict[Person, list[Span]] = {}
    for person, span in duties:
        spans.setdefault(person, []).append(span)
    found = [_load(person, merged(mine), zone, is_holiday) for person, mine in spans.items()]
    return sorted(found, key=lambda load: (-load.points, str(load.person)))


def weekends(spans: Iterable[Span], zone: ZoneInfo) -> list[list[date]]:
    """Runs of two and more weekends in a row with a duty, each by its Saturday."""
    saturdays = sorted(
        {
            day - timedelta(days=day.weekday() - 5)
            for span in spans
            for day in _days(span, zone)
            if day.weekday() >= 5
        }
    )
    runs: list[list[date]] = []
    for saturday in saturdays:
        if runs and saturday - runs[-1][-1] == 7 * DAY:
            runs[-1].append(saturday)
        else:
            runs.append([saturday])
    return [run for run in runs if len(run) > 1]


def _load(
    person: Person, spans: list[Span], zone: ZoneInfo, is_holiday: Callable[[date], bool]
) -> Load:
    days = {day for span in spans for day in _days(span, zone)}
    evenings = {evening for day in days for evening in (day - DAY, day)}
    nights = sum(_dark(evening, spans, zone) > MORE_THAN for evening in evenings)
    holidays = {day for day in days if is_holiday(day)}
    weekend = sum(day.weekday() >= 5 for day in days - holidays)
    return Load(person, nights, weekend, len(holidays))


def _dark(evening: date, spans: list[Span], zone: ZoneInfo) -> timedelta:
    """How long of the night that begins on this evening is on duty."""
    night = Span(
        resolve(datetime.combine(evening, DARK_FROM), zone),
        resolve(datetime.combine(evening + DAY, DARK_UNTIL), zone),
    )
    cuts = (span.within(night) for span in spans)
    return sum((cut.end - cut.start for cut in cuts if cut), timedelta())


def _days(span: Span, zone: ZoneInfo) -> list[date]:
    first = span.start.astimezone(zone).date()
    last = (span.end - timedelta.resolution).astimezone(zone).date()
    return [first + n * DAY for n in range((last - first).days + 1)]
