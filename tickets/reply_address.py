"""Header fields by which an answer finds its ticket again, and how they are read when it comes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.utils import parseaddr
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

from supportdesk.accounts.models import User
from supportdesk.intake import signing
from supportdesk.messaging.models import Dispatch
from tickets.models import RawMail, Ticket

OURS = re.compile(
    r"<([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@", re.IGNORECASE
)
MESSAGE_ID = re.compile(r"<[^<>\s]{1,400}>\Z", re.ASCII)


def headers(ticket: Ticket, reader: User) -> dict[str, str]:
    """For a letter to this reader: one thread per ticket, and answers that prove whose they are."""
    fields = {"References": f"<ticket-{ticket.pk}@{_domain()}>"}
    last = RawMail.objects.filter(ticket=ticket, sender=reader.email).order_by("-pk")
    theirs = last.values_list("internet_id", flat=True).first() or ""
    if MESSAGE_ID.match(theirs):
        fields["References"] += f" {theirs}"
        fields["In-Reply-To"] = theirs
    if settings.MAIL_REPLY_ADDRESS:
        token = signing.token(_key(), ticket.pk, reader.pk)
        fields["Reply-To"] = signing.plus_address(settings.MAIL_REPLY_ADDRESS, token)
    return fields


def letters(message_ids: Iterable[str]) -> list[Dispatch]:
    """Those of our letters that have one of these Message-IDs."""
    found = {UUID(match[1]) for one in message_ids if (match := OURS.match(one))}
    return list(Dispatch.objects.filter(idempotency_key__in=found)) if found else []


def is_holder(number: int, person: User, token: str) -> bool:
    """Whether this reply address stood in a letter to this person about this ticket."""
    return signing.is_genuine(_key(), number, person.pk, token)


def _key() -> bytes:
    return salted_hmac("tickets.reply_address", "", algorithm="sha256").digest()


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
