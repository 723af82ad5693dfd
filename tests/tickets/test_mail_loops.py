"""Machines that answer machines: the desk never keeps such a talk going."""

from __future__ import annotations

from typing import Any

import pytest

from supportdesk.accounts.models import User
from supportdesk.messaging import dispatch, outbox
from supportdesk.messaging.models import Dispatch
from tests.intake.mails import bounce, mail
from tickets import actions
from tickets.models import Mailbox, RawMail, Ticket
from tickets.models.raw_mail import State

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(module: Any, settings: Any) -> Mailbox:
    settings.MAIL_REPLY_ADDRESS = "support@desk.example"
    return Mailbox.objects.create(code="support", address="support@desk.example", module=module)


def sort_all(desk: User) -> None:
    while actions.sort_next(by=desk) or outbox.react() or dispatch.deliver("mail"):
        pass


def test_two_desks_wired_together_stop_after_one_round(box, alice, desk, mailoutbox):
    """alice's address is another desk, which sends back whatever it gets, as ours would write it:
    its own receipt says that a machine wrote it.
    """
    actions.receive(mail("Ein Fall."), by=desk, mailbox=box)
    returned = 0
    for _round in range(5):
        sort_all(desk)
        fresh, returned = mailoutbox[returned:], len(mailoutbox)
        for letter in fresh:
            raw = letter.message().as_bytes()
            back = raw.replace(b"desk@localhost", alice.email.encode())
            actions.receive(back, by=desk, mailbox=box)
    assert len(mailoutbox) == 1  # the receipt
    assert Ticket.objects.count() == 1


def test_a_desk_that_hides_that_it_is_one_is_stopped_by_the_limits(box, alice, desk, mailoutbox):
    for number in range(40):
        actions.receive(mail(f"Antwort {number}"), by=desk, mailbox=box)
    sort_all(desk)
    assert Ticket.objects.count() == 30
    assert RawMail.objects.filter(state=State.QUARANTINED).count() == 10
    assert len(mailoutbox) == 10  # receipts; then silence


def test_bounces_are_never_answered_however_many(box, alice, desk, mailoutbox):
    for number in range(40):
        raw = bounce(f"<{number}@desk.example>", f"a{number}@b.example")
        actions.receive(raw, by=desk, mailbox=box)
    sort_all(desk)
    assert {row.state for row in RawMail.objects.all()} == {State.FILED}
    assert not Dispatch.objects.exists()
