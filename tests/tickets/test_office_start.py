"""The start page: figures that lead to exactly the tickets they count."""

from datetime import timedelta

from django.urls import reverse

from tests.factories import a_ticket
from tickets import actions
from tickets.models import Message, Ticket

INDEX = reverse("admin:index")
OFFICE = Message.Channel.OFFICE


def test_each_figure_leads_to_the_tickets_it_counts(client, sam, waiting_ticket, alice, alpina):
    module = waiting_ticket.module
    for n in range(3):
        ticket = actions.take(a_ticket(by=alice, module=module, organisation=alpina), by=sam)
        if n == 0:
            actions.reply(ticket, by=sam, text="Looking.", channel=OFFICE)
    client.force_login(sam)
    html = client.get(INDEX).content.decode()
    lists = reverse("admin:tickets_ticket_changelist")

    for turn, count in [(0, 2), (1, 1), (2, 1)]:
        address = f"{lists}?list=mine&amp;turn={turn}"
        assert f'<a href="{address}">{count}</a>' in html
        page = client.get(lists, {"list": "mine", "turn": turn}).context["page"]
        assert len(page.tickets) == count


def test_tickets_nobody_was_found_for_stand_out(client, sam, new_ticket):
    client.force_login(sam)
    assert 'class="sd-hot"' not in client.get(INDEX).content.decode()

    Ticket.objects.update(routed_at=new_ticket.opened_at)
    assert 'class="sd-hot"' in client.get(INDEX).content.decode()


def test_leads_see_arrivals_against_the_week_before_and_agents_do_not(
    client, sam, lea, new_ticket, alice, alpina
):
    before = a_ticket(by=alice, module=new_ticket.module, organisation=alpina)
    Ticket.objects.filter(pk=before.pk).update(opened_at=before.opened_at - timedelta(days=8))

    client.force_login(lea)
    assert "1 in the 7 before" in client.get(INDEX).content.decode()
    client.force_login(sam)
    assert "in the 7 before" not in client.get(INDEX).content.decode()
