"""The demo's mailbox, and the mail in it about which somebody has to decide."""

from __future__ import annotations

from email.message import EmailMessage

from releases.models import Module
from supportdesk.accounts.models import User
from tickets import actions
from tickets.models import Mailbox, Ticket

ADDRESS = "support@desk.example"


def write(desk: User) -> int:
    """Read as any other mail; none of it opens a ticket, so nobody is written to."""
    module = Module.objects.earliest("pk")
    mailbox = Mailbox.objects.create(code="support", address=ADDRESS, module=module)
    theirs = Ticket.objects.filter(opened_by__email="alice@alpina.example").order_by("-pk")
    number = theirs.values_list("pk", flat=True).first() or 1
    for raw in _mails(number):
        actions.receive(raw, by=desk, mailbox=mailbox)
        actions.sort_next(by=desk)
    return mailbox.mails.in_quarantine().count()


def _mails(number: int) -> list[bytes]:
    return [
        _mail(
            "Nadine Vogt <nadine.vogt@alpina.example>",
            "Beitragsnachweis wird abgelehnt",
            "Guten Tag,\n\nseit heute früh werden unsere Beitragsnachweise abgelehnt. Woran liegt"
            " das?\n\n-- \nNadine Vogt\nAlpina Krankenkasse",
        ),
        _mail(
            "Carol Brandt <carol@alpina.example>",
            f"AW: [#{number}] Bei uns auch",
            "Das haben wir in Augsburg auch gesehen.\n\nAm Montag schrieb Support-Desk:\n> Bitte"
            " nennen Sie uns den Lauf.",
        ),
        _mail("Angebote <info@guenstig.example>", "Nur heute: 40 % auf Toner", "Greifen Sie zu!"),
    ]


def _mail(sender: str, subject: str, text: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, ADDRESS, subject
    message.set_content(text)
    return message.as_bytes()
