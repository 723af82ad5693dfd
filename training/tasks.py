"""The timetable of trainings. Each task bears repeats."""

from __future__ import annotations

from contextlib import suppress

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from supportdesk.accounts.models import User
from supportdesk.web.uploads import sweep
from training import actions, mail
from training.models import Enrolment, Material, Session
from training.models.material import FOLDER


@shared_task
def remind() -> None:
    """Hourly: who has a seat in a session that begins within a day hears of it, and how to join.

    Safe to repeat: the letter has a key of its own for each time the session is to begin.
    """
    rows = Enrolment.objects.to_remind(timezone.now()).select_related("session__course", "person")
    for row in rows.iterator():
        mail.reminded(row)


@shared_task
def sweep_files() -> None:
    """Daily: remove stored materials that no row knows, of uploads given up.

    Safe to repeat: what is gone is gone.
    """
    sweep(
        FOLDER, lambda names: Material.objects.filter(file__in=names).values_list("file", flat=True)
    )


@shared_task
def expire_offers() -> None:
    """Every minute: offers whose time has passed end, and the next in line is served.

    Safe to repeat: the verb asks again under the session's lock.
    """
    for session in Session.objects.with_passed_offers(timezone.now()):
        with suppress(OperationalError):  # somebody is booking; the next run comes in a minute
            actions.expire_offers(session, by=User.objects.desk())
