"""Whatever happens and whatever changes: what is stored is what somebody beside the desk counts."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from supportdesk.worktime.models import SpecialDay
from tests.factories import a_ticket
from tests.tickets.desk_life import AGREED, MEANS, PUBLISHED, Life, Promises
from tests.tickets.minutes import MINUTE, Week, utc
from tickets import tasks
from tickets.clocks import Clock
from tickets.models import Agreement, Ticket

FIRST = utc(2026, 10, 19, 0)  # a Monday; the clocks go back on the Sunday after
HOLIDAYS = [date(2026, 10, 22), date(2026, 10, 27), date(2026, 11, 4)]
CHANGES = ["shorter hours", "longer hours", "holiday", "agreement", "end of agreement", "nightly"]


class Desk:
    """Changes what promises rest on, and tells whoever counts beside it."""

    def __init__(self, team, organisation) -> None:
        self.calendar, self.organisation = team.calendar, organisation
        self.holds = Promises(FIRST, Week())

    def change(self, what: str) -> None:
        match what:
            case "shorter hours":
                self._hours(8, 14)
            case "longer hours":
                self._hours(6, 20)
            case "holiday":
                self._holiday()
            case "agreement":
                self._agree()
            case "end of agreement":
                Agreement.objects.all().delete()
                self.holds.hours = PUBLISHED
        tasks.rewind_clocks()

    def _hours(self, opens: int, closes: int) -> None:
        self.calendar.hours.update(opens_minute=60 * opens, closes_minute=60 * closes)
        self.holds.week = replace(self.holds.week, opens=opens, closes=closes)

    def _holiday(self) -> None:
        day = HOLIDAYS[len(self.holds.week.closed) % len(HOLIDAYS)]
        SpecialDay.objects.get_or_create(calendar=self.calendar, day=day, defaults={"name": "x"})
        self.holds.week = replace(self.holds.week, closed=self.holds.week.closed | {day})

    def _agree(self) -> None:
        Agreement.objects.all().delete()
        during = DateRange(date(2026, 1, 1), None)
        agreement = Agreement.objects.create(organisation=self.organisation, during=during)
        for priority, hours in AGREED.items():
            times = zip((clock.value for clock in Clock), hours, strict=True)
            lengths = {name: timedelta(hours=length) for name, length in times}
            agreement.lines.create(priority=priority, closes_after=30, **lengths)
        self.holds.hours = AGREED


steps = st.tuples(st.sampled_from([*MEANS, *CHANGES]), st.integers(1, 1500))


@pytest.mark.property
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(priority=st.sampled_from([1, 2, 3, 4]), way=st.lists(steps, max_size=12))
@example(3, [("take", 60), ("answer", 600), ("shorter hours", 30), ("write", 5), ("nightly", 5)])
@example(2, [("resolve", 60), ("longer hours", 600), ("reopen", 30), ("resolve", 300)])
def test_what_is_stored_is_what_was_counted(sam, alice, alpina, module, priority, way):
    """Figures that have ended by the hours, holidays and targets of then; what runs by today's."""
    with transaction.atomic():
        at = utc(2026, 10, 19, 9)
        with time_machine.travel(at, tick=False) as clock:
            desk = Desk(module.team, alpina)
            facts = {"organisation": alpina, "module": module, "customer_priority": priority}
            life = Life(a_ticket(by=alice, **facts), at, desk.holds)
            for step, minutes in way:
                at += minutes * MINUTE
                clock.move_to(at)
                _happen(step, at, life, desk, sam, alice)
                assert life.stored() == life.expected()
        transaction.set_rollback(True)


def _happen(step: str, at: datetime, life: Life, desk: Desk, us, them) -> None:
    if step in CHANGES:
        desk.change(step)
        life.terms_changed(at)
    else:
        life.live(step, at, us, them)


# --- A month ------------------------------------------------------------------------------------

OCTOBER = utc(2025, 9, 29, 0)  # holidays on Friday 3 and 31, the clocks go back on the 26th
NO_WORK = frozenset({date(2025, 10, 3), date(2025, 10, 31)})
A_WEEK = 300  # tickets
WEEKS = 5
LIKELY = ["take", "answer", "answer", "write", "ask", "write", "grade 1", "grade 2", "grade 4"]
ENDS = ["resolve", "reopen", "resolve", "confirm"]


@pytest.mark.property
def test_a_month_of_the_desk_keeps_every_due_time(sam, alice, alpina, module):
    """Three hundred tickets a week with pauses, priority changes, two holidays and a clock change;
    a part of them each time, all in `make prove`.
    """
    whole = settings.default.max_examples >= 2000
    dice = random.Random(48211)
    module.team.calendar.state = "HH"
    module.team.calendar.save()
    holds = Promises(OCTOBER, Week(closed=NO_WORK))
    compared = due = 0
    for _n in range(A_WEEK * WEEKS if whole else 40):
        life = _lived(dice, holds, sam, alice, {"organisation": alpina, "module": module})
        stored = life.stored()
        assert stored == life.expected(), life.moments
        assert Ticket.objects.get(pk=life.ticket.pk).due_at == min(
            (facts[0] for facts in stored.values() if facts[0]), default=None
        )
        compared, due = compared + len(stored), due + sum(bool(f[0]) for f in stored.values())
    print(f"\n{compared} clocks compared, {due} of them running")  # noqa: T201 - quoted by prove


def _lived(dice: random.Random, holds: Promises, us, them, facts: dict) -> Life:
    at = OCTOBER + dice.randrange(WEEKS * 7 * 1440) * MINUTE
    with time_machine.travel(at, tick=False) as clock:
        ticket = a_ticket(by=them, customer_priority=dice.choice([1, 2, 3, 3, 4]), **facts)
        life = Life(ticket, at, holds)
        verbs = dice.choices(LIKELY, k=dice.randrange(7)) + ENDS[: dice.randrange(5)]
        for verb in verbs:
            at += dice.randrange(1, 2000) * MINUTE
            clock.move_to(at)
            life.live(verb, at, us, them)
    return life
