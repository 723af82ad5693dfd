"""Mail at the door: kept as it came, by a pipe, too large, many times at once."""

from __future__ import annotations

import io
import sys

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, transaction

from supportdesk.intake import signing
from tests.intake.mails import mail
from tickets import actions, reply_address
from tickets.models import RawMail, Ticket
from tickets.models.raw_mail import Because, State

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reply_address")]


def test_the_database_keeps_every_mail_and_its_way(arrive, alice):
    row = arrive(mail())
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        RawMail.objects.filter(pk=row.pk).update(state=State.RECEIVED)
    with pytest.raises(IntegrityError), transaction.atomic():
        RawMail.objects.filter(pk=row.pk).update(ticket=None)


def test_a_mail_server_hands_mail_in_by_a_pipe(monkeypatch, support, alice, desk):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(mail())))
    call_command("accept_mail", mailbox="support", stdout=io.StringIO())
    assert actions.sort_next(by=desk)
    assert RawMail.objects.get().state == State.OPENED
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b" ")))
    with pytest.raises(CommandError):
        call_command("accept_mail")


def test_too_large_a_mail_waits_with_its_beginning(monkeypatch, support, desk, settings):
    settings.MAIL_MOST_BYTES = 200
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(mail("x" * 1000))))
    call_command("accept_mail", stdout=io.StringIO())
    assert actions.sort_next(by=desk)
    assert RawMail.objects.get().because == Because.TOO_LARGE


@pytest.mark.django_db(transaction=True)
def test_a_mail_handed_in_many_times_at_once_is_one(at_once, desk, support, alice):
    at_once(6, lambda: actions.receive(mail(), by=desk, mailbox=support))
    assert RawMail.objects.count() == 1
    at_once(4, lambda: actions.sort_next(by=desk))
    assert Ticket.objects.count() == 1


def test_without_an_address_for_answers_letters_carry_no_token(open_ticket, alice, settings):
    settings.MAIL_REPLY_ADDRESS = ""
    assert "Reply-To" not in reply_address.headers(open_ticket, alice)
    assert signing.TOKEN.match(signing.token(b"k", 1, 2))
