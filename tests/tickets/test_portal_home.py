"""The start page: what needs me first, then what is with the vendor; and nobody else's."""

import pytest
from django.urls import reverse

from supportdesk.messaging.models import Notice
from tests.factories import a_finding, a_ticket
from tickets import actions
from tickets.models import Message

OFFICE = Message.Channel.OFFICE


@pytest.fixture
def page(client):
    def of(person):
        client.force_login(person)
        return client.get(reverse("home"))

    return of


def test_a_stranger_signs_in_first(client, db):
    response = client.get(reverse("home"))

    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))


def test_staff_land_in_the_back_office(page, sam):
    assert page(sam).url == reverse("admin:index")


def test_what_waits_for_the_customer_comes_first_with_its_verb(
    page, alice, sam, waiting_ticket, module, alpina
):
    solved = actions.resolve(
        a_ticket(by=alice, module=module, organisation=alpina),
        by=sam,
        answer="Done.",
        finding=a_finding(),
        channel=OFFICE,
    )

    response = page(alice)

    assert [ticket.number for ticket in response.context["yours"]] == [
        waiting_ticket.number,
        solved.number,
    ]
    html = response.content.decode()
    assert "Which run?" in html
    assert f'action="{reverse("ticket_confirm", args=[solved.number])}"' in html
    assert f'href="{reverse("ticket", args=[waiting_ticket.number])}#write"' in html


def test_what_is_with_us_is_listed_below(page, alice, open_ticket):
    response = page(alice)

    assert response.context["yours"] == []
    assert [ticket.number for ticket in response.context["ours"]] == [open_ticket.number]


def test_internal_notes_are_not_quoted(page, alice, sam, waiting_ticket):
    actions.note(waiting_ticket, by=sam, text="Between us: their fault.", channel=OFFICE)

    assert "Between us" not in page(alice).content.decode()


def test_another_customer_sees_nothing_of_it(page, mallory, waiting_ticket, system):
    html = page(mallory).content.decode()

    assert reverse("ticket", args=[waiting_ticket.number]) not in html
    assert waiting_ticket.subject not in html
    assert system.code not in html


def test_an_empty_start_page_says_what_is_true(page, mallory):
    assert 'class="sd-empty"' in page(mallory).content.decode()


def test_unread_notices_are_shown_until_they_are_read(page, alice, open_ticket):
    url = reverse("ticket", args=[open_ticket.number])
    Notice.objects.create(
        user=alice, event="ticket.replied", title="Sam answered", url=url, dedupe_key="1"
    )
    assert "Sam answered" in page(alice).content.decode()

    page(alice).client.get(url)

    assert "Sam answered" not in page(alice).content.decode()


def test_a_full_start_page_costs_no_more_queries_than_a_short_one(
    client, alice, sam, new_ticket, system, django_assert_max_num_queries
):
    facts = {"by": alice, "module": new_ticket.module, "organisation": alice.organisation}

    def fill(times):
        for _n in range(times):
            actions.take(a_ticket(system=system, **facts), by=sam)
            actions.resolve(
                a_ticket(**facts), by=sam, answer="Done.", finding=a_finding(), channel=OFFICE
            )

    client.force_login(alice)
    client.get(reverse("home"))  # the session is made here
    fill(1)
    with django_assert_max_num_queries(12) as short:
        client.get(reverse("home"))
    fill(12)
    with django_assert_max_num_queries(len(short)):
        client.get(reverse("home"))
