"""Jobs that must report: by the address, in time, late and not at all."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from oncall import actions, tasks
from oncall.models import Heartbeat, Page
from oncall.overdue import overdue
from supportdesk.audit.models import Entry
from supportdesk.errors import NotAllowed
from supportdesk.messaging.models import Dispatch
from supportdesk.messaging.tasks import dispatch_urgent
from tests.oncall.database_clock import DatabaseClock
from tests.oncall.paging import line, policy

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def nights(sam, lea):
    line(sam)
    return policy([sam], last_resort=[lea])


@pytest.fixture
def clock() -> DatabaseClock:
    """Monday noon in Berlin."""
    found = DatabaseClock()
    found.put(wall("2036-12-22T12:00"))
    return found


@pytest.fixture
def job(clock, nights, lea) -> Heartbeat:
    """Expected by 05:00, with a quarter of an hour of grace."""
    facts = {"name": "ZAHL_TAG", "reports_by": time(5), "grace": 15, "policy": nights}
    return actions.expect(Heartbeat(**facts), by=lea)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def titles() -> list[str]:
    return [page.title for page in Page.objects.order_by("pk")]


def test_a_job_that_does_not_report_calls_somebody(job, clock, gateway, sam):
    clock.put(wall("2036-12-23T05:14"))
    tasks.tick()
    assert titles() == []

    clock.put(wall("2036-12-23T05:15"))
    tasks.tick()
    dispatch_urgent()

    assert titles() == ["ZAHL_TAG has not reported by 05:00"]
    assert [message["to"] for message in gateway.requests] == [f"+49 170 {sam.pk}"]


@pytest.mark.parametrize("waker", [tasks.tick, tasks.tick_without_broker])
def test_either_waker_alone_is_enough_and_a_beat_has_one_page(job, clock, waker, lea):
    clock.put(wall("2036-12-23T05:15"))
    waker()
    waker()
    actions.resolve(Page.objects.get(), by=lea)
    waker()

    assert Page.objects.count() == 1
    job.refresh_from_db()
    assert job.due_at == wall("2036-12-24T05:15")


def test_the_next_missed_beat_is_a_page_of_its_own(job, clock):
    for day in (23, 24):
        clock.put(wall(f"2036-12-{day}T05:15"))
        tasks.tick()

    keys = set(Page.objects.values_list("key", flat=True))
    assert keys == {f"heartbeat:{job.pk}:2036-12-{day}" for day in (23, 24)}


def test_after_days_without_the_desk_one_page_opens(job, clock):
    clock.put(wall("2036-12-26T12:00"))
    tasks.tick()

    assert [page.key[-10:] for page in Page.objects.all()] == ["2036-12-26"]


def test_a_job_that_reports_calls_nobody(job, clock, client, lea):
    address = reverse("heartbeat_report", args=[actions.open_address(job, by=lea)])
    clock.put(wall("2036-12-23T03:47"))
    answer = client.post(address)
    clock.put(wall("2036-12-23T05:15"))
    tasks.tick()

    assert (answer.status_code, answer.json()["job"]) == (200, "ZAHL_TAG")
    assert titles() == []
    job.refresh_from_db()
    assert job.last_report_at == wall("2036-12-23T03:47")
    assert job.due_at == wall("2036-12-24T05:15")


def test_the_address_asks_for_no_cookie_and_takes_no_look(job, csrf_client, lea):
    secret = actions.open_address(job, by=lea)
    assert csrf_client.get(reverse("heartbeat_report", args=[secret])).status_code == 405
    assert csrf_client.post(reverse("heartbeat_report", args=[secret])).status_code == 200
    assert csrf_client.post(reverse("heartbeat_report", args=["x"])).status_code == 404
    assert csrf_client.post("/beats/").status_code == 404


@pytest.fixture
def csrf_client():
    return Client(enforce_csrf_checks=True)


def test_a_new_address_ends_the_old_one(job, client, lea):
    old, new = (actions.open_address(job, by=lea) for _n in range(2))
    assert client.post(reverse("heartbeat_report", args=[old])).status_code == 404
    assert client.post(reverse("heartbeat_report", args=[new])).status_code == 200
    assert not Heartbeat.objects.filter(digest__in=[old, new]).exists()


@pytest.fixture
def missed(job, clock, gateway) -> Page:
    clock.put(wall("2036-12-23T05:15"))
    tasks.tick()
    return Page.objects.get()


def test_the_late_report_ends_a_page_that_calls(missed, job, clock, gateway, desk):
    clock.put(wall("2036-12-23T05:20"))
    actions.report_beat(job, by=desk)
    dispatch_urgent()

    missed.refresh_from_db()
    assert missed.state == "resolved"
    kinds = list(missed.events.values_list("kind", flat=True))
    assert kinds[-2:] == ["reported", "resolved"]
    assert gateway.requests == []
    assert not Dispatch.objects.unsent().exists()


def test_a_page_in_hand_is_told_of_the_late_report_and_stays(missed, job, sam, desk):
    actions.acknowledge(missed, by=sam)
    actions.report_beat(job, by=desk)

    missed.refresh_from_db()
    assert (missed.state, missed.acknowledged_by) == ("acknowledged", sam)
    assert missed.events.last().kind == "reported"


def test_a_late_report_answers_no_other_night(missed, job, clock, desk):
    clock.put(wall("2036-12-23T05:20"))
    actions.report_beat(job, by=desk)
    clock.put(wall("2036-12-24T05:15"))
    tasks.tick()

    assert Page.objects.count() == 2


def test_a_report_just_before_the_engine_looked_calls_nobody(job, clock, desk):
    clock.put(wall("2036-12-23T05:16"))
    actions.report_beat(job, by=desk)
    tasks.tick()

    assert titles() == []


def test_a_report_of_one_job_leaves_pages_of_others_alone(missed, nights, desk, lea):
    facts = {"name": "DRUCK", "reports_by": time(5), "policy": nights}
    other = actions.expect(Heartbeat(**facts), by=lea)
    actions.report_beat(other, by=desk)

    missed.refresh_from_db()
    assert missed.state == "triggered"


def test_a_change_of_the_time_keeps_what_was_reported(job, clock, desk, lea):
    clock.put(wall("2036-12-23T03:47"))
    stale = Heartbeat.objects.get()
    actions.report_beat(job, by=desk)
    stale.reports_by = time(6)
    actions.expect(stale, by=lea)

    job.refresh_from_db()
    assert job.last_report_at == wall("2036-12-23T03:47")
    assert job.due_at == wall("2036-12-24T06:15")


def test_one_that_is_switched_off_awaits_nothing(job, clock, lea, desk):
    job.is_active = False
    actions.expect(job, by=lea)
    clock.put(wall("2036-12-23T05:15"))
    tasks.tick()
    actions.report_beat(job, by=desk)

    assert titles() == []
    job.refresh_from_db()
    assert (job.awaited_on, job.due_at) == (None, None)


def test_the_database_forgets_no_active_one(job):
    with pytest.raises(IntegrityError, match="awaited"), transaction.atomic():
        Heartbeat.objects.update(due_at=None)
    with pytest.raises(IntegrityError, match="one_beat"), transaction.atomic():
        Heartbeat.objects.update(hours=24)


def test_a_beat_that_nobody_looks_after_shows(settings, nights, lea):
    settings.PAGE_PATIENCE = 1
    facts = {"name": "ZAHL_TAG", "reports_by": time(5), "policy": nights}
    job = actions.expect(Heartbeat(**facts), by=lea)
    assert "beats" not in overdue()
    Heartbeat.objects.update(due_at=Now() - timedelta(seconds=2))
    assert overdue()["beats"] == 1

    Heartbeat.objects.update(zone="Nowhere")  # no rule can read it
    tasks.tick()

    job.refresh_from_db()
    assert job.failures == 1
    assert overdue()["beats"] == 1
    assert titles() == []


def test_one_that_cannot_be_paged_is_in_nobodys_way(job, clock, nights, lea):
    facts = {"name": "DRUCK", "reports_by": time(5), "policy": nights}
    actions.expect(Heartbeat(**facts), by=lea)
    Heartbeat.objects.filter(pk=job.pk).update(zone="Nowhere", due_at=wall("2036-12-22T13:00"))
    clock.put(wall("2036-12-23T05:15"))
    tasks.tick()

    assert titles() == ["DRUCK has not reported by 05:00"]


def test_only_a_lead_says_what_is_expected(job, sam, alice):
    for person in [sam, alice]:
        with pytest.raises(NotAllowed):
            actions.expect(job, by=person)
        with pytest.raises(NotAllowed):
            actions.open_address(job, by=person)
        with pytest.raises(NotAllowed):
            actions.report_beat(job, by=person)


def test_a_lead_sets_one_up_in_the_office(client, nights, lea):
    client.force_login(lea)
    typed = {"name": "ZAHL_TAG", "reports_by": "05:00", "zone": "Europe/Berlin"}
    typed |= {"weekdays": ["0", "1"], "grace": "15", "hours": "12", "policy": nights.pk}
    add = reverse("admin:oncall_heartbeat_add")
    refused = client.post(add, {**typed, "zone": "Mars", "hours": "30", "is_active": "on"})
    assert set(refused.context["adminform"].form.errors) == {"zone", "hours"}
    assert client.post(add, {**typed, "is_active": "on"}).status_code == 302

    row = Heartbeat.objects.get()
    assert (row.weekdays, row.due_at is not None) == ([0, 1], True)
    assert Entry.objects.filter(verb="heartbeat.added", by=lea).exists()
    shown = client.post(reverse("admin:oncall_heartbeat_address", args=[row.pk]))
    secret = shown.context["address"].rpartition("/")[2]
    assert client.post(reverse("heartbeat_report", args=[secret])).status_code == 200
    change = reverse("admin:oncall_heartbeat_change", args=[row.pk])
    page = client.get(change).content.decode()
    assert "curl" not in page
    # The panel stands inside the form of the row, and forms cannot stand in each other.
    form = page[page.index('id="heartbeat_form"') :]
    assert "<form" not in form[: form.index("</form>")]
    assert f'formaction="{reverse("admin:oncall_heartbeat_address", args=[row.pk])}"' in form
    assert client.post(change, typed).status_code == 302
    row.refresh_from_db()
    assert (row.is_active, row.due_at) == (False, None)
