"""Mail that waits for a person: what each decision makes of it, and who may decide."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from supportdesk.accounts.access import Role
from supportdesk.accounts.models import Invitation, User
from supportdesk.errors import Invalid, NotAllowed, Refused, WrongState
from supportdesk.intake import sandbox
from tests.factories import UserFactory
from tests.intake.mails import lines, mail
from tickets import actions
from tickets.models import BlockedSender, Mailbox, Message, RawMail, Ticket
from tickets.models.raw_mail import State

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(module: Any) -> Mailbox:
    return Mailbox.objects.create(code="support", address="support@desk.example", module=module)


@pytest.fixture
def waiting(box: Mailbox, desk: User) -> Any:
    def waiting(raw: bytes) -> RawMail:
        row = actions.receive(raw, by=desk, mailbox=box)
        assert actions.sort_next(by=desk)
        row.refresh_from_db()
        assert row.state == State.QUARANTINED
        return row

    return waiting


@pytest.fixture
def strange(waiting: Any) -> RawMail:
    row: RawMail = waiting(mail("Bitte helfen.", **{"from": "Eva Neu <eva@alpina.example>"}))
    return row


def test_a_strangers_mail_becomes_a_ticket_that_names_the_writer(strange, sam, alpina, module):
    row = actions.accept_as_new(strange, by=sam, organisation=alpina, module=module)
    assert (row.state, row.decided_by, row.ticket.organisation) == (State.OPENED, sam, alpina)
    assert "eva@alpina.example" in row.ticket.messages.get().text
    assert not User.objects.filter(email="eva@alpina.example").exists()


def test_the_writer_is_invited_with_one_click_by_those_who_may(strange, alpina, module, sam):
    both = UserFactory(roles=[Role.LEAD, Role.ADMIN])
    actions.accept_as_new(strange, by=both, organisation=alpina, module=module, invite=True)
    invited = Invitation.objects.get()
    assert (invited.email, invited.organisation) == ("eva@alpina.example", alpina)
    assert invited.name == "Eva Neu"


def test_an_invitation_that_is_refused_leaves_everything_as_it_was(strange, alpina, module, sam):
    with pytest.raises(NotAllowed):
        actions.accept_as_new(strange, by=sam, organisation=alpina, module=module, invite=True)
    strange.refresh_from_db()
    assert strange.state == State.QUARANTINED
    assert not Ticket.objects.exists()


def test_a_colleagues_mail_is_appended_as_their_own_words(waiting, open_ticket, carol, sam):
    row = waiting(mail("Ich auch.", subject=f"[#{open_ticket.pk}]", **{"from": carol.email}))
    row = actions.accept_to_ticket(row, by=sam, ticket=open_ticket)
    assert (row.state, row.message.author, row.message.is_public) == (State.JOINED, carol, True)


def test_a_foreign_mail_is_appended_as_a_note_only(waiting, open_ticket, mallory, sam):
    row = waiting(mail("Ich auch.", subject=f"[#{open_ticket.pk}]", **{"from": mallory.email}))
    row = actions.accept_to_ticket(row, by=sam, ticket=open_ticket)
    assert row.message.author == sam
    assert row.message.visibility == Message.Visibility.INTERNAL
    assert mallory.email in row.message.text


def test_a_rejected_mail_stays_and_its_sender_may_be_blocked(strange, sam, waiting, desk, box):
    row = actions.reject(strange, by=sam, reason="Werbung", block=True)
    assert (row.state, row.error) == (State.REJECTED, "Werbung")
    assert BlockedSender.objects.get().address == "eva@alpina.example"
    again = actions.receive(mail("Nochmal.", **{"from": row.sender}), by=desk, mailbox=box)
    actions.sort_next(by=desk)
    again.refresh_from_db()
    assert again.state == State.REJECTED


def test_nobody_is_blocked_where_it_is_not_clear_who_wrote(waiting, sam):
    row = waiting(lines("From: a@b.example, c@d.example", body=b"x"))
    with pytest.raises(Refused):
        actions.reject(row, by=sam, reason="Werbung", block=True)
    with pytest.raises(Invalid):
        actions.reject(row, by=sam, reason=" ")


def test_what_was_decided_is_not_decided_again(strange, sam, open_ticket):
    actions.reject(strange, by=sam, reason="Werbung")
    with pytest.raises(WrongState):
        actions.reject(strange, by=sam, reason="Werbung")
    with pytest.raises(WrongState):
        actions.accept_to_ticket(strange, by=sam, ticket=open_ticket)


def test_what_cannot_be_read_can_only_be_rejected(strange, sam, alpina, module, monkeypatch):
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 0.001)
    with pytest.raises(Refused):
        actions.accept_as_new(strange, by=sam, organisation=alpina, module=module)
    assert actions.reject(strange, by=sam, reason="Gift").state == State.REJECTED


@pytest.mark.parametrize("who", ["alice", "carol", "dev", "tom", "audrey"])
def test_others_decide_nothing(strange, request, who):
    with pytest.raises((NotAllowed, RawMail.DoesNotExist)):
        actions.reject(strange, by=request.getfixturevalue(who), reason="Werbung")


def test_customers_see_no_mail(strange, alice, carol, sam):
    assert not RawMail.objects.visible_to(alice).exists()
    assert not RawMail.objects.visible_to(carol).exists()
    assert RawMail.objects.visible_to(sam).exists()


def test_the_page_shows_what_came_and_takes_the_decision(client, strange, sam, open_ticket):
    client.force_login(sam)
    page = client.get(reverse("admin:tickets_rawmail_change", args=[strange.pk]))
    assert "Bitte helfen." in page.text
    assert "eva@alpina.example" in page.text
    join = reverse("admin:tickets_rawmail_join", args=[strange.pk])
    assert client.post(join, {"ticket": "x"}).status_code == 422
    assert client.post(join, {"ticket": "99999"}).status_code == 422
    assert client.post(join, {"ticket": open_ticket.pk}).status_code == 302
    assert client.post(join, {"ticket": open_ticket.pk}).status_code == 409


def test_the_mail_as_it_came_is_saved_and_never_opened(client, strange, sam):
    client.force_login(sam)
    answer = client.get(reverse("admin:tickets_rawmail_raw", args=[strange.pk]))
    assert answer.content == bytes(strange.raw)
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]


def test_the_menu_counts_what_waits(client, strange, sam):
    client.force_login(sam)
    assert "Incoming mail" in client.get(reverse("admin:index")).text
