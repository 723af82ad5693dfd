"""Whoever was called by mail takes the page by answering; nobody else does, and no machine."""

from __future__ import annotations

import re
from typing import Any

import pytest

from oncall import actions as oncall
from oncall.models import Page
from supportdesk.intake import signing
from supportdesk.messaging import dispatch
from supportdesk.messaging.models import Dispatch
from tests.intake.mails import bounce, mail
from tests.oncall.paging import line, policy
from tickets import actions, reply_address
from tickets.models import Mailbox, RawMail, Ticket
from tickets.models.raw_mail import Because, State

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(module: Any, settings: Any) -> Mailbox:
    settings.MAIL_REPLY_ADDRESS = "support@desk.example"
    return Mailbox.objects.create(code="support", address="support@desk.example", module=module)


@pytest.fixture
def alarm(box: Any, sam: Any, lea: Any, dev: Any) -> Page:
    """Has called sam and dev by mail; their letters stand in the database."""
    line(sam, "mail")
    line(dev, "mail")
    night = policy([sam, dev], last_resort=[lea])
    page = oncall.open_page("job", "ZAHL_TAG failed", by=lea, policy=night)
    oncall.tick()
    page.refresh_from_db()
    return page


def letter(page: Page, person: Any) -> Dispatch:
    return Dispatch.objects.filter(about_id=page.pk, recipient=person).latest("pk")


def reply_to(page: Page, person: Any) -> str:
    return letter(page, person).content["headers"]["Reply-To"]


def answer(desk: Any, box: Any, sender: str, to: str, **fields: str) -> RawMail:
    facts = {"from": sender, "to": to, "subject": "Re: Bereitschaft", **fields}
    row = actions.receive(mail("Bin dran.", **facts), by=desk, mailbox=box)
    while actions.sort_next(by=desk):
        pass
    row.refresh_from_db()
    return row


def told(mailoutbox: Any) -> list[str]:
    while dispatch.deliver(dispatch._mail_channel(), urgent=True):
        pass
    return [
        one.subject for one in mailoutbox if "bernommen" in one.subject or "aken" in one.subject
    ]


def test_an_answer_of_whoever_was_called_takes_the_page(desk, box, alarm, sam, mailoutbox):
    row = answer(desk, box, sam.email, reply_to(alarm, sam))

    alarm.refresh_from_db()
    assert (alarm.state, alarm.acknowledged_by) == (Page.State.ACKNOWLEDGED, sam)
    assert (row.state, row.because) == (State.FILED, Because.PAGE_TAKEN)
    assert len(told(mailoutbox)) == 1
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    ("who", "how", "because"),
    [
        ("another colleague", "sam's", Because.PAGE_OF_ANOTHER),
        ("a stranger", "sam's", Because.PAGE_OF_ANOTHER),
        ("a stranger by her name", "sam's", Because.PAGE_OF_ANOTHER),
        ("sam", "one letter off", Because.PAGE_OF_ANOTHER),
        ("sam", "of another page", Because.PAGE_OF_ANOTHER),
        ("sam", "dev's", Because.PAGE_OF_ANOTHER),
        ("two", "sam's", Because.PAGE_OF_ANOTHER),
    ],
)
def test_a_forged_answer_takes_nothing(desk, box, alarm, sam, dev, lea, who, how, because):
    senders = {
        "sam": sam.email,
        "another colleague": lea.email,
        "a stranger": "eve@evil.example",
        "a stranger by her name": f'"{sam.email}" <eve@evil.example>',
        "two": f"{sam.email}, eve@evil.example",
    }
    genuine = reply_to(alarm, sam)
    last = genuine.partition("@")[0][-1]
    off = genuine.replace(f"{last}@", "a@" if last != "a" else "b@")
    addresses = {
        "sam's": genuine,
        "dev's": reply_to(alarm, dev),
        "one letter off": off,
        "of another page": re.sub(r"page-\d+-", f"page-{alarm.pk + 1}-", genuine),
    }
    row = answer(desk, box, senders[who], addresses[how])

    alarm.refresh_from_db()
    assert alarm.state == Page.State.TRIGGERED
    assert (row.state, row.because) == (State.QUARANTINED, because)
    assert not Dispatch.objects.filter(dedupe_key__startswith="page.answered").exists()


def test_the_address_of_a_ticket_opens_no_page(desk, box, alarm, sam):
    """A signature over the same numbers, made for a ticket."""
    token = signing.token(reply_address._key(), alarm.pk, sam.pk)
    answer(desk, box, sam.email, f"support+page-{token}@desk.example")

    alarm.refresh_from_db()
    assert alarm.state == Page.State.TRIGGERED


@pytest.mark.parametrize(
    "machine",
    [{"auto_submitted": "auto-replied"}, {"x_autoreply": "yes"}, {"precedence": "bulk"}],
    ids=["standard", "exchange", "bulk"],
)
def test_an_answering_machine_takes_nothing_and_hears_nothing(desk, box, alarm, sam, machine):
    row = answer(desk, box, sam.email, reply_to(alarm, sam), **machine)

    alarm.refresh_from_db()
    assert alarm.state == Page.State.TRIGGERED
    assert (row.state, row.because) == (State.FILED, Because.AUTOMATIC)
    assert not Dispatch.objects.filter(dedupe_key__startswith="page.answered").exists()


def test_our_own_mail_server_may_say_that_it_is_forged(desk, box, alarm, sam, settings):
    settings.MAIL_AUTHENTICATED_BY = ["mx.desk.example"]
    said = {"Authentication-Results": "mx.desk.example; dmarc=fail header.from=desk.example"}
    row = answer(desk, box, sam.email, reply_to(alarm, sam), **said)

    alarm.refresh_from_db()
    assert alarm.state == Page.State.TRIGGERED
    assert row.because == Because.FORGED


def test_who_comes_too_late_is_told_so(desk, box, alarm, sam, dev, mailoutbox):
    oncall.acknowledge(alarm, by=dev)
    row = answer(desk, box, sam.email, reply_to(alarm, sam))

    alarm.refresh_from_db()
    assert alarm.acknowledged_by == dev
    assert (row.state, row.because) == (State.FILED, Because.PAGE_REFUSED)
    assert len(told(mailoutbox)) == 1


def test_two_answers_take_it_once_and_tell_once(desk, box, alarm, sam):
    for number in (1, 2):
        answer(desk, box, sam.email, reply_to(alarm, sam), message_id=f"<{number}@x.example>")

    assert alarm.events.filter(kind="taken").count() == 1
    assert Dispatch.objects.filter(dedupe_key__startswith="page.answered").count() == 1


def test_a_hand_over_note_must_have_stood_in_the_letter(desk, box, alarm, sam, dev):
    before = letter(alarm, sam)
    oncall.acknowledge(alarm, by=dev)
    oncall.hand_over(alarm, by=dev, note="Nicht neu starten.", now=True)
    old = {"in_reply_to": f"<{before.idempotency_key}@localhost>"}
    row = answer(desk, box, sam.email, reply_to(alarm, sam), **old)
    assert row.because == Because.PAGE_REFUSED

    oncall.tick()
    fresh = letter(alarm, sam)
    assert fresh.pk != before.pk
    assert "Nicht neu starten." in fresh.content["text"]
    new = {"in_reply_to": f"<{fresh.idempotency_key}@localhost>", "message_id": "<2@x.example>"}
    row = answer(desk, box, sam.email, reply_to(alarm, sam), **new)
    assert row.because == Because.PAGE_TAKEN


def test_the_letter_says_nothing_of_answers_where_no_mail_comes_in(box, sam, lea, settings):
    settings.MAIL_REPLY_ADDRESS = ""
    line(sam, "mail")
    page = oncall.open_page("job", "x", by=lea, policy=policy([sam], last_resort=[lea]))
    oncall.tick()

    assert letter(page, sam).content["headers"] == {}
    assert "ntwort" not in letter(page, sam).content["text"]


def test_a_bounce_of_the_letter_takes_nothing(desk, box, alarm, sam):
    raw = bounce(f"<{letter(alarm, sam).idempotency_key}@localhost>", sam.email)
    raw = raw.replace(b"To: desk@desk.example", f"To: {reply_to(alarm, sam)}".encode())
    actions.receive(raw, by=desk, mailbox=box)
    actions.sort_next(by=desk)

    alarm.refresh_from_db()
    assert alarm.state == Page.State.TRIGGERED
    assert RawMail.objects.get().because == Because.BOUNCE
