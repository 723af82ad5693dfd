"""Where nobody will be on call though somebody must: gaps, and critical periods without a duty."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from oncall import critical
from oncall.models import Duty, Schedule
from oncall.spans import Span, gaps
from releases.models import Module

LOOKED_AHEAD = timedelta(days=42)


@dataclass(frozen=True)
class Hole:
    """Nobody on call in this span. `period` names the critical one it lies in, or is empty."""

    where: str
    span: Span
    period: str = ""


def holes(now: datetime) -> list[Hole]:
    """What a lead must fill within 42 days, critical ones first, then by start.

    A closed account on duty is nobody. A module that no schedule answers for is a hole in its
    critical periods, under its own name.
    """
    window = Span(now, now + LOOKED_AHEAD)
    duties = _duties(window)
    schedules = list(Schedule.objects.prefetch_related("modules"))
    found = [
        Hole(schedule.name, gap)
        for schedule in schedules
        if schedule.around_the_clock and schedule.pk in duties
        for gap in gaps(duties[schedule.pk], window)
    ]
    urgent = list(_critical(window, duties, schedules))
    plain = [hole for hole in found if not any(_same(hole, one) for one in urgent)]
    return [*urgent, *sorted(plain, key=lambda hole: hole.span)]


def _critical(
    window: Span, duties: dict[int, list[Span]], schedules: list[Schedule]
) -> Iterable[Hole]:
    answering = _answering(schedules)
    for period in critical.within(window):
        asked = {key: answering[key] for key in answering if _concerned(key, period.modules)}
        for (where, _modules), spans_of in asked.items():
            span = period.span.within(window)
            assert span is not None  # `within` gives what touches the window
            covered = [one for pk in spans_of for one in duties.get(pk, [])]
            yield from (Hole(where, gap, period.name) for gap in gaps(covered, span))


def _answering(
    schedules: list[Schedule],
) -> dict[tuple[str, frozenset[int]], list[int]]:
    """Modules that the same schedules answer for, under their schedules' or their own name."""
    modules = list(Module.objects.offered())
    groups: dict[tuple[int, ...], set[int]] = defaultdict(set)
    alone: dict[tuple[str, frozenset[int]], list[int]] = {}
    for module in modules:
        of = tuple(
            one.pk
            for one in schedules
            if one.team_id == module.team_id or module in one.modules.all()
        )
        if of:
            groups[of].add(module.pk)
        else:
            alone[module.name, frozenset({module.pk})] = []
    named = {one.pk: one.name for one in schedules}
    together = {
        (" + ".join(named[pk] for pk in of), frozenset(found)): list(of)
        for of, found in groups.items()
    }
    return together | alone


def _concerned(key: tuple[str, frozenset[int]], modules: frozenset[int]) -> bool:
    return not modules or bool(key[1] & modules)


def _duties(window: Span) -> dict[int, list[Span]]:
    rows = Duty.objects.filter(person__is_active=True).within(window)
    found: dict[int, list[Span]] = defaultdict(list)
    for schedule, during in rows.values_list("schedule", "during"):
        found[schedule].append(Span(during.lower, during.upper))
    return dict(found)


def _same(plain: Hole, urgent: Hole) -> bool:
    return plain.where == urgent.where and plain.span == urgent.span
