"""Questions to the final plan, one answer for the roster page and the paging engine."""

from __future__ import annotations

from datetime import datetime

from oncall.models import Duty, Schedule
from supportdesk.accounts.models import User


def on_duty(schedule: Schedule, at: datetime) -> list[User]:
    """Who is on call at this instant, whoever is asked first at the head; empty in a gap.

    People whose account was closed are nobody: a page passes over them.
    """
    duties = Duty.objects.filter(schedule=schedule, person__is_active=True).at(at)
    return [duty.person for duty in duties.select_related("person").order_by("position")]
