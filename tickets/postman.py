"""Goes round the mailboxes, stores what has arrived, and sorts it; `manage.py intake` sends him."""

from __future__ import annotations

import logging
import threading
import time

from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections

from supportdesk.accounts.models import User
from supportdesk.intake import imap
from tickets import actions
from tickets.models import Mailbox

logger = logging.getLogger(__name__)

ROUND = 10.0  # seconds between two rounds


class Postman:
    """Any number may go round: a mail stored twice is one, and each is sorted by one of them."""

    def __init__(self) -> None:
        self.stopping = threading.Event()

    def work(self) -> None:
        while not self.stopping.is_set():
            more = False
            try:
                more = self.go_round()
            except (OperationalError, InterfaceError):
                logger.warning("PostgreSQL is away; the mail waits in its mailboxes")
            close_old_connections()
            if not more:
                self.stopping.wait(ROUND)

    def go_round(self) -> bool:
        """Mailboxes for escalations first. Whether mail is left to sort: however much has piled
        up, they are looked into again after a few seconds.
        """
        desk = User.objects.desk()
        boxes = Mailbox.objects.filter(is_active=True).exclude(host="")
        for mailbox in boxes.order_by("purpose", "code"):  # "escalation" is before "support"
            if not self.stopping.is_set():
                fetch(mailbox, by=desk)
        end = time.monotonic() + ROUND
        while not self.stopping.is_set() and time.monotonic() < end:
            if not actions.sort_next(by=desk):
                return False
        return True


def fetch(mailbox: Mailbox, *, by: User) -> int:
    """One mailbox that fails keeps none of the others waiting for longer than its time-out."""

    def keep(raw: bytes, cut_off: bool) -> None:
        actions.receive(raw, by=by, mailbox=mailbox, cut_off=cut_off)

    try:
        count = imap.fetch(account(mailbox), keep, most_bytes=settings.MAIL_MOST_BYTES)
    except imap.Unreachable as error:
        logger.warning("Mailbox %s: %s", mailbox.code, error)
        actions.note_visit(mailbox, by=by, error=str(error))
        return 0
    actions.note_visit(mailbox, by=by)
    return count


def account(mailbox: Mailbox) -> imap.Account:
    return imap.Account(
        host=mailbox.host,
        port=mailbox.port,
        tls=mailbox.tls,
        username=mailbox.username or mailbox.address,
        password=settings.MAILBOX_PASSWORDS.get(mailbox.code, ""),
        folder=mailbox.folder,
    )
