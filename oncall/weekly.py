"""Duties by the week: from eight to eight on Mondays, without anybody taking turns.

Pure. A rule belongs to the weekday it starts on; one that ends at or before its start ends on the
next day, so equal times are a whole day. Local times as in `rota`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from oncall.spans import Span, merged
from supportdesk.worktime.arithmetic import resolve

DAY = timedelta(days=1)
FURTHEST = 15 * DAY  # any rule starts within a week, and what runs into it a day before


@dataclass(frozen=True)
class WeeklyRule:
    weekdays: frozenset[int]  # Monday is 0
    start: time
    end: time


def windows(rules: Iterable[WeeklyRule], zone: ZoneInfo, window: Span) -> list[Span]:
    """When any of the rules holds within the window; what touches is one."""
    rules = list(rules)
    day = window.start.astimezone(zone).date() - DAY
    found = []
    while resolve(datetime.combine(day, time()), zone) < window.end:
        found += [_window(rule, day, zone) for rule in rules if day.weekday() in rule.weekdays]
        day += DAY
    return merged(cut for span in found if (cut := span.within(window)))


def is_active(rules: Iterable[WeeklyRule], zone: ZoneInfo, at: datetime) -> bool:
    return bool(windows(rules, zone, Span(at, at + timedelta.resolution)))


def next_start(rules: Iterable[WeeklyRule], zone: ZoneInfo, after: datetime) -> datetime | None:
    """The first beginning later than `after`, of rules made one; None where none begins."""
    around = Span(after - 2 * DAY, after + FURTHEST)
    starts = (span.start for span in windows(rules, zone, around))
    return next((start.astimezone(UTC) for start in starts if start > after), None)


def _window(rule: WeeklyRule, day: date, zone: ZoneInfo) -> Span:
    last = day if rule.end > rule.start else day + DAY
    start, end = datetime.combine(day, rule.start), datetime.combine(last, rule.end)
    return Span(resolve(start, zone), resolve(end, zone))
