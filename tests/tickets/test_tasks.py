"""The timetable: closing what stayed quiet, and sweeping files nobody knows. Repeats do no harm."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from supportdesk.celery import app
from supportdesk.messaging.models import Event
from tickets import actions, tasks
from tickets.models import CLOSING_NOTICE, Message, Status

OFFICE, PORTAL = Message.Channel.OFFICE, Message.Channel.PORTAL


def announced() -> int:
    return Event.objects.filter(name="ticket.closing_announced").count()


def test_a_resolved_ticket_is_announced_three_days_before_and_then_closed(resolved_ticket):
    closes_at = resolved_ticket.closes_at
    for moment, status, notices in [
        (closes_at - CLOSING_NOTICE - timedelta(seconds=1), Status.RESOLVED, 0),
        (closes_at - CLOSING_NOTICE, Status.RESOLVED, 1),
        (closes_at - timedelta(seconds=1), Status.RESOLVED, 1),
        (closes_at, Status.CLOSED, 1),
        (closes_at + timedelta(days=1), Status.CLOSED, 1),
    ]:
        with time_machine.travel(moment, tick=False):
            tasks.close_quiet_tickets()
            tasks.close_quiet_tickets()
        resolved_ticket.refresh_from_db()
        assert (resolved_ticket.status, announced()) == (status, notices)
    assert closes_at - resolved_ticket.resolved_at == timedelta(days=45)
    assert resolved_ticket.history.last().kind == "closed"


def test_after_a_long_outage_the_customer_still_gets_the_notice_first(resolved_ticket):
    with time_machine.travel(resolved_ticket.closes_at + timedelta(days=30), tick=False):
        tasks.close_quiet_tickets()
        resolved_ticket.refresh_from_db()

        assert resolved_ticket.status == Status.RESOLVED
        assert resolved_ticket.closes_at == timezone.now() + CLOSING_NOTICE


def test_a_reopened_ticket_stays(resolved_ticket, alice):
    actions.reopen(resolved_ticket, by=alice, reason="Not yet.", channel=PORTAL)

    with time_machine.travel(timezone.now() + timedelta(days=60), tick=False):
        tasks.close_quiet_tickets()

    resolved_ticket.refresh_from_db()
    assert resolved_ticket.status == Status.OPEN
    assert announced() == 0


@pytest.mark.django_db(transaction=True)
def test_a_ticket_somebody_holds_does_not_stop_the_others(resolved_ticket, at_once):
    told = resolved_ticket.closes_at - CLOSING_NOTICE
    with time_machine.travel(told), transaction.atomic():
        type(resolved_ticket).objects.select_for_update().get(pk=resolved_ticket.pk)

        assert at_once(1, tasks.close_quiet_tickets) == [None]

    assert announced() == 0


def test_files_of_a_step_that_rolled_back_are_swept_after_a_day(
    open_ticket, alice, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    message = actions.reply(
        open_ticket,
        by=alice,
        text="Here.",
        channel=PORTAL,
        files=[SimpleUploadedFile("lauf.log", b"rc=8")],
    )
    kept = Path(message.attachments.get().file.path)
    with transaction.atomic():
        actions.attach(message, [SimpleUploadedFile("lauf.log", b"rc=8")], by=alice)
        transaction.set_rollback(True)
    (orphan,) = (path for path in tmp_path.rglob("*") if path.is_file() and path != kept)

    tasks.sweep_files()
    assert orphan.exists()  # its transaction could still be running

    for path in (orphan, kept):
        os.utime(path, (0, time.time() - 25 * 3600))
    tasks.sweep_files()
    tasks.sweep_files()

    assert kept.exists()
    assert not orphan.exists()


def test_there_is_nothing_to_sweep_before_the_first_file(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path

    tasks.sweep_files()

    assert list(tmp_path.iterdir()) == []


def test_every_entry_of_the_timetable_names_a_task(settings):
    app.loader.import_default_modules()
    ours = {
        entry["task"]
        for entry in settings.CELERY_BEAT_SCHEDULE.values()
        if entry["task"].startswith("tickets.")
    }

    assert ours
    assert ours <= set(app.tasks)
