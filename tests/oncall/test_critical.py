"""Critical periods: which hold when and for whom, and where nobody is on call in them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from oncall import coverage, critical
from oncall.models import CriticalPeriod, CriticalRule, Duty, Schedule
from oncall.spans import Span
from tests.factories import ModuleFactory, UserFactory

pytestmark = pytest.mark.django_db
DUE = datetime(2025, 10, 28, 12, tzinfo=UTC)  # the third-last bank day where the 31st is a holiday
HOUR = timedelta(hours=1)


@pytest.fixture
def due(db):
    return CriticalRule.objects.create(rule="contributions")


def test_posting_days_are_those_of_the_insurers_state(due, alpina, hansa, module):
    named = {
        org.code: critical.names(DUE, module=module, organisation=org) for org in (alpina, hansa)
    }

    assert named == {"ALP": (), "HAN": ("Contributions due",)}
    assert critical.names(DUE, module=module, organisation=None) == ("Contributions due",)


def test_a_day_is_one_in_germany(due, hansa):
    late = datetime(2025, 10, 27, 23, 30, tzinfo=UTC)  # 0:30 on the 28th
    assert critical.names(late, module=None, organisation=hansa)
    assert not critical.names(late - HOUR, module=None, organisation=hansa)


def test_a_rule_that_is_switched_off_names_no_day(due, hansa):
    CriticalRule.objects.update(is_active=False)

    assert critical.names(DUE, module=None, organisation=hansa) == ()


def test_a_period_concerns_its_modules_and_ends(module, alpina):
    period = CriticalPeriod.objects.create(name="2026.2", during=(DUE, DUE + HOUR))
    period.modules.add(module)
    other = ModuleFactory()

    def names(at, module):
        return critical.names(at, module=module, organisation=alpina)

    assert names(DUE, module) == ("2026.2",)
    assert names(DUE, other) == names(DUE, None) == names(DUE + HOUR, module) == ()
    period.modules.clear()
    assert names(DUE, other) == names(DUE, None) == ("2026.2",)


def test_the_calendar_says_which_states_have_the_day(due, alpina, hansa):
    window = Span(DUE - timedelta(days=3), DUE + timedelta(days=3))

    days = critical.by_day(critical.within(window))

    assert days == {
        date(2025, 10, 28): ["Contributions due (HH)"],
        date(2025, 10, 29): ["Contributions due (BY)"],
    }


# --- coverage ---------------------------------------------------------------------------------


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 2, 12, tzinfo=UTC)


def on_duty(schedule, start, end, **facts) -> Duty:
    person = facts.pop("person", None) or UserFactory()
    return Duty.objects.create(schedule=schedule, person=person, during=(start, end), **facts)


def found(now):
    return [(hole.where, hole.span, hole.period) for hole in coverage.holes(now)]


def test_a_gap_within_42_days_is_a_hole_and_later_is_not(schedule, module, now):
    end = now + timedelta(days=42)
    gap = Span(now + timedelta(days=5), now + timedelta(days=6))
    on_duty(schedule, now, gap.start)
    on_duty(schedule, gap.end, end)

    assert found(now) == [("Leistungen", gap, "")]


def test_a_schedule_for_some_hours_only_has_no_gaps(schedule, module, now):
    schedule.around_the_clock = False
    schedule.save()
    on_duty(schedule, now, now + HOUR)

    assert found(now) == []


def test_a_critical_period_without_a_duty_is_first(schedule, module, now):
    schedule.around_the_clock = False
    schedule.save()
    during = Span(now + timedelta(days=7), now + timedelta(days=8))
    CriticalPeriod.objects.create(name="2026.2", during=tuple(during))
    on_duty(schedule, during.start, during.start + 20 * HOUR)

    assert found(now) == [("Leistungen", Span(during.start + 20 * HOUR, during.end), "2026.2")]


def test_a_module_that_no_schedule_answers_for_is_a_hole_under_its_name(now, module):
    during = Span(now + HOUR, now + 2 * HOUR)
    CriticalPeriod.objects.create(name="2026.2", during=tuple(during))

    assert found(now) == [("Krankengeld", during, "2026.2")]


def test_two_schedules_cover_a_module_together(schedule, module, now):
    schedule.around_the_clock = False
    schedule.save()
    second = Schedule.objects.create(name="Zahllauf", around_the_clock=False)
    second.modules.add(module)
    during = Span(now + HOUR, now + 3 * HOUR)
    CriticalPeriod.objects.create(name="2026.2", during=tuple(during))
    on_duty(schedule, during.start, during.start + HOUR)
    assert len(found(now)) == 1

    on_duty(second, during.start + HOUR, during.end)
    assert found(now) == []


def test_a_closed_account_on_duty_is_nobody(schedule, module, now):
    during = Span(now + HOUR, now + 3 * HOUR)
    CriticalPeriod.objects.create(name="2026.2", during=tuple(during))
    duty = on_duty(schedule, now, now + timedelta(days=42))
    assert found(now) == []

    duty.person.is_active = False
    duty.person.save()
    assert ("Leistungen", during, "2026.2") in found(now)


def test_the_lead_sees_it_red_on_the_start_page_and_agents_do_not(
    client, lea, sam, schedule, module
):
    start = datetime.now(UTC) + HOUR
    CriticalPeriod.objects.create(name="2026.2", during=(start, start + HOUR))
    shown = {}
    for person in (lea, sam):
        client.force_login(person)
        shown[person.name] = (
            "has nobody on call" in client.get(reverse("admin:index")).content.decode()
        )

    assert shown == {"Lea Hoffmann": True, "Sam Winter": False}
    assert "critical:" in client.get(reverse("admin:oncall_duty_changelist")).content.decode()


def test_a_period_is_entered_in_local_time(client, lea):
    client.force_login(lea)
    typed = {"kind": "release_change", "name": "2026.2"}
    add = reverse("admin:oncall_criticalperiod_add")

    wrong = client.post(add, {**typed, "starts": "2026-12-03T18:00", "ends": "2026-12-03T17:00"})
    assert "before the beginning" in wrong.content.decode()
    client.post(add, {**typed, "starts": "2026-12-03T18:00", "ends": "2026-12-04T06:00"})

    period = CriticalPeriod.objects.get()
    assert period.span == Span(
        datetime(2026, 12, 3, 17, tzinfo=UTC), datetime(2026, 12, 4, 5, tzinfo=UTC)
    )
    page = client.get(reverse("admin:oncall_criticalperiod_change", args=[period.pk]))
    assert "2026-12-03T18:00" in page.content.decode()


def test_a_posting_day_raises_what_is_proposed_for_insurers_of_its_state(
    client, due, alpina, hansa, alice, mallory, module
):
    asked = {"module": module.pk, "workaround": "bearable"}
    told = {}
    with time_machine.travel(DUE, tick=False):
        for person in (alice, mallory):
            client.force_login(person)
            answer = client.post(reverse("ticket_new_proposal"), asked)
            told[person] = answer.context["proposal"]

    assert told[mallory].critical == ["Contributions due"]
    assert told[alice].critical == []
    assert told[mallory].priority == told[alice].priority - 1
