"""The timetable of rosters. Each task bears repeats."""

from __future__ import annotations

import logging
from contextlib import suppress

from celery import shared_task
from django.db import OperationalError

from oncall import actions
from oncall.models import Schedule
from supportdesk.accounts.models import User

logger = logging.getLogger(__name__)


@shared_task
def build_duties() -> None:
    """Every quarter of an hour: absences entered meanwhile count, and the plan reaches 400 days on.

    Safe to repeat: duties that are as planned stay untouched.
    """
    for schedule in Schedule.objects.all():
        with suppress(OperationalError):  # somebody is changing it, and builds it themselves
            actions.build_duties(schedule, by=User.objects.desk())
