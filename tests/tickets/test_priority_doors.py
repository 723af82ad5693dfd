"""The pages, letters and addresses through which a priority is settled."""

from __future__ import annotations

import json

import pytest
from django.core import mail as post
from django.urls import reverse

from supportdesk.messaging.tasks import dispatch_waiting, react
from tests.api import calling_as
from tests.factories import UserFactory
from tickets import actions
from tickets.models import Ticket


def happened() -> None:
    react()
    dispatch_waiting()


@pytest.fixture
def regraded(open_ticket, sam) -> Ticket:
    return actions.change_priority(open_ticket, by=sam, priority=4, reason="Only the display.")


@pytest.fixture
def objected(regraded, alice) -> Ticket:
    return actions.object_to_priority(regraded, by=alice, text="Letters leave tonight.")


def page_of(ticket: Ticket) -> str:
    return reverse("admin:tickets_ticket_priority", args=[ticket.pk])


def test_the_effect_on_each_clock_is_said_before_saving(client, open_ticket, sam):
    client.force_login(sam)
    answer = client.get(page_of(open_ticket))

    effect = answer.context["effect"]
    dues = {one.priority: one.dues[0].at for one in effect.prospects}
    assert effect.clocks[0] == "First response"
    assert dues[3] == open_ticket.clocks.get(clock="first_response").due_at
    assert dues[1] < dues[2] < dues[3] < dues[4]
    open_ticket.refresh_from_db()
    assert open_ticket.priority == 3


@pytest.mark.parametrize("priority", [1, 2, 4])
def test_what_was_said_is_what_then_holds(client, open_ticket, sam, priority):
    client.force_login(sam)
    said = client.get(page_of(open_ticket)).context["effect"].prospects[priority - 1]
    stands = {"contact_name": "Alice", "contact_phone": "040 123456", "no_workaround": "on"}
    client.post(page_of(open_ticket), {"priority": priority, "reason": "Looked again.", **stands})

    held = [open_ticket.clocks.get(clock=name).due_at for name in ("first_response", "answer")]
    assert [due.at for due in said.dues[:2]] == held


def test_a_change_without_a_reason_keeps_what_was_chosen(client, open_ticket, sam):
    client.force_login(sam)
    answer = client.post(page_of(open_ticket), {"priority": 2, "reason": ""})

    assert answer.status_code == 422
    assert 'value="2" checked' in answer.content.decode()


def test_the_customer_reads_both_values_and_the_reason(client, regraded, alice):
    client.force_login(alice)
    page = client.get(reverse("ticket", args=[regraded.pk])).content.decode()

    assert "3 → 4" in page
    assert "Only the display." in page
    assert "I do not agree" in page


def test_opener_objects_in_the_portal_once(client, regraded, alice):
    client.force_login(alice)
    address = reverse("ticket_object", args=[regraded.pk])

    assert client.post(address, {"text": " "}).status_code == 422
    answer = client.post(address, {"text": "Letters leave tonight."}, follow=True)
    assert "with the lead" in answer.content.decode()
    assert "I do not agree" not in answer.content.decode()
    again = client.post(address, {"text": "Once more."})
    assert again.status_code == 409
    assert "a lead decides" in again.content.decode()


def test_a_colleague_sees_the_change_and_no_way_to_object(client, regraded, alpina):
    client.force_login(UserFactory(organisation=alpina, roles=["member"]))
    page = client.get(reverse("ticket", args=[regraded.pk])).content.decode()

    assert "3 → 4" in page
    assert "I do not agree" not in page


def test_the_lead_reads_the_objection_and_decides(client, objected, lea):
    client.force_login(lea)
    assert "Letters leave tonight." in client.get(page_of(objected)).content.decode()

    client.post(page_of(objected), {"priority": 2, "reason": "You are right."})
    objected.refresh_from_db()
    assert (objected.priority, objected.objection.decided_by) == (2, lea)


def test_an_agent_reads_the_objection_and_does_not_decide(client, objected, sam):
    client.force_login(sam)
    page = client.get(page_of(objected)).content.decode()
    assert "A lead decides" in page

    answer = client.post(page_of(objected), {"priority": 2, "reason": "Well."})
    assert answer.status_code == 403
    objected.refresh_from_db()
    assert objected.priority == 4


def test_all_of_it_is_told_by_letter(objected, lea, sam, alice):
    actions.decide_objection(objected, by=lea, priority=2, text="You are right.")
    happened()

    told = {(letter.to[0], letter.subject.split("] ")[1].split(":")[0]) for letter in post.outbox}
    assert ("alice@alpina.example", "Priority changed") in told
    assert ("lea@desk.example", "Objection to the priority") in told
    assert ("alice@alpina.example", "Decision on the objection") in told
    assert ("sam@desk.example", "Decision on the objection") in told
    [change] = [one for one in post.outbox if "Priority changed" in one.subject]
    assert "from 3 to 4" in change.body
    assert "Only the display." in change.body


def test_the_api_changes_objects_and_decides(open_ticket, sam, alice, lea):
    def call(person, verb, **body):
        address = f"/api/v1/tickets/{open_ticket.pk}/{verb}/"
        return calling_as(person).post(address, json.dumps(body), "application/json")

    assert call(sam, "change_priority", priority=4, reason="x").json()["priority"] == 4
    assert call(alice, "object", text="No.").status_code == 200
    second = call(alice, "object", text="No.")
    assert (second.status_code, second.json()["code"]) == (409, "refused")
    missing = call(lea, "decide_objection", priority=1, text="Yes.")
    assert (missing.status_code, missing.json()["errors"][0]["field"]) == (400, "no_workaround")
    stands = {"contact_name": "Alice", "contact_phone": "040 123456", "no_workaround": True}
    answer = call(lea, "decide_objection", priority=1, text="Yes.", **stands)
    assert answer.json()["priority"] == 1
