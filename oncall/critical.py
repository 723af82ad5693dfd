"""Which critical periods hold: for a ticket's clocks and priority, for the roster, for coverage."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings

from oncall import posting
from oncall.models import CriticalPeriod, CriticalRule
from oncall.rota import DAY
from oncall.spans import Span
from releases.models import Module
from supportdesk.accounts.models import Organisation
from supportdesk.worktime.arithmetic import resolve
from supportdesk.worktime.calendars import public_holidays


@dataclass(frozen=True)
class Critical:
    """A period as a span, with the modules it concerns; none named is all."""

    name: str
    span: Span
    modules: frozenset[int]


def names(
    at: datetime, *, module: Module | None, organisation: Organisation | None
) -> tuple[str, ...]:
    """The critical periods that hold at this instant, named in the reader's language.

    Posting days are those of the organisation's federal state; without one, of any insurer's.
    """
    day = at.astimezone(_zone()).date()
    states = {organisation.state} if organisation else _states()
    rules = [
        str(rule)
        for rule in CriticalRule.objects.filter(is_active=True).prefetch_related("modules")
        if rule.concerns(module) and _states_on(rule, day, states)
    ]
    periods = CriticalPeriod.objects.at(at).prefetch_related("modules")
    return (*rules, *(str(period) for period in periods if period.concerns(module)))


def within(window: Span) -> list[Critical]:
    """All that touch the window, by start. A posting day that only some states have says which."""
    found = [
        Critical(period.name, period.span, frozenset(one.pk for one in period.modules.all()))
        for period in CriticalPeriod.objects.within(window).prefetch_related("modules")
    ]
    states = _states()
    first, last = (edge.astimezone(_zone()).date() for edge in window)
    for rule in CriticalRule.objects.filter(is_active=True).prefetch_related("modules"):
        modules = frozenset(one.pk for one in rule.modules.all())
        for day, having in _days_of(rule, first, last, states).items():
            some = "" if having == states else f" ({', '.join(sorted(having))})"
            found.append(Critical(f"{rule}{some}", _whole(day), modules))
    return sorted((one for one in found if one.span.within(window)), key=lambda one: one.span)


def by_day(found: list[Critical]) -> dict[date, list[str]]:
    """Names per local day, for a calendar."""
    days: dict[date, list[str]] = defaultdict(list)
    for one in found:
        day = one.span.start.astimezone(_zone()).date()
        while _whole(day).start < one.span.end:
            days[day].append(one.name)
            day += DAY
    return days


def _days_of(rule: CriticalRule, first: date, last: date, states: set[str]) -> dict[date, set[str]]:
    days: dict[date, set[str]] = defaultdict(set)
    month = first.replace(day=1)
    while month <= last:
        for state in states:
            holidays = public_holidays(state, month.year)
            day = posting.day_of(posting.Rule(rule.rule), month.year, month.month, holidays)
            if day and first <= day <= last:
                days[day].add(state)
        month = (month + 31 * DAY).replace(day=1)
    return days


def _states_on(rule: CriticalRule, day: date, states: set[str]) -> set[str]:
    return _days_of(rule, day, day, states).get(day, set())


def _states() -> set[str]:
    insurers = Organisation.objects.filter(kind=Organisation.Kind.INSURER, is_active=True)
    return set(insurers.values_list("state", flat=True))


def _whole(day: date) -> Span:
    return Span(*(resolve(datetime.combine(one, time()), _zone()) for one in (day, day + DAY)))


def _zone() -> ZoneInfo:
    """Money moves in Germany, wherever a schedule's people are."""
    return ZoneInfo(settings.TIME_ZONE)
