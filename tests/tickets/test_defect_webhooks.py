"""Development's tracker hears of defects: what happened, signed, and nothing of any customer."""

import json
import time

import pytest
from django.db import IntegrityError, transaction

from supportdesk.accounts import actions as people
from supportdesk.accounts.models import Webhook
from supportdesk.errors import Invalid
from supportdesk.messaging import endpoints, signing
from supportdesk.messaging.models import Dispatch, Event, Notice
from supportdesk.messaging.tasks import dispatch_waiting, react
from tests.api import calling_as
from tests.factories import CorrectionFactory, a_defect
from tickets import actions
from tickets.actions import Finding

WEBHOOKS = "/api/v1/webhooks/"


@pytest.fixture
def tracker(ada, receiver) -> Webhook:
    return people.create_webhook(None, by=ada, name="Tracker", url=receiver.url)


@pytest.fixture
def defect(module, sam):
    return a_defect(module, by=sam)


def happened() -> None:
    react()
    dispatch_waiting()


def told(receiver) -> list[tuple[str, dict]]:
    bodies = [json.loads(body) for _path, _headers, body in receiver.calls]
    return [(body["type"], body["data"]) for body in bodies]


def test_the_tracker_hears_of_each_step_once(tracker, receiver, defect, dev, module):
    actions.accept_defect(defect, by=dev, tracker_key="LEI-7")
    said = actions.comment_on_defect(defect, by=dev, text="CANARY")
    again = actions.comment_on_defect(defect, by=dev, text="CANARY")
    actions.fix_defect(defect, by=dev, correction=CorrectionFactory(module=module))
    happened()
    Event.objects.update(done_at=None, attempts=0)
    happened()

    facts = {"number": defect.pk, "module": module.code, "tracker_key": "LEI-7", "state": "fixed"}
    expected = [
        ("defect.reported", facts),
        ("defect.accepted", facts),
        ("defect.commented", {**facts, "comment": said.pk}),
        ("defect.commented", {**facts, "comment": again.pk}),
        ("defect.fixed", facts),
    ]
    assert len(told(receiver)) == len(expected)
    assert all(one in told(receiver) for one in expected)
    assert not [body for _path, _headers, body in receiver.calls if b"CANARY" in body]
    (_path, headers, body) = receiver.calls[0]
    assert signing.is_genuine(tracker.endpoint.secret, headers, body, now=int(time.time()))


def test_the_tracker_hears_of_no_ticket_and_customers_of_no_defect(
    tracker, receiver, carol, defect, new_ticket, sam, ada
):
    theirs = people.create_webhook(carol.organisation, by=carol, name="ITSM", url=receiver.url)
    actions.diagnose(new_ticket, by=sam, finding=Finding("software_defect", defect=defect))
    happened()

    heard = dict(
        Dispatch.objects.filter(channel="webhook").values_list("content__event", "endpoint")
    )
    assert heard.pop("defect.reported") == tracker.endpoint_id
    assert "ticket.opened" in heard
    assert set(heard.values()) == {theirs.endpoint_id}


def test_a_tracker_that_became_a_customers_hears_nothing_more(tracker, receiver, defect, alpina):
    react()
    Webhook.objects.update(organisation=alpina)
    dispatch_waiting()

    assert receiver.calls == []
    assert Dispatch.objects.get(channel="webhook").state == "cancelled"


def test_administrators_register_it_and_nobody_else(receiver, ada, dev, sam, carol):
    given = {"name": "Tracker", "url": receiver.url}
    made = calling_as(ada).post(WEBHOOKS, given)

    assert made.status_code == 201
    assert made.json()["organisation"] is None
    for person in [dev, sam]:
        assert calling_as(person).post(WEBHOOKS, given).status_code == 403
    assert calling_as(carol).post(WEBHOOKS, given).json()["organisation"] == "ALP"
    assert [row["name"] for row in calling_as(carol).get(WEBHOOKS).json()["results"]] == ["Tracker"]
    assert calling_as(carol).get(f"{WEBHOOKS}{made.json()['id']}/").status_code == 404


def test_its_name_is_taken_once(tracker, receiver, ada):
    with pytest.raises(Invalid):
        people.create_webhook(None, by=ada, name="Tracker", url=receiver.url)
    with pytest.raises(IntegrityError, match="webhooks_are_told_by_name"), transaction.atomic():
        Webhook.objects.create(name="Tracker", endpoint=endpoints.register(receiver.url))


def test_administrators_are_told_of_a_tracker_that_is_gone(tracker, receiver, ada, carol, client):
    receiver.status = 410
    people.ping_webhook(tracker, by=ada)
    happened()
    react()

    notice = Notice.objects.get()
    assert notice.user == ada
    letter = Dispatch.objects.get(recipient=ada)
    assert "list of defects" in letter.content["text"]
    client.force_login(ada)
    assert "Tracker" in client.get(notice.url).content.decode()
