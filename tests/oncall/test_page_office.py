"""Pages, one's own lines and the simulator in the back office."""

from __future__ import annotations

import re
from datetime import datetime
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.urls import reverse

from oncall import actions, simulator
from oncall.models import Duty, Page, Schedule
from supportdesk.errors import Invalid, Refused
from supportdesk.messaging.tasks import dispatch_urgent
from tests.oncall.paging import line, policy

pytestmark = pytest.mark.django_db
CHRISTMAS = datetime(2036, 12, 25, 2, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.fixture
def nights(sam, dev, lea):
    for person in [sam, dev]:
        line(person)
    return policy([sam], [dev], last_resort=[lea], is_default=True)


@pytest.fixture
def alarm(nights, desk) -> Page:
    return actions.open_page("job", "Zahllauf steht", by=desk, policy=nights)


def do(client, alarm: Page, verb: str, **given: str):
    return client.post(reverse(f"admin:oncall_page_{verb}", args=[alarm.pk]), given)


def test_a_page_is_taken_handed_over_and_resolved(client, alarm, sam, dev):
    client.force_login(sam)
    assert do(client, alarm, "take").status_code == 302
    assert do(client, alarm, "hand_over", note="").status_code == 422
    assert do(client, alarm, "hand_over", note="Bank angerufen.", now="on").status_code == 302
    client.force_login(dev)
    refused = do(client, alarm, "take")
    assert refused.status_code == 409
    assert "Bank angerufen." in refused.content.decode()
    assert do(client, alarm, "take", note_read="on").status_code == 302
    assert do(client, alarm, "resolve").status_code == 302

    shown = client.get(reverse("admin:oncall_page_change", args=[alarm.pk])).content.decode()
    assert sam.name in shown
    assert Page.objects.get().state == "resolved"


def test_lists_show_what_calls_and_what_has_ended(client, alarm, sam):
    client.force_login(sam)
    address = reverse("admin:oncall_page_changelist")
    assert "Zahllauf steht" in client.get(address).content.decode()
    actions.resolve(alarm, by=sam)
    assert "Zahllauf steht" not in client.get(address).content.decode()
    assert "Zahllauf steht" in client.get(address, {"show": "ended"}).content.decode()


def test_a_line_counts_once_its_code_came_back(client, lea, gateway):
    client.force_login(lea)
    lines = reverse("admin:oncall_page_lines")
    client.post(lines, {"kind": "sms", "address": "+49 170 555 0101"})
    row = lea.contact_channels.get()
    dispatch_urgent()
    [sent] = gateway.requests
    code = re.search(r"\d{6}", sent["text"])[0]
    confirm = reverse("admin:oncall_page_line_confirm", args=[row.pk])

    client.post(confirm, {"code": "nonsense"})
    row.refresh_from_db()
    assert (row.confirmed_at, row.tries) == (None, 1)

    client.post(confirm, {"code": code})
    row.refresh_from_db()
    assert row.confirmed_at


def test_guessing_ends_after_five_tries(lea):
    row = actions.add_line(by=lea, kind="sms", address="+491705550101")
    for _try in range(5):
        actions.confirm_line(row, by=lea, code="x")
    with pytest.raises(Refused):
        actions.confirm_line(row, by=lea, code="x")


def test_ones_own_account_address_is_known_already(lea):
    assert actions.add_line(by=lea, kind="mail", address=lea.email.upper()).confirmed_at


@pytest.mark.parametrize(("kind", "address"), [("sms", "0170 1"), ("voice", "x"), ("mail", "x")])
def test_a_line_that_cannot_be_called_is_refused_as_typed(client, lea, kind, address):
    client.force_login(lea)
    given = {"kind": kind, "address": address}
    answer = client.post(reverse("admin:oncall_page_lines"), given)
    assert answer.status_code == 422
    assert f'value="{address}"' in answer.content.decode()
    with pytest.raises(Invalid):
        actions.add_line(by=lea, kind=kind, address=address)


def test_rules_say_when_a_line_is_used(client, sam, nights):
    client.force_login(sam)
    row = sam.contact_channels.get()
    address = reverse("admin:oncall_page_line_rules", args=[row.pk])
    assert client.post(address, {"minutes": "0, 5"}).status_code == 302
    assert [rule.minutes for rule in row.rules.all()] == [0, 5]
    assert client.post(address, {"minutes": "soon"}).status_code == 422
    assert row.rules.count() == 2


def test_on_25_december_at_two_we_know_who_is_called_when_and_on_what(sam, dev, lea, client):
    schedule = Schedule.objects.create(name="Nachts")
    for person, hours in [(sam, (18, 0)), (dev, (0, 18))]:
        start, end = (CHRISTMAS.replace(hour=hour) for hour in hours)
        start = start.replace(day=24) if person == sam else start
        Duty.objects.create(schedule=schedule, person=person, during=DateTimeTZRange(start, end))
        line(person)
        line(person, "voice", minutes=0)
        line(person, "sms", minutes=0)
        line(person, "voice", minutes=5)
    one = policy([schedule], last_resort=[lea], is_default=True)

    found = [(c.at, c.person, c.way, c.is_last_resort) for c in simulator.calls(one, CHRISTMAS)]

    later = [CHRISTMAS.replace(minute=minute) for minute in (5, 10)]
    assert found == [
        (CHRISTMAS, dev, "sms", False),
        (CHRISTMAS, dev, "voice", False),
        (later[0], dev, "voice", False),
        (later[1], lea, "mail", True),
    ]
    said = StringIO()
    call_command("called", "2036-12-25T02:00", stdout=said)
    assert len(said.getvalue().splitlines()) == 4
    client.force_login(lea)
    given = {"policy": one.pk, "at": "2036-12-25T02:00"}
    shown = client.get(reverse("admin:oncall_policy_simulate"), given).content.decode()
    assert dev.name in shown


def test_the_simulator_says_what_the_engine_does(nights, alarm, gateway, mailoutbox):
    planned = [(c.person.pk, c.way) for c in simulator.calls(nights, alarm.opened_at)]

    for _step in range(3):
        Page.objects.filter(due_at__isnull=False).update(due_at=alarm.opened_at)
        while actions.tick() or dispatch_urgent():
            pass

    called = [int(message["to"].split()[-1]) for message in gateway.requests]
    assert [*called, *(3 * [0])][:2] == [person for person, way in planned if way == "sms"]
    assert len(mailoutbox) == sum(way == "mail" for _person, way in planned) == 1
