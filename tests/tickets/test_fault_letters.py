"""A major fault reaches whom it concerns, and is written into the tickets that report it."""

import pytest
from django.urls import reverse

from supportdesk.accounts import actions as people
from supportdesk.messaging import outbox
from supportdesk.messaging.models import Dispatch, Event
from tests.factories import ModuleFactory, SystemFactory, UserFactory, a_major_fault, a_ticket
from tickets import actions


@pytest.fixture
def running(module, alpina, hansa):
    """Alpina runs the module, Hansa another one."""
    SystemFactory(organisation=alpina).modules.set([module])
    SystemFactory(organisation=hansa).modules.set([ModuleFactory()])


@pytest.fixture
def fault(running, module, lea):
    return a_major_fault(module, by=lea)


def work_off() -> None:
    while outbox.react():
        pass
    assert not Event.objects.filter(done_at=None).exists()


def letters() -> list[tuple[str, str]]:
    rows = Dispatch.objects.filter(about_type="tickets.majorfault", endpoint=None)
    return [(row.recipient.name, row.content["text"]) for row in rows.order_by("pk")]


def test_coordinators_concerned_hear_of_it_without_any_ticket(fault, carol, alice, mallory, lea):
    work_off()
    actions.write_update(fault, by=lea, text="The run goes on at noon.")
    work_off()
    actions.end_major_fault(fault, by=lea, text="All runs are through.")
    work_off()

    assert [name for name, _text in letters()] == [carol.name] * 3
    for (_name, said), words in zip(letters(), [fault.text, "at noon", "through"], strict=True):
        assert words in said
    assert "need not report it" in letters()[1][1]
    assert "need not report it" not in letters()[2][1]


def test_who_reads_it_in_a_ticket_gets_no_second_letter(fault, carol, alpina, module, lea):
    other = UserFactory(organisation=alpina, roles=["coordinator"])
    ticket = a_ticket(by=carol, module=module, organisation=alpina)
    actions.link_to_fault(fault, by=lea, ticket=ticket)
    work_off()
    assert {name for name, _text in letters()} == {carol.name, other.name}
    actions.write_update(fault, by=lea, text="The run goes on at noon.")
    work_off()

    assert [name for name, text in letters() if "at noon" in text] == [other.name]
    told = Dispatch.objects.filter(about_type="tickets.ticket", recipient=carol)
    assert [row for row in told if "at noon" in row.content["text"]]


def test_linking_and_unlinking_leave_a_step_that_the_customer_reads(
    fault, client, carol, alice, new_ticket, lea, receiver
):
    people.create_webhook(carol.organisation, by=carol, name="ITSM", url=receiver.url)
    actions.link_to_fault(fault, by=lea, ticket=new_ticket)
    actions.unlink_from_fault(fault, by=lea, ticket=new_ticket)
    work_off()

    steps = new_ticket.history.filter(kind__endswith="fault")
    assert list(steps.values_list("kind", "reason", "public")) == [
        ("in_fault", fault.title, True),
        ("out_fault", fault.title, True),
    ]
    client.force_login(alice)
    page = client.get(reverse("ticket", args=[new_ticket.pk])).content.decode()
    assert f"belongs to the major fault <b>{fault.title}</b>" in page
    assert f"something else than the major fault <b>{fault.title}</b>" in page
    # Neither is a step of the work: nobody is told that work goes on.
    told = Dispatch.objects.filter(channel="webhook").values_list("content__event", flat=True)
    assert "ticket.resumed" not in told
