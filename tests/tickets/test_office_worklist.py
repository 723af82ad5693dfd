"""Work lists in the back office: who sees which, in what order, at what cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import OrganisationFactory, UserFactory, a_ticket
from tickets import actions
from tickets.models import Message, Ticket
from tickets.tasks import read_words

LIST = reverse("admin:tickets_ticket_changelist")


@pytest.fixture
def as_sam(client, sam):
    client.force_login(sam)
    return client


def numbers(answer) -> list[int]:
    return [ticket.number for ticket in answer.context["page"].tickets]


def open_many(alice, module, alpina, n: int) -> list[Ticket]:
    return [a_ticket(by=alice, module=module, organisation=alpina) for _n in range(n)]


def test_my_list_is_mine_and_opens_first(as_sam, open_ticket, alice, module, alpina):
    a_ticket(by=alice, module=module, organisation=alpina)

    answer = as_sam.get(LIST)

    assert answer.context["page"].work_list.name == "mine"
    assert numbers(answer) == [open_ticket.number]


def test_the_team_sees_what_is_not_done(as_sam, open_ticket, alice, module, alpina):
    waiting = a_ticket(by=alice, module=module, organisation=alpina)

    assert numbers(as_sam.get(LIST, {"list": "team"})) == [open_ticket.number, waiting.number]


def test_a_ticket_nobody_was_found_for_is_on_the_list_and_red_in_the_menu(
    as_sam, new_ticket, django_user_model
):
    Ticket.objects.update(routed_at=new_ticket.opened_at)

    answer = as_sam.get(LIST, {"list": "unrouted"})

    assert numbers(answer) == [new_ticket.number]
    line = next(line for folder in answer.context["menu"] for line in folder.lines if line.hot)
    assert line.count == 1
    assert line.current


@pytest.mark.parametrize("asked", [{}, {"list": "mine"}, {"list": "nonsense"}])
def test_a_person_without_a_list_of_their_own_sees_the_next_one(client, audrey, new_ticket, asked):
    client.force_login(audrey)

    assert client.get(LIST, asked).context["page"].work_list.name == "unrouted"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "storno"}, True),
        ({"q": "Alpina"}, True),
        ({"q": "INC-77"}, True),
        ({"q": "nothing like it"}, False),
        ({"priority": "3"}, True),
        ({"priority": "1"}, False),
        ({"status": "undone"}, True),
        ({"status": "closed"}, False),
    ],
)
def test_lists_are_searched_and_filtered(as_sam, alice, module, alpina, asked, found):
    ticket = a_ticket(by=alice, module=module, organisation=alpina, external_number="INC-77")
    read_words()

    answer = as_sam.get(LIST, {"list": "all", **asked})

    assert numbers(answer) == ([ticket.number] if found else [])


def test_a_number_finds_its_ticket(as_sam, new_ticket):
    answer = as_sam.get(LIST, {"list": "all", "q": f"#{new_ticket.number}"})

    assert numbers(answer) == [new_ticket.number]


@pytest.mark.parametrize(
    "asked",
    [
        {"q": "\0"},
        {"q": "9" * 80},
        {"team": "x"},
        {"after": "1~2"},
        {"after": "rests~x"},
        {"after": "2026-01-01~1"},
    ],
)
def test_unusable_input_is_no_error(as_sam, open_ticket, asked):
    assert as_sam.get(LIST, {"list": "all", **asked}).status_code == 200


@pytest.mark.parametrize("which", ["team", "all"])
def test_pages_follow_each_other_without_gap_or_repeat(as_sam, alice, module, alpina, which):
    opened = open_many(alice, module, alpina, 120)
    numbered = Ticket.objects.filter(number__in=[ticket.number for ticket in opened])
    numbered.filter(number__gt=opened[59].number).update(due_at=None)  # as if they rested
    numbered.filter(number__lt=opened[20].number).update(due_at=opened[0].due_at)

    seen, query = [], f"list={which}"
    while query:
        page = as_sam.get(f"{LIST}?{query}").context["page"]
        seen += [ticket.number for ticket in page.tickets]
        query = page.further

    assert sorted(seen) == [ticket.number for ticket in opened]
    assert len(seen) == 120


def test_a_confidential_ticket_is_not_on_a_strangers_list(client, alice, module, alpina, team):
    a_ticket(by=alice, module=module, organisation=alpina, confidential=True)
    client.force_login(UserFactory(team=team))

    assert numbers(client.get(LIST, {"list": "all"})) == []


@pytest.mark.parametrize("which", ["mine", "team", "unrouted", "all"])
def test_the_length_of_a_list_costs_no_queries(as_sam, sam, alice, module, alpina, which):
    def opened(n: int) -> None:
        for ticket in open_many(alice, module, alpina, n):
            if which == "unrouted":
                Ticket.objects.filter(pk=ticket.pk).update(routed_at=ticket.opened_at)
            else:
                actions.take(ticket, by=sam)

    def cost(rows: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert len(numbers(as_sam.get(LIST, {"list": which}))) == rows
        return len(queries)

    opened(1)
    short = cost(1)
    opened(49)
    assert cost(50) == short <= 13


def test_many_are_taken_at_once_and_each_refusal_names_its_ticket(
    as_sam, sam, open_ticket, alice, module, alpina
):
    fresh = a_ticket(by=alice, module=module, organisation=alpina)

    answer = as_sam.post(
        f"{LIST}bulk/take/",
        {"ticket": [open_ticket.number, fresh.number], "here": "list=team"},
        follow=True,
    )

    assert answer.redirect_chain == [(f"{LIST}?list=team", 302)]
    fresh.refresh_from_db()
    assert fresh.assignee == sam
    said = [str(message) for message in answer.context["messages"]]
    assert said[0].startswith(f"{open_ticket.number}: ")
    assert len(said) == 2


def test_handing_on_many_needs_a_reason(as_sam, open_ticket, other_team):
    as_sam.post(f"{LIST}bulk/hand_on/", {"ticket": open_ticket.number, "team": other_team.pk})

    open_ticket.refresh_from_db()
    assert open_ticket.team != other_team


def test_a_developer_takes_none(client, dev, new_ticket):
    client.force_login(dev)

    client.post(f"{LIST}bulk/take/", {"ticket": new_ticket.number})

    new_ticket.refresh_from_db()
    assert new_ticket.assignee is None


def test_the_start_page_shows_what_needs_me(as_sam, sam, new_ticket, open_ticket, alice):
    actions.wait_for_customer(
        open_ticket, by=sam, question="Which run?", channel=Message.Channel.OFFICE
    )
    empty = as_sam.get(reverse("admin:index"))
    actions.reply(open_ticket, by=alice, text="Last night's.", channel=Message.Channel.PORTAL)
    full = as_sam.get(reverse("admin:index"))

    address = reverse("admin:tickets_ticket_change", args=[open_ticket.number])
    assert address not in empty.content.decode()
    assert address in full.content.decode()


def test_customers_do_not_enter(client, alice, nord, paul):
    for person in (alice, paul, UserFactory(organisation=OrganisationFactory(), roles=["member"])):
        client.force_login(person)
        assert client.get(LIST).status_code == 403
