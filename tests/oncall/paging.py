"""People with lines, and policies that call them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from oncall.models import ContactChannel, Duty, PersonalRule, Policy, PolicyStep, Schedule
from supportdesk.accounts.models import User

SOON = 10  # minutes between steps


def line(person: User, kind: str = "sms", minutes: int | None = None) -> ContactChannel:
    """Confirmed; with a rule where minutes are given."""
    address = person.email if kind == "mail" else f"+49 170 {person.pk}"
    facts: dict[str, Any] = {"person": person, "kind": kind, "address": address}
    row, _new = ContactChannel.objects.get_or_create(
        **facts, defaults={"confirmed_at": timezone.now()}
    )
    if minutes is not None:
        PersonalRule.objects.create(channel=row, minutes=minutes)
    return row


def policy(*steps: Sequence[User | Schedule], last_resort: Sequence[User], **facts: Any) -> Policy:
    row = Policy.objects.create(**{"name": "Nights", "repeat": 0, **facts})
    row.last_resort.set(last_resort)
    for position, targets in enumerate(steps):
        step = PolicyStep.objects.create(policy=row, position=position, minutes=SOON)
        step.people.set([one for one in targets if isinstance(one, User)])
        step.schedules.set([one for one in targets if isinstance(one, Schedule)])
    return row


def on_duty(person: User, schedule: Schedule, hours: float = 8, position: int = 1) -> Duty:
    """From this moment on."""
    start = timezone.now() - timedelta(seconds=1)
    end = start + timedelta(hours=hours)
    return Duty.objects.create(
        schedule=schedule, person=person, position=position, during=DateTimeTZRange(start, end)
    )
