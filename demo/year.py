"""A year of tickets: when they arrive, what is said, who solves them, how they end.

Pure but for the dice: the same seed and the same day give the same year. Arrivals follow real
desks: a peak after the nightly processing, Mondays busiest, hardly anything on weekends.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from demo import cast, texts
from demo.house import House
from releases.models import Module
from supportdesk.accounts.models import User
from tickets.models import CLOSE_AFTER, Priority, Status

ZONE = ZoneInfo("Europe/Berlin")
FIRST_NUMBER = 34_200
HOURS = [2, 2, 3, 4, 8, 22, 58, 108, 116, 92, 78, 64, 36, 44, 52, 44, 30, 18, 9, 6, 5, 4, 3, 2]
WEEKDAYS = [1.30, 1.05, 1.06, 1.0, 0.76, 0.10, 0.09]
A_YEAR = 14_000

# Working hours until the first answer and until the solution, in the middle.
FIRST_ANSWER = {1: 0.4, 2: 1.6, 3: 4.0, 4: 7.0}
SOLUTION = {1: 6, 2: 18, 3: 55, 4: 40}

Later = Callable[[datetime, float], datetime]  # an instant, working hours -> an instant


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
    steps: list[Step] = field(default_factory=list)
    routed_at: datetime | None = None

    def say(self, template: str) -> str:
        return template.format(**self.words)

    @property
    def assignee(self) -> User | None:
        return next((step.assignee for step in reversed(self.steps) if step.assignee), None)


class Year:
    """Tells the year's stories in the order of their arrival."""

    def __init__(
        self, house: House, desk: User, now: datetime, later: Later, dice: random.Random
    ) -> None:
        self.house, self.desk, self.now, self.later, self.dice = house, desk, now, later, dice
        self.load: dict[int, int] = {}
        self.ends: list[tuple[datetime, int]] = []  # when somebody's ticket is off their desk
        self.last: dict[int, datetime] = {}

    def stories(self, count: int = A_YEAR, first: int = FIRST_NUMBER) -> Iterator[Story]:
        for number, at in enumerate(self._arrivals(count), start=first):
            story = self._report(number, at)
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
        people = self.house.people[insurer]
        if insurer in self.house.acting and dice.random() < 0.45:
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

    def _route(self, story: Story) -> None:
        """Give it to the least busy of those who know the module and are there."""
        dice = self.dice
        story.steps.append(
            Step(
                story.opened_at,
                story.opened_by,
                "opened",
                story.say(story.subject.text),
                status=Status.NEW,
            )
        )
        at = self.later(story.opened_at, 0) + timedelta(seconds=dice.uniform(1, 5))
        while self.ends and self.ends[0][0] <= at:
            self.load[heapq.heappop(self.ends)[1]] -= 1
        day = at.astimezone(ZONE).date()
        present = [
            person
            for person in self.house.specialists[story.module.code]
            if not any(a <= day < b for a, b in self.house.absences[person.pk])
        ]
        if not present or at > self.now:
            return
        chosen = min(
            present,
            key=lambda person: (
                self.load.get(person.pk, 0),
                self.last.get(person.pk, story.opened_at - timedelta(days=999)),
            ),
        )
        self.load[chosen.pk] = self.load.get(chosen.pk, 0) + 1
        self.last[chosen.pk] = at
        story.routed_at = at
        story.steps.append(Step(at, self.desk, "routed", status=Status.OPEN, assignee=chosen))

    def _work(self, story: Story) -> None:
        dice = self.dice
        at = self._after(story.steps[-1].at, FIRST_ANSWER[story.priority])
        solved = self._after(at, SOLUTION[story.priority])
        if dice.random() < 0.12:
            at = self._hand_on(story, at)
        story.steps.append(Step(at, self._in_charge(story), text=dice.choice(texts.PROGRESS)))
        if dice.random() < 0.30:
            note = at + timedelta(minutes=dice.randrange(3, 50))
            story.steps.append(
                Step(note, self._in_charge(story), text=dice.choice(texts.NOTES), internal=True)
            )
        if dice.random() < 0.45:
            solved = max(solved, self._ask(story, self._after(at, 2)))
        self._end(story, max(solved, at + timedelta(minutes=10)))
        heapq.heappush(self.ends, (solved, self._in_charge(story).pk))

    def _hand_on(self, story: Story, at: datetime) -> datetime:
        before = self._in_charge(story)
        others = [p for p in self.house.specialists[story.module.code] if p != before]
        if not others:
            return at
        heir = self.dice.choice(others)
        self.load[before.pk] -= 1
        self.load[heir.pk] = self.load.get(heir.pk, 0) + 1
        reason = self.dice.choice(texts.HANDED_ON)
        story.steps.append(Step(at, before, "handed_on", assignee=heir, reason=reason))
        return self._after(at, 1.5)

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
        answer = story.say(story.subject.answer)
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
            confirmed = min(self._after(at, 12), at + CLOSE_AFTER - timedelta(hours=1))
            story.steps.append(Step(confirmed, customer, "confirmed", status=Status.CLOSED))
        else:
            closed = at + CLOSE_AFTER
            story.steps.append(Step(closed, self.desk, "closed", status=Status.CLOSED))

    def _in_charge(self, story: Story) -> User:
        assert story.assignee is not None
        return story.assignee

    def _after(self, at: datetime, hours: float) -> datetime:
        """Some working hours later: most sooner than `hours`, a few much later."""
        return self.later(at, hours * self.dice.gammavariate(1.4, 1 / 1.4))
