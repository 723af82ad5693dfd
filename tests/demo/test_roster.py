"""The demo's rosters: a year behind and one ahead, as the rules make them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from oncall.duties import on_duty
from oncall.models import Change, Duty, Schedule
from oncall.tasks import build_duties
from supportdesk.messaging.models import Event

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def loaded(db):
    call_command("demo", tickets=20, verbosity=0)


def test_two_schedules_have_a_year_of_duties_and_one_to_come(loaded):
    now = timezone.now()
    assert Schedule.objects.count() == 2
    for schedule in Schedule.objects.all():
        duties = Duty.objects.filter(schedule=schedule).order_by("during")
        assert duties.first().span.start < now - timedelta(days=360)
        assert max(duty.span.end for duty in duties) > now + timedelta(days=399)


def test_at_christmas_volunteers_are_on_call(loaded):
    night = datetime(timezone.now().year, 12, 25, 2, tzinfo=BERLIN)
    for schedule in Schedule.objects.all():
        temporary = schedule.changes.get(kind="temporary", during__contains=night)
        volunteer = temporary.instead.get(during__contains=night).person
        away = volunteer.absences.filter(during__contains=night.date()).exists()
        assert on_duty(schedule, night) == ([] if away else [volunteer])


def test_duties_were_swapped_and_one_is_on_offer(loaded):
    now = timezone.now()
    for schedule in Schedule.objects.all():
        assert schedule.changes.filter(kind="swap", stand_in__isnull=False).count() > 6
        assert Change.objects.on_offer(now).filter(schedule=schedule).count() == 1


def test_building_again_changes_nothing_and_tells_nobody(loaded):
    before = list(Duty.objects.order_by("pk").values_list())

    build_duties()

    assert list(Duty.objects.order_by("pk").values_list()) == before
    assert not Event.objects.filter(name__startswith="duty.").exists()


def test_the_time_of_day_does_not_matter(db):
    with time_machine.travel("2026-11-23 23:30+01:00"):
        call_command("demo", tickets=20, verbosity=0)

    assert Duty.objects.exists()
