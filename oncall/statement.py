"""A person's month on call: duties, and when a page called them to work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from oncall import interventions as rule
from oncall.clock import moment
from oncall.interventions import Moved, Turn, Worked
from oncall.models import Duty, Page, PageEvent
from oncall.spans import Span, merged
from supportdesk.accounts.models import User
from supportdesk.worktime.arithmetic import resolve

Kind = PageEvent.Kind
LEAVES = [Kind.SHIFT_ENDED, Kind.ESCALATED, Kind.REASSIGNED, Kind.RESOLVED]


@dataclass(frozen=True)
class Done:
    page: Page
    person: int
    span: Span
    rests_until: datetime
    is_running: bool


@dataclass(frozen=True)
class OnDuty:
    duty: Duty
    span: Span  # the part within the month


@dataclass(frozen=True)
class Statement:
    person: User
    duties: list[OnDuty]
    interventions: list[Done]

    @property
    def duty_minutes(self) -> int:
        return rule.minutes(merged(one.span for one in self.duties))

    @property
    def worked_minutes(self) -> int:
        return rule.minutes(merged(one.span for one in self.interventions))


def month(day: date) -> Span:
    """The calendar month that holds this day, on the house's clock."""
    first = day.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    midnights = (resolve(datetime.combine(one, time()), _zone()) for one in (first, following))
    return Span(*midnights)


def of(person: User, window: Span) -> Statement:
    """What lies in the window; a duty or a piece of work that reaches out of it is cut."""
    rows = Duty.objects.filter(person=person).within(window).select_related("schedule")
    duties = [
        OnDuty(row, cut) for row in rows.order_by("during") if (cut := row.span.within(window))
    ]
    return Statement(person, duties, interventions([person.pk], window))


def interventions(people: Collection[int], window: Span) -> list[Done]:
    """By their beginning. Tests call nobody to work."""
    taken = PageEvent.objects.filter(kind=Kind.TAKEN, by__in=people, at__lt=window.end)
    called = Page.objects.filter(pk__in=taken.values("page"), is_test=False)
    pages = called.filter(Q(ended_at=None) | Q(ended_at__gt=window.start)).in_bulk()
    lines: dict[int, list[Moved]] = defaultdict(list)
    moves = PageEvent.objects.filter(
        Q(kind__in=[Kind.TAKEN, *LEAVES]) | Q(kind=Kind.HANDED_OVER, facts__now=True),
        page__in=pages,
    )
    for event in moves.order_by("pk"):
        turn = Turn.TAKEN if event.kind == Kind.TAKEN else Turn.LEFT
        lines[event.page_id].append(Moved(turn, event.at, event.by_id))
    now = moment()
    found = [
        _done(pages[pk], one, cut)
        for pk, line in lines.items()
        for one in rule.worked(line, now)
        if one.person in people and (cut := one.span.within(window))
    ]
    return sorted(found, key=lambda done: (done.span, done.page.pk))


def rows(found: Statement) -> Iterator[list[str | int]]:
    """For a spreadsheet: a line per duty and per piece of work, times on the house's clock."""
    yield [
        _("Kind"),
        _("Person"),
        _("Schedule or page"),
        _("From"),
        _("Until"),
        _("Minutes"),
        _("Rest until"),
    ]
    name = found.person.name
    for one in found.duties:
        where = one.duty.schedule.name
        yield [_("Duty on call"), name, where, *_edges(one.span), rule.minutes([one.span]), ""]
    for done in found.interventions:
        rests = "" if done.is_running else _written(done.rests_until)
        worked = rule.minutes([done.span])
        yield [_("Intervention"), name, done.page.title, *_edges(done.span), worked, rests]


def _done(page: Page, one: Worked, cut: Span) -> Done:
    return Done(page, one.person, cut, one.rests_until, one.is_running)


def _edges(span: Span) -> tuple[str, str]:
    return _written(span.start), _written(span.end)


def _written(at: datetime) -> str:
    return at.astimezone(_zone()).strftime("%Y-%m-%d %H:%M")


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)
