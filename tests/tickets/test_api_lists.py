"""Lists of the API: what they show, how they are filtered and paged, what they cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api import calling_as
from tests.factories import a_ticket
from tests.tickets.test_api import TICKETS, to
from tickets import actions
from tickets.models import Ticket


def test_a_list_shows_what_is_visible(alice, mallory, paul, sam, new_ticket):
    theirs = a_ticket(by=mallory, module=new_ticket.module, organisation=mallory.organisation)

    def seen(person):
        return {row["number"] for row in calling_as(person).get(TICKETS).json()["results"]}

    assert seen(alice) == {new_ticket.number}
    assert seen(mallory) == seen(paul) == {theirs.number}
    assert seen(sam) == {new_ticket.number, theirs.number}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=new", {"plain"}),
        ("status=open", {"urgent"}),
        ("status=new&status=open", {"plain", "urgent"}),
        ("priority=1", {"urgent"}),
        ("module=krankengeld", {"plain", "urgent"}),
        ("module=nothing", set()),
        ("system=ALP-P1", {"urgent"}),
        ("organisation=ALP", {"plain", "urgent"}),
        ("organisation=HAN", set()),
        ("external_number=INC-7", {"urgent"}),
        ("q=ZAHLLAUF", {"urgent"}),
        ("q=123456789012345678901234567890", set()),
        ("opened_before=2026-01-01T00:00:00Z", set()),
        ("opened_after=2020-01-01T00:00:00Z", {"plain", "urgent"}),
        ("changed_since=2020-01-01T00:00:00%2B01:00", {"plain", "urgent"}),
        ("changed_since=2020-01-01T00:00:00%2B18:08", {"plain", "urgent"}),
    ],
)
def test_a_list_is_filtered(alice, module, system, sam, query, found):
    alpina = alice.organisation
    urgent = a_ticket(
        by=alice,
        module=module,
        organisation=alpina,
        system=system,
        external_number="INC-7",
        customer_priority=1,
        subject="Der Zahllauf steht",
    )
    actions.take(urgent, by=sam)
    plain = a_ticket(by=alice, module=module, organisation=alpina, subject="Eine Frage")
    names = {urgent.number: "urgent", plain.number: "plain"}

    rows = calling_as(alice).get(f"{TICKETS}?{query}").json()["results"]

    assert {names[row["number"]] for row in rows} == found


def test_a_filter_by_code_names_the_key(sam, alpina, new_ticket):
    """PostgreSQL guesses how many rows a code has, and reads a million to find none."""
    with CaptureQueriesContext(connection) as ran:
        found = calling_as(sam).get(f"{TICKETS}?organisation={alpina.code}").json()["results"]

    assert [row["number"] for row in found] == [new_ticket.number]
    assert f'"organisation_id" IN ({alpina.pk})' in ran.captured_queries[-1]["sql"]


@pytest.mark.parametrize(
    "query",
    [
        "status=broken",
        "priority=9",
        "module=a%00b",
        "q=a%00b",
        "changed_since=yesterday",
        "changed_since=0001-01-01T00:00:00%2B14:00",
        "opened_before=",
        "status=",
        "limit=0",
        "limit=101",
        "limit=%C2%B2",
        "limit=-1",
        "ordering=assignee__password",
        "cursor=rubbish",
    ],
)
def test_a_parameter_that_cannot_be_used_is_refused(alice, query):
    response = calling_as(alice).get(f"{TICKETS}?{query}")

    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == query.partition("=")[0]


@pytest.mark.parametrize("ordering", ["number", "-number", "changed_at", "-changed_at"])
def test_pages_hold_every_ticket_once_in_order(alice, alpina, module, ordering):
    numbers = [a_ticket(by=alice, module=module, organisation=alpina).number for _ in range(7)]
    moment = Ticket.objects.latest("changed_at").changed_at
    Ticket.objects.filter(number__in=numbers[2:6]).update(changed_at=moment)  # ties
    client = calling_as(alice)

    seen, address = [], f"{TICKETS}?limit=3&ordering={ordering}"
    while address:
        page = client.get(address).json()
        seen += [row["number"] for row in page["results"]]
        address = page["next"]

    assert seen == (sorted(numbers, reverse=True) if ordering.startswith("-") else numbers)


def test_a_cursor_belongs_to_its_ordering(alice, alpina, module):
    for _ in range(2):
        a_ticket(by=alice, module=module, organisation=alpina)
    client = calling_as(alice)
    following = client.get(f"{TICKETS}?limit=1").json()["next"]

    assert client.get(f"{following}&ordering=changed_at").status_code == 400


@pytest.mark.parametrize("part", ["", "messages", "history", "attachments"])
def test_a_list_costs_the_same_with_one_row_and_with_fifty(
    alice, alpina, module, new_ticket, part, django_assert_num_queries
):
    client = calling_as(alice)
    address = to(new_ticket, part) if part else TICKETS
    client.get(address)  # notes the use of the token, once in five minutes
    budget = 3 if part else 2  # the token, the ticket, the page

    with django_assert_num_queries(budget):
        assert len(client.get(address).json()["results"]) == (part != "attachments")
    for _ in range(50):
        if part:
            actions.reply(new_ticket, by=alice, text="More", channel="api")
        else:
            a_ticket(by=alice, module=module, organisation=alpina)
    with django_assert_num_queries(budget):
        client.get(address)
