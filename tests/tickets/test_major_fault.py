"""A major fault: declared once, told in one text, ended and reviewed; no customer sees another."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from oncall.models import Page, Policy
from supportdesk.accounts import actions as people
from supportdesk.errors import Invalid, NotAllowed, Refused, WrongState
from supportdesk.messaging import outbox
from supportdesk.messaging.models import Dispatch
from tests.api import calling_as
from tests.factories import ModuleFactory, SystemFactory, a_major_fault, a_ticket
from tickets import actions
from tickets.models import MajorFault, Message, Status, Ticket


@pytest.fixture
def policy(db):
    return Policy.objects.create(name="Tickets", is_default=True)


@pytest.fixture
def hansas(mallory, hansa, module, sam):
    return actions.take(a_ticket(by=mallory, module=module, organisation=hansa), by=sam)


@pytest.fixture
def fault(open_ticket, hansas, module, lea):
    return a_major_fault(module, by=lea, tickets=[open_ticket, hansas])


def public(ticket: Ticket) -> list[str]:
    rows = ticket.messages.filter(visibility=Message.Visibility.PUBLIC).order_by("pk")
    return [row.text for row in rows]


def test_one_declaration_calls_once_and_escalates_every_ticket(policy, fault, open_ticket, hansas):
    page = Page.objects.get()
    assert (page.about_type, page.about_id) == ("tickets.majorfault", fault.pk)
    for ticket in (open_ticket, hansas):
        raised = ticket.escalations.get()
        assert (raised.reason, raised.level, raised.ended_at) == ("worst_case", 3, None)


def test_only_leads_declare(module, sam, dev, alice):
    for person in (sam, dev, alice):
        with pytest.raises(NotAllowed):
            a_major_fault(module, by=person)


@pytest.mark.parametrize("missing", [{"title": " "}, {"text": "\n"}, {"modules": []}])
def test_it_needs_words_and_modules(missing, module, lea):
    with pytest.raises(Invalid):
        a_major_fault(module, by=lea, **missing)
    assert not MajorFault.objects.exists()


def test_one_text_goes_into_every_open_ticket(fault, open_ticket, hansas, lea):
    actions.write_update(fault, by=lea, text="The run goes on at noon.")

    assert public(open_ticket)[-1] == public(hansas)[-1] == "The run goes on at noon."
    assert [row.text for row in fault.updates.all()] == ["The run goes on at noon."]


def test_a_finished_ticket_is_left_alone(resolved_ticket, module, lea):
    fault = a_major_fault(module, by=lea, tickets=[resolved_ticket])
    before = public(resolved_ticket)

    actions.write_update(fault, by=lea, text="The run goes on at noon.")

    assert public(resolved_ticket) == before
    assert not resolved_ticket.escalations.exists()


def test_customers_see_it_by_their_modules_or_their_tickets(module, lea, alice, mallory, hansa):
    other = ModuleFactory()
    SystemFactory(organisation=alice.organisation).modules.set([module])
    SystemFactory(organisation=hansa).modules.set([other])
    fault = a_major_fault(module, by=lea)

    assert MajorFault.objects.visible_to(alice).get() == fault
    assert not MajorFault.objects.visible_to(mallory).exists()

    ticket = a_ticket(by=mallory, module=other, organisation=hansa)
    actions.link_to_fault(fault, by=lea, ticket=ticket)
    assert MajorFault.objects.visible_to(mallory).get() == fault
    actions.unlink_from_fault(fault, by=lea, ticket=ticket)
    assert not MajorFault.objects.visible_to(mallory).exists()


def test_the_banner_stands_on_their_pages_until_the_end(fault, client, alice, lea):
    client.force_login(alice)
    link = f'href="/faults/{fault.pk}/"'
    assert link in client.get("/").content.decode()

    actions.end_major_fault(fault, by=lea, text="All runs are through.")

    assert link not in client.get("/").content.decode()
    assert "All runs are through." in client.get(f"/faults/{fault.pk}/").content.decode()


def test_nobody_concerned_finds_the_page(client, module, lea, mallory, hansa):
    SystemFactory(organisation=hansa).modules.set([ModuleFactory()])
    fault = a_major_fault(module, by=lea)
    client.force_login(mallory)

    assert client.get(f"/faults/{fault.pk}/").status_code == 404
    assert calling_as(mallory).get(f"/api/v1/major-faults/{fault.pk}/").status_code == 404


def test_the_page_shows_a_customer_their_own_tickets_only(
    fault, client, alice, hansas, open_ticket
):
    client.force_login(alice)

    page = client.get(f"/faults/{fault.pk}/").content.decode()

    assert f"/tickets/{open_ticket.number}/" in page
    assert f"/tickets/{hansas.number}/" not in page
    assert hansas.organisation.name not in page


def test_the_end_tells_all_and_ends_the_page_and_the_escalations(policy, fault, open_ticket, lea):
    actions.end_major_fault(fault, by=lea, text="All runs are through.")

    raised = open_ticket.escalations.get()
    assert (raised.end, raised.decision) == ("decided", "All runs are through.")
    assert public(open_ticket)[-1] == "All runs are through."
    assert Page.objects.get().state == Page.State.RESOLVED


def test_after_the_end_only_the_review_is_left(fault, open_ticket, lea):
    with pytest.raises(WrongState):
        actions.review_major_fault(fault, by=lea, review="Why", decisions="What")
    actions.end_major_fault(fault, by=lea, text="Over.")
    for late in (
        lambda: actions.write_update(fault, by=lea, text="More."),
        lambda: actions.end_major_fault(fault, by=lea, text="Over."),
        lambda: actions.unlink_from_fault(fault, by=lea, ticket=open_ticket),
    ):
        with pytest.raises(WrongState):
            late()
    assert fault in MajorFault.objects.on_board()

    for blank in ({"review": ""}, {"decisions": " "}):
        with pytest.raises(Invalid):
            actions.review_major_fault(
                fault, by=lea, **{"review": "Why", "decisions": "What", **blank}
            )
    actions.review_major_fault(fault, by=lea, review="Why", decisions="What")

    assert fault not in MajorFault.objects.on_board()
    with pytest.raises(WrongState):
        actions.review_major_fault(fault, by=lea, review="Why", decisions="What")


def test_a_ticket_is_linked_once(fault, open_ticket, sam):
    with pytest.raises(Refused):
        actions.link_to_fault(fault, by=sam, ticket=open_ticket)


def test_the_database_keeps_no_half_of_an_end_or_a_review(fault):
    with pytest.raises(DatabaseError), transaction.atomic():
        MajorFault.objects.update(review="Why")
    with pytest.raises(IntegrityError), transaction.atomic():
        MajorFault.objects.update(ended_at=timezone.now())


def test_what_was_declared_and_told_stays(fault, lea):
    actions.write_update(fault, by=lea, text="Noon.")
    for change in (
        lambda: MajorFault.objects.update(text="Another"),
        lambda: fault.updates.update(text="Another"),
        lambda: fault.updates.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic():
            change()
    actions.end_major_fault(fault, by=lea, text="Over.")
    with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic():
        MajorFault.objects.update(ended_at=None, ended_by=None)


def test_systems_of_everybody_concerned_hear_of_it_and_no_other(
    carol, mallory, hansa, module, lea, receiver
):
    SystemFactory(organisation=carol.organisation).modules.set([module])
    SystemFactory(organisation=hansa).modules.set([ModuleFactory()])
    hearing, _deaf = [
        people.create_webhook(one.organisation, by=one, name="ITSM", url=receiver.url)
        for one in (carol, mallory)
    ]
    fault = a_major_fault(module, by=lea)
    actions.write_update(fault, by=lea, text="Noon.")
    actions.end_major_fault(fault, by=lea, text="Over.")
    while outbox.react():
        pass

    rows = Dispatch.objects.filter(about_type="tickets.majorfault").exclude(endpoint=None)
    assert [row.content["event"] for row in rows.order_by("pk")] == [
        "fault.declared",
        "fault.updated",
        "fault.ended",
    ]
    assert {row.endpoint for row in rows} == {hearing.endpoint}
    assert {str(row.content["body"]) for row in rows} == {str({"fault": fault.pk})}


def test_the_workbench_proposes_the_link(fault, client, alice, alpina, module, sam):
    ticket = a_ticket(by=alice, module=module, organisation=alpina)
    client.force_login(sam)
    link = f"/office/tickets/majorfault/{fault.pk}/link/"
    assert link in client.get(f"/office/tickets/ticket/{ticket.pk}/change/").content.decode()

    client.post(link, {"ticket": ticket.pk})

    assert link not in client.get(f"/office/tickets/ticket/{ticket.pk}/change/").content.decode()
    assert fault.links.filter(ticket=ticket).exists()


def test_a_lead_declares_in_the_office_and_loses_nothing_typed(client, lea, module, open_ticket):
    client.force_login(lea)
    given = {"title": "Late", "text": "The run stands.", "modules": [module.pk]}
    wrong = client.post("/office/tickets/majorfault/add/", {**given, "tickets": "999999999"})
    assert wrong.status_code == 422
    assert "The run stands." in wrong.content.decode()
    assert "999999999" in wrong.content.decode()

    given["tickets"] = f"{open_ticket.pk}"
    answer = client.post("/office/tickets/majorfault/add/", given)

    fault = MajorFault.objects.get()
    assert answer.url == f"/office/tickets/majorfault/{fault.pk}/change/"
    assert fault.links.get().ticket == open_ticket
    assert open_ticket.status == Status.OPEN


@pytest.mark.parametrize("linked", [True, False])
def test_a_link_is_taken_back_where_there_is_one(client, open_ticket, module, lea, linked):
    fault = a_major_fault(module, by=lea, tickets=[open_ticket] if linked else [])
    client.force_login(lea)

    answer = client.get(reverse("admin:tickets_majorfault_change", args=[fault.pk]))

    assert ("unlink" in {name for name, _step, _form in answer.context["offers"]}) is linked


@pytest.mark.django_db(transaction=True)
def test_two_leads_who_end_it_at_once_end_it_once(fault, open_ticket, hansas, lea, at_once):
    outcomes = at_once(4, lambda: actions.end_major_fault(fault, by=lea, text="It runs again."))

    assert outcomes.count(WrongState) == 3
    assert fault.updates.count() == 1
    for ticket in (open_ticket, hansas):
        assert public(ticket).count("It runs again.") == 1
