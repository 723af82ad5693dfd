"""Pages: opened once per key, taken, handed over, gone on with, and never lost."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.db.models.functions import Now
from django.utils import timezone

from oncall import actions, mail
from oncall.models import Page, PageEvent, PolicyVersion, Schedule, StepRun
from supportdesk.audit.models import Entry
from supportdesk.errors import NotAllowed, Refused, WrongState
from supportdesk.messaging import outbox
from supportdesk.messaging.models import Dispatch, Event
from supportdesk.messaging.tasks import dispatch_urgent
from tests.oncall.paging import line, on_duty, policy

pytestmark = pytest.mark.django_db
MINUTES = timedelta(minutes=1)


@pytest.fixture
def nights(sam, lea, dev):
    """sam, then dev, and lea when nobody answers."""
    for person in [sam, dev, lea]:
        line(person)
    return policy([sam], [dev], last_resort=[lea])


@pytest.fixture
def alarm(nights, desk) -> Page:
    return actions.open_page("job:4711", "Zahllauf steht", by=desk, policy=nights)


def run() -> None:
    while actions.tick() or dispatch_urgent():
        pass


def due(alarm: Page) -> None:
    Page.objects.filter(pk=alarm.pk).update(due_at=Now())


def called(gateway) -> list[str]:
    return [message["to"] for message in gateway.requests]


def kinds(alarm: Page) -> list[str]:
    return list(alarm.events.values_list("kind", flat=True))


def test_a_page_calls_whoever_is_first_at_once(alarm, gateway, sam):
    run()

    assert called(gateway) == [f"+49 170 {sam.pk}"]
    assert "Zahllauf steht" in gateway.requests[0]["text"]
    assert kinds(alarm) == ["opened", "step"]
    alarm.refresh_from_db()
    assert timedelta() < alarm.due_at - timezone.now() <= 10 * MINUTES


@pytest.mark.parametrize("verb", [actions.acknowledge, actions.resolve])
def test_with_the_verb_itself_whatever_was_still_to_be_sent_is_off(alarm, gateway, sam, verb):
    """Not only when its time comes: whoever looks at the page sees that nobody else is called."""
    actions.tick()
    assert Dispatch.objects.unsent().exists()

    verb(alarm, by=sam)

    assert set(Dispatch.objects.values_list("state", flat=True)) == {"cancelled"}


def test_another_policy_calls_off_what_the_old_one_meant(alarm, gateway, sam, dev, lea):
    actions.tick()
    actions.reassign(alarm, policy([dev], last_resort=[lea], name="Days"), by=sam)
    assert not Dispatch.objects.unsent().exists()
    run()

    assert called(gateway) == [f"+49 170 {dev.pk}"]


def test_without_an_answer_the_next_is_called_and_then_the_last_resort(
    alarm, gateway, sam, dev, lea
):
    for _step in range(3):
        due(alarm)
        run()

    assert called(gateway) == [f"+49 170 {person.pk}" for person in [sam, dev, lea]]
    alarm.refresh_from_db()
    assert (alarm.state, alarm.due_at) == ("exhausted", None)
    assert kinds(alarm)[-1] == "last_resort"


def test_a_last_resort_without_a_line_is_written_to(sam, lea, desk, mailoutbox):
    alone = policy([sam], last_resort=[lea])
    alarm = actions.open_page("x", "Niemand da", by=desk, policy=alone)

    run()

    assert [letter.to for letter in mailoutbox] == [[lea.email]]
    assert Page.objects.get(pk=alarm.pk).state == "exhausted"


def test_whoever_is_on_duty_without_a_confirmed_line_counts_as_nobody(desk, sam, dev, lea, gateway):
    schedule = Schedule.objects.create(name="Nachts")
    on_duty(sam, schedule)
    line(dev)
    alarm = actions.open_page(
        "x", "Wer?", by=desk, policy=policy([schedule], [dev], last_resort=[lea])
    )

    run()

    assert called(gateway) == [f"+49 170 {dev.pk}"]
    assert "nobody" in kinds(alarm)


def test_the_roster_is_read_when_the_step_fires(desk, sam, dev, lea, gateway):
    schedule = Schedule.objects.create(name="Nachts")
    for person in [sam, dev]:
        line(person)
    later = policy([sam], [schedule], last_resort=[lea])
    alarm = actions.open_page("x", "Wer?", by=desk, policy=later)
    run()
    on_duty(dev, schedule)
    due(alarm)

    run()

    assert called(gateway)[-1] == f"+49 170 {dev.pk}"


def test_a_page_keeps_the_policy_and_the_lines_of_its_opening(alarm, nights, gateway, sam):
    nights.steps.all().delete()
    sam.contact_channels.all().delete()

    run()

    assert called(gateway) == [f"+49 170 {sam.pk}"]


def test_later_alarms_are_counted_on_the_open_page(alarm, nights, desk):
    again = actions.open_page("job:4711", "Zahllauf steht", by=desk, policy=nights)

    assert (again.pk, again.alarms) == (alarm.pk, 2)
    assert Page.objects.count() == 1


def test_after_the_end_the_same_key_calls_again(alarm, nights, desk, sam):
    actions.resolve(alarm, by=sam)

    again = actions.open_page("job:4711", "Zahllauf steht", by=desk, policy=nights)

    assert again.pk != alarm.pk


def test_versions_are_shared_and_frozen(alarm, nights, desk):
    other = actions.open_page("job:4712", "Auch der", by=desk, policy=nights)
    assert other.version == alarm.version
    with pytest.raises(ProgrammingError), transaction.atomic():
        PolicyVersion.objects.update(digest="x")


def test_taking_it_stops_everything(alarm, gateway, sam, dev):
    line(sam, "voice", minutes=5)
    run()
    taken = actions.acknowledge(alarm, by=dev)
    due_messages()

    run()

    assert taken.acknowledged_by == dev
    assert len(gateway.requests) == 1
    assert Entry.objects.filter(verb="page.taken", subject_id=alarm.pk, by_id=dev.pk).exists()
    assert Event.objects.filter(name="page.taken").exists()


def due_messages() -> None:
    Dispatch.objects.filter(state="waiting").update(due_at=Now())


def test_what_was_claimed_by_somebody_who_died_is_not_sent_after_it_was_taken(alarm, gateway, sam):
    actions.tick()
    Dispatch.objects.update(state="sending", lease=uuid.uuid4(), attempts=1, due_at=Now() + MINUTES)
    actions.acknowledge(alarm, by=sam)
    Dispatch.objects.update(due_at=Now())

    run()

    assert not gateway.requests
    assert Dispatch.objects.get().state == "cancelled"


def test_it_is_taken_once(alarm, sam, dev):
    actions.acknowledge(alarm, by=sam)
    with pytest.raises(WrongState):
        actions.acknowledge(alarm, by=dev)


@pytest.mark.parametrize("who", ["alice", "carol", "audrey", "tom"])
def test_only_those_who_may_be_on_call_take_a_page(alarm, request, who):
    with pytest.raises((NotAllowed, Page.DoesNotExist)):
        actions.acknowledge(alarm, by=request.getfixturevalue(who))


def test_a_page_stays_in_a_hand_until_the_shift_ends(alarm, sam):
    duty = on_duty(sam, Schedule.objects.create(name="Nachts"), hours=3)

    assert actions.acknowledge(alarm, by=sam).due_at == duty.span.end


def test_when_the_shift_ended_it_calls_again_from_the_first_step(alarm, gateway, sam):
    run()
    actions.acknowledge(alarm, by=sam)
    due(alarm)

    run()

    alarm.refresh_from_db()
    assert alarm.state == "triggered"
    assert alarm.acknowledged_by is None
    assert kinds(alarm)[-2:] == ["shift_ended", "step"]
    assert len(gateway.requests) == 2


def test_a_hand_over_note_must_be_read_by_the_next(alarm, sam, dev, gateway):
    actions.acknowledge(alarm, by=sam)
    actions.hand_over(alarm, by=sam, note="Bank angerufen, wartet auf Datei.", now=True)
    run()
    assert len(gateway.requests) == 1

    with pytest.raises(Refused):
        actions.acknowledge(alarm, by=dev)
    actions.acknowledge(alarm, by=dev, note_read=True)

    note = alarm.hand_overs.get()
    assert (note.read_by, alarm.hand_overs.count()) == (dev, 1)


def test_only_whoever_has_it_hands_it_over(alarm, sam, dev):
    with pytest.raises(WrongState):
        actions.hand_over(alarm, by=sam, note="x")
    actions.acknowledge(alarm, by=sam)
    with pytest.raises(NotAllowed):
        actions.hand_over(alarm, by=dev, note="x")


def test_by_hand_the_next_step_comes_at_once_and_its_timer_begins_anew(alarm, gateway, sam, dev):
    run()
    actions.escalate_page(alarm, by=sam)

    run()

    assert called(gateway)[-1] == f"+49 170 {dev.pk}"
    assert Page.objects.get().due_at - timezone.now() > 9 * MINUTES


def test_after_three_failures_the_next_way_is_taken_at_once(nights, desk, sam, gateway):
    line(sam, "sms", minutes=0)
    line(sam, "voice", minutes=5)
    alarm = actions.open_page("x", "Zahllauf steht", by=desk, policy=nights)
    gateway.status = 503
    for _try in range(3):
        run()
        Dispatch.objects.filter(attempts__gt=0).update(due_at=Now())
    gateway.status = 202
    while outbox.react():
        pass

    run()

    assert {message["kind"] for message in gateway.rung.values()} >= {"voice"}
    assert "brought_forward" in kinds(alarm)


def test_a_poisoned_page_is_in_nobodys_way_and_reaches_the_last_resort(
    alarm, nights, desk, lea, gateway, monkeypatch
):
    other = actions.open_page("other", "Anderer", by=desk, policy=nights)
    broken = nights.versions.get()
    poison = PolicyVersion.objects.create(
        policy=nights,
        digest="poison",
        content={**broken.content, "steps": [{"minutes": 1, "schedules": ["?"], "people": []}]},
    )
    Page.objects.filter(pk=alarm.pk).update(version=poison, due_at=Now() - MINUTES)

    run()
    assert StepRun.objects.filter(page=other).exists()
    for _again in range(3):
        due(alarm)
        run()

    assert kinds(alarm).count("failed") == 3
    assert called(gateway)[-1] == f"+49 170 {lea.pk}"


def test_the_database_refuses_an_open_page_that_is_never_due(alarm):
    with pytest.raises(IntegrityError, match="an_open_page_is_due"), transaction.atomic():
        Page.objects.update(due_at=None)


def test_the_database_lets_a_step_run_once(alarm):
    run()
    with pytest.raises(IntegrityError, match="a_step_runs_once"), transaction.atomic():
        StepRun.objects.create(page=alarm, round=0, step=0, at=timezone.now())


def test_a_timeline_only_grows(alarm):
    with pytest.raises(ProgrammingError), transaction.atomic():
        PageEvent.objects.update(kind="step")


def test_a_test_page_calls_oneself(sam, nights, gateway):
    alarm = actions.open_test_page(by=sam)

    run()

    assert alarm.is_test
    assert called(gateway) == [f"+49 170 {sam.pk}"]
    with pytest.raises(Refused):
        actions.open_test_page(by=sam)


def test_the_link_in_a_message_takes_the_page_without_signing_in(alarm, client, sam):
    address = f"/take/{mail.page_token(alarm, sam)}/"

    looked = client.get(address)
    alarm.refresh_from_db()
    assert (looked.status_code, alarm.state) == (200, "triggered")

    assert client.post(address).status_code == 200
    alarm.refresh_from_db()
    assert alarm.acknowledged_by == sam
    assert client.get("/take/forged/").status_code == 410


def test_a_link_shows_the_note_before_it_takes(alarm, client, sam, dev):
    actions.acknowledge(alarm, by=sam)
    actions.hand_over(alarm, by=sam, note="Bank angerufen.", now=True)
    address = f"/take/{mail.page_token(alarm, dev)}/"

    assert "Bank angerufen." in client.get(address).content.decode()
    assert client.post(address).status_code == 409
    assert client.post(address, {"note": "read"}).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_many_alarms_at_once_open_one_page(at_once, desk, lea, sam):
    line(sam)
    one = policy([sam], last_resort=[lea])

    found: Any = at_once(8, lambda: actions.open_page("same", "Alarm", by=desk, policy=one).pk)

    assert len(set(found)) == 1
    assert Page.objects.get().alarms == 8


@pytest.mark.django_db(transaction=True)
def test_many_engines_at_once_run_each_step_once(at_once, desk, lea, sam):
    line(sam)
    one = policy([sam], last_resort=[lea])
    for n in range(12):
        actions.open_page(f"job:{n}", "Alarm", by=desk, policy=one)

    def engine() -> None:
        while actions.tick():
            pass

    assert at_once(6, engine) == [None] * 6
    assert StepRun.objects.count() == Dispatch.objects.count() == 12
