"""What waits is only sent, and only shown, to whom may still read what it is about."""

from datetime import date

import pytest
from django.core import mail as django_mail
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse

from supportdesk.accounts.models import Mandate
from supportdesk.messaging import about, dispatch
from supportdesk.messaging.models import Dispatch, Notice
from supportdesk.messaging.outbox import react
from supportdesk.messaging.tasks import dispatch_waiting
from tests.factories import a_ticket
from tickets import actions
from tickets.models import Message, Ticket


@pytest.fixture
def answered(paul, hansa, module, sam) -> Ticket:
    """Paul's ticket for Hansa was answered; the letters are written and not yet sent."""
    ticket = actions.take(a_ticket(by=paul, module=module, organisation=hansa), by=sam)
    actions.reply(ticket, by=sam, text="Looking.", channel=Message.Channel.OFFICE)
    while react():
        pass
    return ticket


def end_of_mandate() -> None:
    Mandate.objects.update(during=DateRange(date(2020, 1, 1), date(2021, 1, 1)))


def test_letters_say_what_they_are_about(answered, paul):
    letters = Dispatch.objects.filter(recipient=paul)

    assert letters.count() >= 2
    assert {(row.about_type, row.about_id) for row in letters} == {
        ("tickets.ticket", answered.number)
    }


def test_while_the_mandate_lasts_they_are_sent(answered, paul):
    dispatch_waiting()

    assert paul.email in {address for sent in django_mail.outbox for address in sent.to}


def test_a_mandate_that_ends_before_they_are_sent_stops_them(answered, paul, ada, client):
    end_of_mandate()

    dispatch_waiting()

    assert paul.email not in {address for sent in django_mail.outbox for address in sent.to}
    stopped = Dispatch.objects.filter(recipient=paul)
    assert {row.state for row in stopped} == {"cancelled"}
    client.force_login(ada)
    page = client.get(reverse("admin:messaging_dispatch_changelist") + "?state=cancelled")
    assert "The reader may no longer see what it is about." in page.content.decode()


def test_a_ticket_that_becomes_confidential_stops_the_letters_of_the_others(
    new_ticket, alice, carol, alpina
):
    colleague = type(alice).objects.create_user(
        "otto@alpina.example", name="Otto", organisation=alpina, roles=["member"]
    )
    row = dispatch.mail(colleague, "audit/head", key="x", subject=new_ticket, position=1, head="a")
    Ticket.objects.update(confidential=True)

    dispatch_waiting()

    row.refresh_from_db()
    assert row.state == "cancelled"


def test_what_cannot_go_out_any_more_is_not_tried_again(answered, paul, ada):
    end_of_mandate()
    dispatch_waiting()
    django_mail.outbox.clear()
    Mandate.objects.update(during=DateRange(date(2020, 1, 1), None))

    dispatch_waiting()

    assert django_mail.outbox == []


def test_lines_in_the_inbox_end_with_the_mandate(answered, paul, client):
    client.force_login(paul)
    subject = answered.subject
    assert subject in client.get(reverse("inbox")).content.decode()
    assert Notice.objects.visible_to(paul).unread().exists()

    end_of_mandate()

    assert not Notice.objects.visible_to(paul).unread().exists()
    for page in ["inbox", "home"]:
        html = client.get(reverse(page)).content.decode()
        assert subject not in html, page
        assert f"#{answered.number}" not in html, page


def test_a_line_asks_for_its_own_ticket_and_not_for_all_that_somebody_sees(answered, sam):
    """In the words of the query: which way the planner then takes depends on its statistics."""
    asked = str(Notice.objects.visible_to(sam).unread().query)

    assert 'EXISTS(SELECT 1 AS "a" FROM "tickets_ticket"' in asked
    assert '"number" = ("messaging_notice"."about_id")' in asked


def test_nobody_writes_about_rows_whose_readers_are_unknown(alice, alpina):
    with pytest.raises(LookupError):
        dispatch.mail(alice, "audit/head", key="x", subject=alpina, position=1, head="a")
    assert about.facts(None) == {"about_type": "", "about_id": None}
