"""Level 2's work counts: what was not checked goes back, and is counted for who sent it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from supportdesk.errors import Invalid, NotAllowed, WrongState
from tests.api import calling_as
from tests.factories import ModuleFactory, UserFactory, a_finding, a_ticket
from tickets import actions, preparation
from tickets.models import CheckPoint, Message, Status

OFFICE = Message.Channel.OFFICE


@pytest.fixture
def log_read(module) -> CheckPoint:
    return CheckPoint.objects.create(module=module, text="Joblog gelesen")


@pytest.fixture
def note_searched() -> CheckPoint:
    return CheckPoint.objects.create(text="Hinweis gesucht")


def handed_back(ticket, sam, *points):
    return actions.hand_back(
        ticket, by=sam, reason="The log says it.", missing=points, channel=OFFICE
    )


def test_the_sender_reads_what_to_check_and_our_clocks_rest(
    open_ticket, alice, sam, log_read, note_searched
):
    alice.language = "de"
    alice.save()
    handed_back(open_ticket, sam, log_read, note_searched)

    open_ticket.refresh_from_db()
    said = open_ticket.messages.readable_by(alice).last().text
    assert said.startswith("The log says it.\n\nBitte prüfen Sie")
    assert "- Joblog gelesen" in said
    assert "- Hinweis gesucht" in said
    assert open_ticket.status == Status.WAITING_CUSTOMER
    assert open_ticket.due_at is None


def test_a_point_of_another_module_is_refused(open_ticket, sam):
    other = CheckPoint.objects.create(module=ModuleFactory(), text="Something else")
    with pytest.raises(Invalid) as refusal:
        handed_back(open_ticket, sam, other)
    assert refusal.value.field == "missing"


def test_neither_without_a_point_nor_without_a_reason(open_ticket, sam, log_read):
    with pytest.raises(Invalid):
        handed_back(open_ticket, sam)
    with pytest.raises(Invalid) as refusal:
        actions.hand_back(open_ticket, by=sam, reason=" ", missing=[log_read], channel=OFFICE)
    assert refusal.value.field == "reason"


def test_customers_hand_nothing_back(open_ticket, carol, log_read):
    with pytest.raises(NotAllowed):
        handed_back(open_ticket, carol, log_read)


def test_what_is_resolved_does_not_go_back(open_ticket, sam, log_read):
    actions.resolve(open_ticket, by=sam, answer="Done.", channel=OFFICE, finding=a_finding())
    with pytest.raises(WrongState):
        handed_back(open_ticket, sam, log_read)


def test_a_ticket_counts_once_however_often_it_went_back(
    open_ticket, alice, carol, sam, alpina, module, log_read, note_searched
):
    a_ticket(by=alice, module=module, organisation=alpina)
    handed_back(open_ticket, sam, log_read)
    actions.reply(open_ticket, by=alice, text="It says nothing.", channel="portal")
    handed_back(open_ticket, sam, log_read, note_searched)

    since = timezone.now() - timedelta(days=1)
    (month,) = preparation.by_month(carol, alpina, since)
    assert (month.opened, month.back, month.share) == (2, 1, 50)
    times = {point.text: point.times for point in preparation.points(carol, since, alpina)}
    assert times == {"Joblog gelesen": 2, "Hinweis gesucht": 1}


def test_what_a_provider_sent_is_the_providers(
    paul, carol, mallory, lea, sam, hansa, module, log_read
):
    ticket = a_ticket(by=paul, module=module, organisation=hansa)
    actions.assign(ticket, by=lea, to=sam, reason="")
    handed_back(ticket, sam, log_read)

    since = timezone.now() - timedelta(days=1)
    assert [line.name for line in preparation.by_sender(lea, since)] == [paul.organisation.name]
    assert preparation.by_month(mallory, hansa, since) == []
    head = UserFactory(organisation=paul.organisation, roles=["coordinator"])
    assert preparation.by_month(head, paul.organisation, since)[0].back == 1


def test_a_callers_ticket_is_nobodys_preparation(alice, lea, sam, alpina, module):
    a_ticket(by=sam, module=module, organisation=alpina, caller=alice)
    assert preparation.by_sender(lea, timezone.now() - timedelta(days=1)) == []


def test_the_coordinator_sees_the_figures_in_the_portal(
    client, open_ticket, carol, alice, sam, log_read
):
    handed_back(open_ticket, sam, log_read)
    client.force_login(carol)
    assert "Joblog gelesen" in client.get("/organisation/preparation/").content.decode()
    client.force_login(alice)
    assert client.get("/organisation/preparation/").status_code == 403


def test_the_office_keeps_what_was_typed_when_a_point_is_missing(
    client, open_ticket, sam, log_read
):
    client.force_login(sam)
    address = reverse("admin:tickets_ticket_hand_back", args=[open_ticket.number])
    refused = client.post(address, {"reason": "Please read the log."})
    assert refused.status_code == 422
    assert "Please read the log." in refused.content.decode()

    done = client.post(address, {"reason": "Please read the log.", "missing": [log_read.pk]})
    assert done.status_code == 302
    open_ticket.refresh_from_db()
    assert open_ticket.status == Status.WAITING_CUSTOMER


def test_a_program_hands_back_by_the_points_it_reads(open_ticket, sam):
    point = CheckPoint.objects.create(module=open_ticket.module, text="Read the run's log.")
    address = f"/api/v1/tickets/{open_ticket.number}"
    program = calling_as(sam)

    shown = program.get(f"{address}/check_points/").json()["results"]
    given = {"reason": "Please look first.", "missing": [shown[0]["id"]]}
    answer = program.post(f"{address}/hand_back/", given, format="json")

    assert (shown[0]["id"], shown[0]["text"]) == (point.pk, "Read the run's log.")
    assert (answer.status_code, answer.json()["status"]) == (200, "waiting_customer")
    assert list(open_ticket.hand_backs.get().missing.all()) == [point]
    again = program.post(f"{address}/hand_back/", given, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")


def test_a_program_names_points_of_this_module_only(open_ticket, sam):
    other = CheckPoint.objects.create(module=ModuleFactory(), text="Elsewhere")
    address = f"/api/v1/tickets/{open_ticket.number}/hand_back/"

    for missing in ([], [other.pk], ["x"], [10**30]):
        given = {"reason": "Please look first.", "missing": missing}
        answer = calling_as(sam).post(address, given, format="json")
        assert answer.status_code in (400, 422), missing
    assert not open_ticket.hand_backs.exists()
