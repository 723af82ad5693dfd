"""A letter about a ticket on its whole way: verb, event, reaction, dispatch, SMTP, mailbox."""

import email
import email.policy
import socket

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import AsyncMessage

from supportdesk.messaging import dispatch, outbox
from supportdesk.messaging.models import Dispatch
from tickets import actions
from tickets.models import Message


class Mailbox(AsyncMessage):
    def __init__(self):
        super().__init__()
        self.mails = []

    async def handle_message(self, message):
        self.mails.append(email.message_from_bytes(bytes(message), policy=email.policy.default))


@pytest.fixture
def mailbox(settings):
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = free.getsockname()
    server = Controller(box, *address)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = address
    settings.EMAIL_HOST_USER = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    yield box.mails
    server.stop()


def test_an_answer_arrives_as_text_and_html(open_ticket, sam, alice, mailbox, settings):
    settings.BASE_URL = "https://desk.example"
    actions.reply(
        open_ticket,
        by=sam,
        text="Bitte <b>ZL-SPERRE</b> setzen & Lösung abwarten.",
        channel=Message.Channel.OFFICE,
    )
    while outbox.react():
        pass
    Dispatch.objects.exclude(dedupe_key__startswith="ticket.replied:").delete()

    while dispatch.deliver("mail"):
        pass

    (arrived,) = mailbox
    address = f"https://desk.example/tickets/{open_ticket.number}/"
    assert arrived["To"] == alice.email
    assert arrived["Subject"] == f"[#{open_ticket.number}] Answer: {open_ticket.subject}"
    assert arrived["Auto-Submitted"] == "auto-generated"
    text = arrived.get_body(["plain"]).get_content()
    html = arrived.get_body(["html"]).get_content()
    assert "Bitte <b>ZL-SPERRE</b> setzen & Lösung abwarten." in text
    assert "Bitte &lt;b&gt;ZL-SPERRE&lt;/b&gt; setzen &amp; Lösung abwarten." in html
    assert address in text
    assert f'href="{address}"' in html
    assert Dispatch.objects.get().state == Dispatch.State.SENT
