"""The timetable of trainings. Each task bears repeats."""

from __future__ import annotations

from contextlib import suppress

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from supportdesk.accounts.models import User
from training import actions
from training.models import Session


@shared_task
def expire_offers() -> None:
    """Every minute: offers whose time has passed end, and the next in line is served.

    Safe to repeat: the verb asks again under the session's lock.
    """
    for session in Session.objects.with_passed_offers(timezone.now()):
        with suppress(OperationalError):  # somebody is booking; the next run comes in a minute
            actions.expire_offers(session, by=User.objects.desk())
