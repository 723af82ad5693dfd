"""Urgent calls to a person: by mail, SMS or voice, one of several, and none once it is in hand."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db.models.functions import Now

from supportdesk.messaging import about, dispatch
from supportdesk.messaging.dispatch import Line
from supportdesk.messaging.models import Dispatch, Event
from supportdesk.messaging.tasks import dispatch_urgent
from tickets.models import Ticket

NUMBER = "+491701234567"
SMS = Line("sms", NUMBER)


@pytest.fixture(autouse=True)
def tickets_want_calls(monkeypatch):
    """Stands for the app above: as long as a ticket is not closed, its messages go out."""
    monkeypatch.setitem(about.OPEN, "tickets.ticket", Ticket.objects.unresolved)


@pytest.fixture
def call(new_ticket, sam):
    def call(line=SMS, key="step", after=timedelta()):
        words = {"subject": "Zahllauf steht", "text": "Zahllauf steht seit 2 Uhr."}
        return dispatch.call(sam, line, words, key=key, subject=new_ticket, after=after)

    return call


def states() -> list[str]:
    return sorted(Dispatch.objects.values_list("state", flat=True))


def test_an_sms_goes_to_the_gateway_under_its_key(call, gateway, sam):
    row = call()

    assert dispatch_urgent() == 1

    assert states() == ["sent"]
    assert gateway.rung == {
        str(row.idempotency_key): {
            "id": str(row.idempotency_key),
            "kind": "sms",
            "to": NUMBER,
            "text": "Zahllauf steht seit 2 Uhr.",
            "language": sam.language,
        }
    }


def test_a_call_cut_off_comes_again_and_rings_once(call, gateway):
    row = call()
    dispatch_urgent()
    Dispatch.objects.filter(pk=row.pk).update(
        state="sending", lease=uuid.uuid4(), sent_at=None, due_at=Now()
    )

    dispatch_urgent()

    assert len(gateway.requests) == 2
    assert len(gateway.rung) == 1


@pytest.mark.parametrize(
    ("status", "state"), [(503, "waiting"), (429, "waiting"), (400, "dead"), (302, "dead")]
)
def test_what_the_gateway_answers_decides_whether_it_is_tried_again(call, gateway, status, state):
    gateway.status = status
    call()

    dispatch_urgent()

    assert states() == [state]
    assert str(status) in Dispatch.objects.get().error


def test_without_a_gateway_the_next_way_need_not_wait(call, settings):
    settings.GATEWAY_URL = ""
    call()

    dispatch_urgent()

    assert states() == ["dead"]
    assert Event.objects.get(name="dispatch.failed").body == {"dispatch": Dispatch.objects.get().pk}


def test_a_gateway_that_is_away_is_told_of_after_three_tries(call, gateway, settings):
    settings.GATEWAY_URL = "http://127.0.0.1:9/"
    call()
    for heard in [0, 0, 1, 1]:
        Dispatch.objects.update(due_at=Now())
        dispatch_urgent()
        assert Event.objects.filter(name="dispatch.failed").count() == heard
    assert states() == ["waiting"]


def test_of_calls_due_on_one_line_one_goes(call, gateway):
    call(key="first")
    call(key="second")
    call(line=Line("voice", NUMBER), key="third")
    call(key="later", after=timedelta(minutes=5))

    dispatch_urgent()

    assert states() == ["cancelled", "sent", "sent", "waiting"]
    assert sorted(message["kind"] for message in gateway.requests) == ["sms", "voice"]


def test_what_was_sent_is_never_merged_with(call, gateway):
    call(key="first")
    dispatch_urgent()
    call(key="second")
    dispatch_urgent()

    assert states() == ["sent", "sent"]


def test_what_is_called_off_does_not_go_out(call, gateway, new_ticket):
    call()

    assert dispatch.call_off(new_ticket) == 1

    assert dispatch_urgent() == 0
    assert states() == ["cancelled"]


def test_what_is_on_its_way_is_left_to_its_sender(call, new_ticket):
    row = call()
    facts = {"state": "sending", "lease": uuid.uuid4()}
    Dispatch.objects.filter(pk=row.pk).update(due_at=Now() + timedelta(minutes=1), **facts)
    assert dispatch.call_off(new_ticket) == 0

    Dispatch.objects.filter(pk=row.pk).update(due_at=Now())
    assert dispatch.call_off(new_ticket) == 1


def test_a_sender_asks_at_the_last_moment_whether_it_is_in_hand(call, gateway, monkeypatch):
    call()
    monkeypatch.setitem(about.OPEN, "tickets.ticket", Ticket.objects.none)

    dispatch_urgent()

    assert states() == ["cancelled"]
    assert not gateway.requests
