"""A year of tickets: when they arrive, what is said, who solves them, how they end.

Pure but for the dice: the same seed and the same day give the same year. Arrivals follow real
desks: a peak after the nightly processing, Mondays busiest, hardly anything on weekends.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from demo import cast, causes, texts
from demo.desks import Desks
from demo.house import House
from releases.models import Module
from supportdesk.accounts.models import User
from supportdesk.worktime.arithmetic import Calendar, add, next_opening
from tickets import routing
from tickets.clocks import Clock, Reading
from tickets.models import Priority, Status, Verdict
from tickets.promises import PUBLISHED

ZONE = ZoneInfo("Europe/Berlin")
FIRST_NUMBER = 34_200
HOURS = [2, 2, 3, 4, 8, 22, 58, 108, 116, 92, 78, 64, 36, 44, 52, 44, 30, 18, 9, 6, 5, 4, 3, 2]
WEEKDAYS = [1.30, 1.05, 1.06, 1.0, 0.76, 0.10, 0.09]
A_YEAR = 14_000

# Working hours until the first answer and until the solution, in the middle.
FIRST_ANSWER = {1: 0.4, 2: 1.6, 3: 4.0, 4: 7.0}
SOLUTION = {1: 6, 2: 18, 3: 55, 4: 40}
DAYS_OF_LOOKING = 10  # for somebody, each morning anew


@dataclass
class Step:
    """Something that happened on a ticket: a message, a step of its history, or both."""

    at: datetime
    by: User
    kind: str = ""  # of the history entry; empty for a message alone
    text: str = ""
    internal: bool = False
    status: Status | None = None  # from here on
    assignee: User | None = None  # from here on
    reason: str = ""
    priority: Priority | None = None  # from here on


@dataclass
class Story:
    """One ticket from its report to its end, as far as it has come."""

    number: int
    insurer: str
    module: Module
    subject: texts.Subject
    words: dict[str, str]
    opened_by: User
    opened_at: datetime
    priority: Priority
    customer_priority: Priority
    external_number: str
    checked: str
    caller: User | None = None
    confidential: bool = False
    steps: list[Step] = field(default_factory=list)
    decisions: list[tuple[routing.Situation, routing.Decision]] = field(default_factory=list)
    routed_at: datetime | None = None
    cause: causes.Cause | None = None  # once it was found
    readings: dict[Clock, Reading] = field(default_factory=dict)  # of its clocks, at the end

    def say(self, template: str) -> str:
        return template.format(**self.words)

    @property
    def held_priority(self) -> Priority:
        """The customer's own, until somebody changed it."""
        return next(
            (s.priority for s in reversed(self.steps) if s.priority), self.customer_priority
        )

    @property
    def assignee(self) -> User | None:
        return next((step.assignee for step in reversed(self.steps) if step.assignee), None)


class Year:
    """Tells the year's stories in the order of their arrival."""

    def __init__(
        self, house: House, desk: User, now: datetime, hours: Calendar, dice: random.Random
    ) -> None:
        self.house, self.desk, self.now, self.hours, self.dice = house, desk, now, hours, dice
        self.desks = Desks(house, hours)

    def stories(self, count: int = A_YEAR, first: int = FIRST_NUMBER) -> Iterator[Story]:
        for number, at in enumerate(self._arrivals(count), start=first):
            story = self._report(number, at)
            self._open(story)
            self._route(story)
            if story.assignee:
                self._work(story)
            story.steps = sorted(
                (step for step in story.steps if step.at <= self.now), key=lambda step: step.at
            )
            yield story

    def _arrivals(self, count: int) -> list[datetime]:
        today = self.now.astimezone(ZONE).date()
        days = [today - timedelta(days=back) for back in range(365, -1, -1)]
        on_day = self.dice.choices(days, [WEEKDAYS[day.weekday()] for day in days], k=count)
        hours = self.dice.choices(range(24), HOURS, k=count)
        instants = [
            datetime.combine(day, time(hour, tzinfo=ZONE))
            + timedelta(seconds=self.dice.randrange(3600))
            for day, hour in zip(on_day, hours, strict=True)
        ]
        return sorted(at for at in instants if at <= self.now)

    def _report(self, number: int, at: datetime) -> Story:
        dice = self.dice
        text = dice.choices(texts.MODULES, [m.share for m in texts.MODULES])[0]
        subject = dice.choice(text.subjects)
        insurer = dice.choices(cast.INSURERS, [i[4] for i in cast.INSURERS])[0][1]
        colleagues = people = self.house.people[insurer]
        acting = insurer in self.house.acting and dice.random() < 0.45
        if acting:
            people = self.house.acting[insurer]
        # Customers see their own case as more urgent than the desk does, about one time in six.
        louder = dice.random() < 0.16 and subject.priority > Priority.SEVERE
        return Story(
            number=number,
            insurer=insurer,
            module=self.house.modules[text.code],
            subject=subject,
            words=self._words(at),
            opened_by=dice.choice(people),
            opened_at=at,
            priority=subject.priority,
            customer_priority=Priority(subject.priority - 1) if louder else subject.priority,
            external_number=f"INC-{dice.randrange(10_000, 99_999):07}" if len(people) < 3 else "",
            checked=dice.choice(texts.CHECKED),
            caller=dice.choice(colleagues) if acting and dice.random() < 0.4 else None,
            confidential=dice.random() < 0.006,
        )

    def _words(self, at: datetime) -> dict[str, str]:
        dice = self.dice
        return {
            "n": str(dice.choice([2, 3, 5, 8, 14, 23, 41, 67, 112])),
            "betrag": f"{dice.randrange(3, 90)}.{dice.randrange(1000):03},18 €",
            "lauf": f"{at:%y%m%d}-{dice.randrange(1, 40):02}",
            "tag": f"{at - timedelta(days=dice.randrange(1, 5)):%d.%m.}",
            "kennung": f"{dice.choice(['E', 'F', 'P'])}-{dice.randrange(1000, 9999)}",
        }

    def _open(self, story: Story) -> None:
        words = story.say(story.subject.text)
        first = Step(story.opened_at, story.opened_by, "opened", words, status=Status.NEW)
        story.steps.append(first)

    def _route(self, story: Story) -> None:
        """By the desk's own rule, seconds later; where it finds nobody, again in the morning."""
        at = story.opened_at + timedelta(seconds=self.dice.uniform(1, 4))
        for _day in range(DAYS_OF_LOOKING):
            if at > self.now:
                return
            story.routed_at = at
            seen = self.desks.situation(story.insurer, story.module.pk, story.customer_priority, at)
            answer = routing.decide(seen)
            if answer.chosen:
                self._give(story, answer.chosen, at)
                story.decisions.append((seen, answer))
                return
            if answer.reason not in {known.reason for _seen, known in story.decisions}:
                story.decisions.append((seen, answer))
                self._leave(story, answer.reason, at)
            tomorrow = at + timedelta(hours=12) if seen.in_hours else at
            at = next_opening(self.hours, tomorrow) + timedelta(seconds=self.dice.uniform(5, 120))

    def _give(self, story: Story, person: int, at: datetime) -> None:
        chosen = self.house.staff[person]
        self.desks.take(person, story.insurer, story.module.pk, story.priority, at)
        story.steps.append(Step(at, self.desk, "routed", status=Status.OPEN, assignee=chosen))

    def _leave(self, story: Story, reason: str, at: datetime) -> None:
        story.steps.append(Step(at, self.desk, "unrouted", reason=reason))

    def _work(self, story: Story) -> None:
        dice = self.dice
        at = self._after(story.steps[-1].at, FIRST_ANSWER[story.priority])
        solved = self._after(at, SOLUTION[story.priority])
        if dice.random() < 0.12:
            at = self._hand_on(story, at)
        story.steps.append(Step(at, self._in_charge(story), text=dice.choice(texts.PROGRESS)))
        if story.customer_priority != story.priority:
            story.steps.append(self._regrade(story, at))
        if dice.random() < 0.30:
            note = at + timedelta(minutes=dice.randrange(3, 50))
            story.steps.append(
                Step(note, self._in_charge(story), text=dice.choice(texts.NOTES), internal=True)
            )
        if dice.random() < 0.45:
            solved = max(solved, self._ask(story, self._after(at, 2)))
        self._end(story, max(solved, at + timedelta(minutes=10)))
        self.desks.finish(self._in_charge(story).pk, story.priority, solved)

    def _hand_on(self, story: Story, at: datetime) -> datetime:
        before = self._in_charge(story)
        others = [p for p, _level in self.house.levels[story.module.pk] if p != before]
        if not others:
            return at
        heir = self.dice.choice(others)
        self.desks.hand_on(before.pk, heir.pk, story.priority)
        reason = self.dice.choice(texts.HANDED_ON)
        story.steps.append(Step(at, before, "handed_on", assignee=heir, reason=reason))
        return self._after(at, 1.5)

    def _regrade(self, story: Story, at: datetime) -> Step:
        reason = texts.REGRADED[story.number % len(texts.REGRADED)]
        person = self._in_charge(story)
        return Step(at, person, "regraded", reason=reason, priority=story.priority)

    def _ask(self, story: Story, at: datetime) -> datetime:
        """A question to the customer, and their answer; returns when the turn came back to us."""
        n = self.dice.randrange(len(texts.QUESTIONS))
        answered = self._after(at, 14)
        story.steps += [
            Step(
                at,
                self._in_charge(story),
                "waiting",
                texts.QUESTIONS[n],
                status=Status.WAITING_CUSTOMER,
            ),
            Step(answered, story.opened_by, text=texts.ANSWERS[n]),
            Step(answered, story.opened_by, "resumed", status=Status.OPEN),
        ]
        return self._after(answered, 3)

    def _end(self, story: Story, at: datetime) -> None:
        dice, customer = self.dice, story.opened_by
        closes_after = PUBLISHED[story.held_priority].closes_after
        answer = story.say(story.subject.answer)
        story.cause = causes.of(story.module.code, story.number)
        story.steps.append(Step(at, self._in_charge(story), "diagnosed"))
        if story.cause.verdict == Verdict.SOFTWARE_DEFECT:
            at = self._develop(story, at)
        story.steps.append(
            Step(at, self._in_charge(story), "resolved", answer, status=Status.RESOLVED)
        )
        if dice.random() < 0.05:
            back = self._after(at, 14)
            text = dice.choice(texts.REOPENED)
            story.steps.append(Step(back, customer, "reopened", text, status=Status.OPEN))
            at = self._after(back, 8)
            story.steps.append(
                Step(at, self._in_charge(story), "resolved", answer, status=Status.RESOLVED)
            )
        if dice.random() < 0.68:
            confirmed = min(self._after(at, 12), at + closes_after - timedelta(hours=1))
            story.steps.append(Step(confirmed, customer, "confirmed", status=Status.CLOSED))
        else:
            closed = at + closes_after
            story.steps.append(Step(closed, self.desk, "closed", status=Status.CLOSED))

    def _develop(self, story: Story, at: datetime) -> datetime:
        """Handed over to development, corrected, delivered; with dice of its own."""
        dice = random.Random(f"develop {story.number}")  # noqa: S311 - no secrets
        fixed = add(self.hours, at, timedelta(hours=dice.uniform(4, 60)))
        story.steps += [
            Step(at, self._in_charge(story), "to_dev", status=Status.WAITING_DEVELOPMENT),
            Step(fixed, self.house.developer, "fixed", status=Status.WAITING_DELIVERY),
        ]
        return add(self.hours, fixed, timedelta(hours=dice.uniform(8, 80)))

    def _in_charge(self, story: Story) -> User:
        assert story.assignee is not None
        return story.assignee

    def _after(self, at: datetime, hours: float) -> datetime:
        """Some working hours later: most sooner than `hours`, a few much later."""
        working = timedelta(hours=hours * self.dice.gammavariate(1.4, 1 / 1.4))
        return add(self.hours, at, working)
