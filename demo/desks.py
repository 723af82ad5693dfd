"""Who has what on their desk in the demo's year: what routing has to know at each moment."""

from __future__ import annotations

import heapq
from collections import defaultdict, deque
from datetime import date, datetime
from typing import Any

from demo.house import House
from supportdesk.accounts.models import User
from supportdesk.worktime.arithmetic import Calendar, is_open, next_opening
from tickets import routing
from tickets.situation import A_WAIT_WORTH_KNOWING, LATELY


class Desks:
    def __init__(self, house: House, hours: Calendar) -> None:
        self.house, self.hours = house, hours
        self.load: dict[int, float] = defaultdict(float)
        self.ends: list[tuple[datetime, int, float]] = []  # when a ticket is off somebody's desk
        self.last: dict[int, datetime] = {}
        # The last tickets of each customer: who has them, and for which module.
        self.recent: dict[str, deque[tuple[int, int]]] = defaultdict(lambda: deque(maxlen=LATELY))

    def situation(self, insurer: str, module: int, priority: int, at: datetime) -> Any:
        """As `tickets.situation.read` would find it."""
        while self.ends and self.ends[0][0] <= at:
            _end, person, worth = heapq.heappop(self.ends)
            self.load[person] -= worth
        day = next_opening(self.hours, at).astimezone(self.hours.zone).date()
        known = set(self.recent[insurer])
        levels = self.house.levels[module]
        away = {person.pk for person, _level in levels if self._absent(person.pk, day)}
        deputies = {p.deputy_id for p, _level in levels if p.pk in away and p.deputy_id}

        def candidate(person: User, level: int) -> routing.Candidate:
            last = self.last.get(person.pk)
            return routing.Candidate(
                person=person.pk,
                level=level,
                load=self.load[person.pk],
                absent=self._absent(person.pk, day),
                deputy=person.deputy_id,
                knows_case=(person.pk, module) in known,
                knows_customer=any(person.pk == who for who, _module in known),
                last_assigned_at=last if last and last >= at - A_WAIT_WORTH_KNOWING else None,
            )

        return routing.Situation(
            at=at,
            priority=priority,
            in_hours=is_open(self.hours, at),
            candidates=tuple(candidate(person, level) for person, level in levels),
            deputies=tuple(candidate(self.house.staff[pk], 0) for pk in sorted(deputies)),
        )

    def take(self, person: int, insurer: str, module: int, priority: int, at: datetime) -> None:
        self.load[person] += routing.worth(priority)
        self.last[person] = at
        self.recent[insurer].append((person, module))

    def hand_on(self, before: int, heir: int, priority: int) -> None:
        self.load[before] -= routing.worth(priority)
        self.load[heir] += routing.worth(priority)

    def finish(self, person: int, priority: int, at: datetime) -> None:
        heapq.heappush(self.ends, (at, person, routing.worth(priority)))

    def _absent(self, person: int, day: date) -> str:
        return next(
            (kind for start, end, kind in self.house.absences[person] if start <= day < end), ""
        )
