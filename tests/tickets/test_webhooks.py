"""Customers' systems hear of their tickets: signed, once, and only while they may."""

import json
import time
from datetime import date, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models.functions import Now
from django.utils import timezone

from supportdesk.accounts import actions as people
from supportdesk.accounts.models import Mandate, Service, Webhook
from supportdesk.messaging import endpoints, signing
from supportdesk.messaging.models import Dispatch, Event, Notice
from supportdesk.messaging.tasks import dispatch_waiting, react
from tests.api import calling_as
from tests.factories import UserFactory, a_finding, a_ticket
from tickets import actions
from tickets.webhooks import TOLD

WEBHOOKS = "/api/v1/webhooks/"


@pytest.fixture
def webhook(carol, receiver) -> Webhook:
    return people.create_webhook(carol.organisation, by=carol, name="ITSM", url=receiver.url)


@pytest.fixture
def of_nord(nord, receiver) -> Webhook:
    coordinator = UserFactory(organisation=nord, roles=["coordinator"])
    return people.create_webhook(nord, by=coordinator, name="Nord", url=receiver.url)


@pytest.fixture
def hansas_ticket(mallory, module):
    return a_ticket(by=mallory, module=module, organisation=mallory.organisation)


def happened() -> None:
    react()
    dispatch_waiting()


def told(receiver) -> list[dict]:
    return [json.loads(body) for _path, _headers, body in receiver.calls]


def test_a_system_hears_that_a_ticket_was_opened(webhook, receiver, new_ticket):
    happened()

    [(path, headers, body)] = receiver.calls
    assert path == "/hooks?desk=1"
    assert signing.is_genuine(webhook.endpoint.secret, headers, body, now=int(time.time()))
    assert json.loads(body)["type"] == "ticket.opened"
    assert json.loads(body)["data"] == {
        "number": new_ticket.number,
        "organisation": "ALP",
        "status": "new",
        "priority": 3,
    }


def test_each_step_is_told_once_however_often_its_reactions_run(
    webhook, receiver, open_ticket, sam, alice
):
    actions.reply(open_ticket, by=alice, text="More", channel="portal")
    actions.resolve(open_ticket, by=sam, answer="SP 4", finding=a_finding(), channel="office")
    actions.reopen(open_ticket, by=alice, reason="No", channel="portal")
    actions.resolve(open_ticket, by=sam, answer="SP 5", finding=a_finding(), channel="office")
    actions.confirm(open_ticket, by=alice)
    happened()
    Event.objects.update(done_at=None, attempts=0, due_at=Now())
    happened()

    said = sorted(message["type"].removeprefix("ticket.") for message in told(receiver))
    assert said == ["assigned", "closed", "opened", "reopened", "replied", "resolved", "resolved"]


def test_what_was_written_is_never_told(webhook, receiver, open_ticket, sam):
    actions.note(open_ticket, by=sam, text="CANARY", channel="office")
    actions.hand_on(open_ticket, by=sam, team=sam.team, reason="CANARY")
    actions.reply(open_ticket, by=sam, text="CANARY", channel="office")
    happened()

    assert len(receiver.calls) == 4
    assert not [body for _path, _headers, body in receiver.calls if b"CANARY" in body]
    assert not TOLD.keys() & {"ticket.noted", "ticket.unrouted"}


def test_what_we_escalate_ourselves_is_nobodys_business(webhook, receiver, open_ticket, sam, alice):
    happened()
    receiver.calls.clear()
    actions.escalate(open_ticket, by=sam, reason="worst_case", text="Our own fault.")
    happened()
    assert receiver.calls == []

    actions.escalate(open_ticket, by=alice, reason="customer", text="Letters leave tonight.")
    happened()
    (_path, _headers, body) = receiver.calls.pop()
    assert b'"type":"ticket.escalated"' in body


def test_nobody_hears_of_confidential_tickets(webhook, receiver, alice, module):
    a_ticket(by=alice, module=module, organisation=alice.organisation, confidential=True)
    happened()

    assert receiver.calls == []


def test_a_ticket_that_became_confidential_is_not_told(webhook, receiver, new_ticket):
    react()
    new_ticket.confidential = True
    new_ticket.save(update_fields=["confidential"])
    dispatch_waiting()

    assert receiver.calls == []
    assert Dispatch.objects.get(channel="webhook").state == "cancelled"


def test_insurers_hear_nothing_of_each_other(webhook, receiver, hansas_ticket):
    happened()

    assert receiver.calls == []


def test_a_provider_hears_of_the_insurer_whose_mandate_is_valid(
    of_nord, receiver, hansas_ticket, new_ticket
):
    happened()

    assert [message["data"]["organisation"] for message in told(receiver)] == ["HAN"]


@pytest.mark.parametrize("when", ["before it happens", "before it is sent"])
@pytest.mark.parametrize("how", ["ended", "carries no tickets"])
def test_a_provider_without_a_mandate_hears_nothing(of_nord, receiver, mallory, module, when, how):
    changed = {
        "ended": {"during": DateRange(date(2020, 1, 1), timezone.localdate())},
        "carries no tickets": {"carries": [Service.IMPORTS]},
    }[how]
    if when == "before it happens":
        Mandate.objects.update(**changed)
    a_ticket(by=mallory, module=module, organisation=mallory.organisation)
    react()
    Mandate.objects.update(**changed)
    dispatch_waiting()

    assert receiver.calls == []


def test_a_system_that_is_switched_off_hears_nothing(webhook, receiver, new_ticket, carol):
    people.switch_webhook(webhook, by=carol, on=False)
    happened()
    assert not Dispatch.objects.filter(channel="webhook").exists()

    people.switch_webhook(webhook, by=carol, on=True)
    people.ping_webhook(webhook, by=carol)
    dispatch_waiting()
    assert [message["type"] for message in told(receiver)] == ["ping"]


def test_coordinators_are_told_of_a_system_that_is_gone(webhook, receiver, carol, alice, mallory):
    receiver.status = 410
    people.ping_webhook(webhook, by=carol)
    dispatch_waiting()
    react()

    webhook.endpoint.refresh_from_db()
    assert not webhook.endpoint.is_active
    assert [notice.user for notice in Notice.objects.all()] == [carol]
    letter = Dispatch.objects.get(recipient=carol)
    assert "ITSM" in letter.content["subject"]
    assert receiver.url.partition("?")[0] in letter.content["text"]


def test_a_system_that_never_answers_is_switched_off(webhook, receiver, carol):
    receiver.status = 500
    people.ping_webhook(webhook, by=carol)
    for _ in range(endpoints.MOST_FAILURES):
        endpoints.failed(webhook.endpoint)
    react()

    webhook.endpoint.refresh_from_db()
    assert not webhook.endpoint.is_active
    assert Notice.objects.get().event == "webhook.failed"


def test_after_a_rotation_both_secrets_sign_for_a_day(webhook, receiver, carol, time_machine):
    old = webhook.endpoint.secret
    new = people.rotate_secret(webhook, by=carol).endpoint.secret
    people.ping_webhook(webhook, by=carol)
    dispatch_waiting()

    [(_path, headers, body)] = receiver.calls
    now = int(time.time())
    assert old != new
    assert signing.is_genuine(old, headers, body, now=now)
    assert signing.is_genuine(new, headers, body, now=now)
    webhook.endpoint.refresh_from_db()
    assert webhook.endpoint.secrets(timezone.now() + timedelta(days=1)) == [new]


def test_deliveries_are_listed_newest_first(webhook, receiver, carol, new_ticket):
    happened()
    receiver.status = 503
    people.ping_webhook(webhook, by=carol)
    dispatch_waiting()

    rows = calling_as(carol).get(f"{WEBHOOKS}{webhook.pk}/deliveries/").json()["results"]

    assert [(row["event"], row["state"]) for row in rows] == [
        ("ping", "waiting"),
        ("ticket.opened", "sent"),
    ]
    assert rows[0]["error"] == "The answer was 503."
    assert rows[1]["webhook_id"] == receiver.calls[0][1]["webhook-id"]
