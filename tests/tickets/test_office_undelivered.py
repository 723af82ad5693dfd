"""Letters about a ticket that did not arrive: seen on the workbench, and tried again there."""

import pytest
from django.urls import reverse
from django.utils import timezone

from supportdesk.errors import NotAllowed, Refused, WrongState
from supportdesk.messaging.actions import retry_dispatch
from supportdesk.messaging.models import Dispatch
from tests.factories import a_ticket
from tests.factories import an_undelivered_letter as a_letter
from tickets.models import Ticket

SENT, DEAD, WAITING = Dispatch.State.SENT, Dispatch.State.DEAD, Dispatch.State.WAITING


def gave_back(ticket: Ticket, reader, **facts) -> Dispatch:
    return a_letter(
        ticket, reader, state=SENT, sent_at=timezone.now(), returned_at=timezone.now(), **facts
    )


def bench(client, ticket: Ticket) -> str:
    page = reverse("admin:tickets_ticket_change", args=[ticket.number])
    return client.get(page).content.decode()


def send_again(client, ticket: Ticket, letter: object):
    page = reverse("admin:tickets_ticket_send_again", args=[ticket.number])
    return client.post(page, {"letter": letter}, follow=True)


def test_the_workbench_names_who_was_not_reached_and_why(client, open_ticket, sam, alice, carol):
    a_letter(open_ticket, alice, error="550 no such user")
    gave_back(open_ticket, carol, error="mailbox full", key="y")
    client.force_login(sam)

    html = bench(client, open_ticket)

    for words in [alice.name, "550 no such user", carol.name, "mailbox full", "Did not arrive"]:
        assert words in html


def test_what_arrived_or_waits_is_no_trouble(client, open_ticket, sam, alice):
    a_letter(open_ticket, alice, state=SENT, sent_at=timezone.now())
    a_letter(open_ticket, alice, "y", state=WAITING)
    client.force_login(sam)

    assert "Did not arrive" not in bench(client, open_ticket)


@pytest.mark.parametrize("make", [a_letter, gave_back])
def test_a_letter_goes_again_to_the_address_its_reader_has_by_now(
    client, open_ticket, sam, alice, make
):
    letter = make(open_ticket, alice, attempts=24)
    alice.email = "alice.neu@alpina.example"
    alice.save()
    client.force_login(sam)

    page = send_again(client, open_ticket, letter.pk)

    letter.refresh_from_db()
    assert (letter.state, letter.attempts, letter.address) == (WAITING, 0, alice.email)
    assert letter.returned_at is None
    assert f"On its way again to {alice.email}." in page.content.decode()
    assert "Did not arrive" not in bench(client, open_ticket)


def test_a_call_is_not_turned_to_another_line(open_ticket, sam, alice):
    letter = a_letter(open_ticket, alice, urgent=True)
    Dispatch.objects.filter(pk=letter.pk).update(address="+4940000")

    assert retry_dispatch(letter, by=sam).address == "+4940000"


def test_what_is_on_its_way_or_arrived_is_not_sent_again(client, open_ticket, sam, alice):
    letter = a_letter(open_ticket, alice, state=SENT, sent_at=timezone.now())
    client.force_login(sam)

    assert send_again(client, open_ticket, letter.pk).status_code == 404
    with pytest.raises(WrongState):
        retry_dispatch(letter, by=sam)


def test_a_letter_whose_secret_is_forgotten_cannot_go_again(open_ticket, sam, alice):
    letter = gave_back(open_ticket, alice)
    Dispatch.objects.filter(pk=letter.pk).update(content={"subject": "Invitation"})

    with pytest.raises(Refused, match="invite"):
        retry_dispatch(letter, by=sam)


@pytest.mark.parametrize("wrong", ["", "x", "0", "9" * 30, "²"])
def test_nonsense_finds_no_letter(client, open_ticket, sam, alice, wrong):
    a_letter(open_ticket, alice)
    client.force_login(sam)

    assert send_again(client, open_ticket, wrong).status_code == 404


def test_the_letter_of_another_ticket_is_not_reached_through_this_one(
    client, open_ticket, sam, alice
):
    facts = {"module": open_ticket.module, "organisation": open_ticket.organisation}
    other = a_letter(a_ticket(by=alice, **facts), alice)
    client.force_login(sam)

    assert send_again(client, open_ticket, other.pk).status_code == 404
    other.refresh_from_db()
    assert other.state == DEAD


def test_who_only_reads_sees_it_without_a_button(client, open_ticket, audrey, alice):
    letter = a_letter(open_ticket, alice)
    client.force_login(audrey)

    html = bench(client, open_ticket)

    assert "Did not arrive" in html
    assert "send-again" not in html
    with pytest.raises(NotAllowed):
        retry_dispatch(letter, by=audrey)
