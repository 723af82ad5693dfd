"""The timetable of rosters. Each task bears repeats."""

from __future__ import annotations

import logging
from contextlib import suppress

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from oncall import actions
from oncall.actions.reach import ANSWERED_BEFORE, REMINDED_BEFORE, TIME_TO_ANSWER
from oncall.models import Duty, Schedule
from supportdesk.accounts.models import User
from supportdesk.errors import WrongState

AT_A_TIME = 200
logger = logging.getLogger(__name__)


@shared_task
def build_duties() -> None:
    """Every quarter of an hour: absences entered meanwhile count, and the plan reaches 400 days on.

    Safe to repeat: duties that are as planned stay untouched.
    """
    for schedule in Schedule.objects.all():
        with suppress(OperationalError):  # somebody is changing it, and builds it themselves
            actions.build_duties(schedule, by=User.objects.desk())


@shared_task
def ask_who_is_next() -> None:
    """Every five minutes: ask whoever is on duty soon, and tell the fallback who has not answered.

    Safe to repeat: each verb asks again under its lock, and does its part once.
    """
    now, desk = timezone.now(), User.objects.desk()
    for duty in Duty.objects.to_remind(now, REMINDED_BEFORE):
        with suppress(WrongState, OperationalError, Duty.DoesNotExist):
            actions.remind(duty, by=desk)
    for duty in Duty.objects.unanswered(now, ANSWERED_BEFORE, TIME_TO_ANSWER):
        with suppress(WrongState, OperationalError, Duty.DoesNotExist):
            actions.tell_fallback(duty, by=desk)


@shared_task
def tick() -> int:
    """On commit, every five seconds, and by watchman: whatever pages are due go on.

    Safe to repeat and to run many times at once: a page is locked while it goes on.
    """
    done = 0
    while done < AT_A_TIME and actions.tick():
        done += 1
    return done
