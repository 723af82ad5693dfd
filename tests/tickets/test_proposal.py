"""The impact questions at each door: proposed, kept, and demanded only for a standstill."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.urls import reverse

from supportdesk.errors import Invalid
from tests.api import calling_as
from tests.factories import STANDSTILL, a_ticket
from tickets import actions, critical
from tickets.models import Draft, Impact, Ticket


def typed(module, **more: Any) -> dict[str, Any]:
    return {
        "submission": str(uuid.uuid4()),
        "module": module.pk,
        "subject": "Lauf steht",
        "text": "Seit drei Uhr.",
        "customer_priority": 1,
        **more,
    }


@pytest.fixture
def as_alice(client, alice):
    client.force_login(alice)
    return client


@pytest.fixture
def posting_day(monkeypatch):
    """Somebody who knows of one critical day, for Krankengeld."""

    def known(at, *, module, organisation):
        return ["Third-last bank working day"] if module and module.code == "krankengeld" else []

    monkeypatch.setattr(critical, "KNOWN", [known])


def test_answers_propose_while_they_are_given(as_alice, module):
    answer = as_alice.post(
        reverse("ticket_new_proposal"), {"production": "stands", "workaround": "none"}
    )

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "our proposal; you decide" in page
    assert "Production stands still" in page


def test_a_critical_day_raises_what_is_proposed_and_says_its_name(as_alice, module, posting_day):
    body = {"module": module.pk, "workaround": "bearable"}
    told = as_alice.post(reverse("ticket_new_proposal"), body).context["proposal"]

    assert (told.priority, told.critical) == (2, ["Third-last bank working day"])


def test_without_scripts_a_button_shows_the_proposal_and_loses_nothing(as_alice, module):
    body = typed(module, production="stands", customer_priority="", propose="yes")
    answer = as_alice.post(reverse("ticket_new"), body)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "our proposal; you decide" in page
    assert "Seit drei Uhr." in page
    assert "still missing" not in page
    assert not Ticket.objects.exists()


def test_a_bare_standstill_is_explained_and_keeps_what_was_typed(as_alice, module, alice):
    answer = as_alice.post(reverse("ticket_new"), typed(module))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"workaround", "contact_name", "contact_phone"}
    assert "3 things are still missing" in page
    assert "Seit drei Uhr." in page
    assert Draft.objects.get(author=alice).content["subject"] == "Lauf steht"


def test_a_whole_standstill_opens_with_its_contact(as_alice, module):
    answer = as_alice.post(reverse("ticket_new"), typed(module, **STANDSTILL), follow=True)

    kept = Impact.objects.get()
    assert (kept.ticket.priority, kept.proposal, kept.contact_name) == (1, 1, "Nora Lenz")
    assert "Nora Lenz 030 5557 81" in answer.content.decode()


def test_the_customer_sets_freely_and_the_proposal_stays_beside_it(as_alice, module):
    as_alice.post(reverse("ticket_new"), typed(module, customer_priority=4, production="stands"))

    kept = Impact.objects.get()
    assert (kept.ticket.customer_priority, kept.ticket.priority, kept.proposal) == (4, 4, 2)
    assert kept.reasons == ["production_stands"]


def test_what_nobody_answered_is_not_kept(alice, alpina, module):
    a_ticket(by=alice, organisation=alpina, module=module)

    assert not Impact.objects.exists()


def test_the_verb_refuses_a_bare_standstill_itself(alice, alpina, module):
    with pytest.raises(Invalid) as refused:
        a_ticket(
            by=alice, organisation=alpina, module=module, customer_priority=1, contact_phone=""
        )

    assert refused.value.field == "contact_phone"


def test_an_answer_that_is_none_of_them_is_refused(as_alice, module):
    answer = as_alice.post(
        reverse("ticket_new"), typed(module, customer_priority=3, production="perhaps")
    )

    assert list(answer.context["form"].errors) == ["production"]


def call(person, **body: Any) -> Any:
    facts = {"module": "krankengeld", "subject": "x", "text": "y", "customer_priority": 1}
    return calling_as(person).post("/api/v1/tickets/", json.dumps(facts | body), "application/json")


def test_the_api_names_all_that_a_standstill_lacks(alice, module):
    answer = call(alice)

    assert answer.status_code == 400
    assert {"workaround", "contact_name", "contact_phone"} <= set(
        json.dumps(answer.json()).split('"')
    )


def test_the_api_answers_with_the_proposal(alice, module):
    assert call(alice, **STANDSTILL).json()["proposed_priority"] == 1
    assert call(alice, customer_priority=3).json()["proposed_priority"] is None


def test_the_office_asks_a_caller_the_same(client, sam, alpina, module):
    client.force_login(sam)
    address = f"{reverse('admin:tickets_ticket_add')}?organisation={alpina.pk}"
    facts = {key: value for key, value in typed(module).items() if key != "submission"}

    assert client.post(address, facts).status_code == 422
    asked = client.post(address, {**facts, "production": "stands", "propose": "yes"})
    assert "Production stands still" in asked.content.decode()
    assert not Ticket.objects.exists()
    client.post(address, {**facts, **STANDSTILL})
    assert Impact.objects.get().proposal == 1


def test_the_specialist_reads_the_answers_and_whom_to_call(client, sam, alice, alpina, module):
    ticket = a_ticket(by=alice, organisation=alpina, module=module, customer_priority=1)
    ticket = actions.take(ticket, by=sam)
    client.force_login(sam)
    page = client.get(reverse("admin:tickets_ticket_change", args=[ticket.pk])).content.decode()

    assert "Nora Lenz 030 5557 81" in page
    assert "No, there is none" in page
