"""Who is on call in the world of tests/web/world.py, and a page that calls."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

from django.db.models import Model
from django.utils import timezone

from oncall import actions
from oncall.models import (
    Change,
    ContactChannel,
    CriticalPeriod,
    CriticalRule,
    Duty,
    Heartbeat,
    Page,
    Policy,
    PolicyStep,
    Rotation,
    Schedule,
)
from supportdesk.accounts.models import User


def rows(people: dict[str, User], team: Any) -> dict[type[Model], Model]:
    """sam and dev take turns by the day; sam offers a duty, and has another."""
    schedule = Schedule.objects.create(name="Leistungen nachts", team=team)
    start = timezone.localdate() - timedelta(days=1)
    groups = [[actions.Place(people["sam"])], [actions.Place(people["dev"])]]
    asked = actions.Turns("By the day", start, time(9), groups, unit="day")
    rotation = actions.set_rotation(schedule, asked, by=people["lea"])
    coming = Duty.objects.filter(person=people["sam"], during__startswith__gt=timezone.now())
    offered, other = coming.order_by("during")[2:4]
    swap = actions.offer_swap(offered, by=people["sam"])
    CriticalRule.objects.create(rule="contributions")
    now = timezone.now()
    CriticalPeriod.objects.create(name="The change", during=(now, now + timedelta(days=1)))
    plan = {Schedule: schedule, Rotation: rotation, Change: swap, Duty: other}
    return plan | _page(people, schedule)


def _page(people: dict[str, User], schedule: Schedule) -> dict[type[Model], Model]:
    """One that calls; only sam has a way to be called."""
    line = ContactChannel.objects.create(
        person=people["sam"], kind="sms", address="+491701234567", confirmed_at=timezone.now()
    )
    policy = Policy.objects.create(name="Nachts")
    policy.last_resort.add(people["lea"])
    PolicyStep.objects.create(policy=policy, position=1).schedules.add(schedule)
    page = actions.open_page("job:4711", "Zahllauf steht", by=people["lea"], policy=policy)
    facts = {"name": "ZAHL_TAG", "reports_by": time(5), "policy": policy}
    job = actions.expect(Heartbeat(**facts), by=people["lea"])
    return {ContactChannel: line, Policy: policy, Page: page, Heartbeat: job}
