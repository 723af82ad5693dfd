"""The timetable of rosters and pages. Each task bears repeats."""

from __future__ import annotations

import logging
import urllib.request
from contextlib import suppress

from celery import shared_task
from django.conf import settings
from django.db import OperationalError
from django.db.models.functions import Now
from django.utils import timezone

from oncall import actions
from oncall.actions.reach import ANSWERED_BEFORE, REMINDED_BEFORE, TIME_TO_ANSWER
from oncall.models import Duty, EngineBeat, Schedule
from oncall.overdue import overdue
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
    """On commit and every five seconds: jobs that have not reported are paged, due pages go on.

    Safe to repeat and to run many times at once: a row is locked while it goes on.
    """
    return _tick(EngineBeat.Waker.CELERY)


def tick_without_broker() -> int:
    """The same by watchman, every two seconds and when PostgreSQL calls."""
    return _tick(EngineBeat.Waker.WATCHMAN)


@shared_task
def report_health() -> bool:
    """Every half minute: call the address of whoever watches us, only while nothing is overdue.

    A call that fails to come is their alarm, so nothing is tried again.
    """
    if not settings.HEARTBEAT_URL or overdue():
        return False
    try:
        with urllib.request.urlopen(settings.HEARTBEAT_URL, timeout=5):  # noqa: S310 - the operator's own
            return True
    except OSError as error:
        logger.warning("The heartbeat was not taken: %s", type(error).__name__)
        return False


def _tick(waker: EngineBeat.Waker) -> int:
    done = 0
    while done < AT_A_TIME and actions.miss_beat():
        done += 1
    while done < AT_A_TIME and actions.tick():
        done += 1
    actions.tell_storm()
    rows = [EngineBeat(waker=waker, at=Now())]
    EngineBeat.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["waker"], update_fields=["at"]
    )
    return done
